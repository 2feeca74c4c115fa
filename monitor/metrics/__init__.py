"""What is measured, in which unit, and how it is told; pure."""

__all__ = [
    "catalogue",
    "gaps",
    "json",
    "members",
    "parts",
    "quantities",
    "reading",
    "report",
    "snapshot",
    "text",
    "times",
    "usage",
    "windows",
]

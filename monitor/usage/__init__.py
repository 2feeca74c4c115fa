"""Who used a machine, over time: consumers and what they used, by minute, quarter, hour, six hours and day."""

__all__ = [
    "answers",
    "cleaning",
    "domain",
    "models",
    "naming",
    "parts",
    "pasts",
    "retention",
    "settling",
    "sizes",
    "storing",
    "telling",
]

"""Alerts as rows: recorded, restored, explained by evidence, found, acted on."""

__all__ = [
    "actions",
    "domain",
    "evidence",
    "models",
    "nodata",
    "recording",
    "restoring",
    "search",
    "sharelinks",
    "suspects",
]

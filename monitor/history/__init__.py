"""Samples and the tiers they are rolled up into: stored, pruned, read as spans."""

__all__ = [
    "answers",
    "busydays",
    "busyhours",
    "domain",
    "footprint",
    "freshness",
    "models",
    "overloads",
    "passing",
    "percentiles",
    "progress",
    "retention",
    "rollups",
    "samples",
    "sizelimit",
    "spans",
    "storage",
]

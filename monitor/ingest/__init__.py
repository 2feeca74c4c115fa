"""The one door in: a report is evaluated, stored and published."""

__all__ = ["door", "frames", "spill", "stored"]

"""The one door in: a reading is evaluated, stored and published."""

__all__ = ["door", "frames"]

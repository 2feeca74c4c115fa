"""The sampler: its loop, what it measures, its chores."""

__all__ = ["loop"]

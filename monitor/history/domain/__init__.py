"""Decisions of history: values and times in, values out; pure."""

__all__ = ["age", "bucketing", "steps", "tiers"]

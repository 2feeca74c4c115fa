"""Decisions on usage, pure: who is told by name, and how buckets become coarser ones."""

__all__ = ["gathering", "kinds", "suspects", "thinning", "tiers"]

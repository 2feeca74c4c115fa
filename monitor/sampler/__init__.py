"""Sampler of this host: its loop, what it measures, its chores."""

__all__ = ["loop"]

"""Decisions of notifications: values and times in, values out; pure."""

__all__ = ["delivery", "silences"]

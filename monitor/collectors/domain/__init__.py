"""Decisions of collectors: values and times in, values out; pure."""

__all__ = ["scanning"]

"""Decisions of collectors: values and times in, values out; pure."""

__all__ = ["consumers", "scanning", "stable"]

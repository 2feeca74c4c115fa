"""Decisions of loadtests: values and times in, values out; pure."""

__all__ = ["report"]

"""Decisions of alerts: values and times in, values out; pure."""

__all__ = ["calendar", "nodata"]

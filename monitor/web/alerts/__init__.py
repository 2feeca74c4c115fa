"""Alerts on the web: list, page, shared page, JSON, CSV."""

__all__ = ["calendar", "csv", "schemas", "summary", "words"]

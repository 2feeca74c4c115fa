"""Rules on the web: the page of a rule and its back-test."""

__all__ = ["panel"]

"""History on the web: JSON and CSV."""

__all__ = ["answer"]

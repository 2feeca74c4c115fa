"""Export and import of history as files."""

__all__ = ["exporting", "format", "importing"]

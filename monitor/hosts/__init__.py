"""The monitored machines: their table, and which of them a name means."""

__all__ = ["lookup", "models"]

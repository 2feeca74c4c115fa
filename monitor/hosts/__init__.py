"""The monitored machines: their tables, which of them a name means, and who samples one."""

__all__ = ["lease", "lookup", "models"]

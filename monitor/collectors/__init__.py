"""Collectors of this host's metrics: one file a source, and the scan of the processes."""

__all__ = ["collection", "cores", "domain", "host", "processes", "scans"]

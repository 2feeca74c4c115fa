"""The SQLite file and its care: opening, write-ahead log, examination, backup, bulk loading."""

__all__ = ["backup", "bulk", "file", "integrity", "quickcheck", "wal"]

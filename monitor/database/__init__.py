"""The SQLite file and its care: opening, guard, write-ahead log, examination, backup, bulk loading."""

__all__ = ["backup", "bulk", "file", "guard", "integrity", "quickcheck", "wal"]

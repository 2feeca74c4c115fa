"""The SQLite file and its care: opening, guard, write-ahead log, examination, backup, bulk loading, one writer alone."""

__all__ = [
    "alone",
    "backup",
    "bulk",
    "file",
    "guard",
    "integrity",
    "making",
    "opening",
    "patience",
    "quickcheck",
    "sqlite3",
    "wal",
]

"""The SQLite file and its care: opening, guard, write-ahead log, examination, backup, bulk loading, one writer, turns."""

__all__ = [
    "alone",
    "backup",
    "bulk",
    "exchange",
    "file",
    "guard",
    "inlog",
    "integrity",
    "making",
    "mark",
    "opening",
    "patience",
    "quickcheck",
    "restore",
    "sqlite3",
    "turns",
    "wal",
]

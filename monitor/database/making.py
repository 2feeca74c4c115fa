"""Making of a new SQLite database: the one place that does, whole before it has its name, never in place of anything."""

from __future__ import annotations

import contextlib
import sqlite3
from contextlib import closing
from pathlib import Path

from monitor.conf import newfile


def make(path: Path) -> None:
    """Make an empty database at `path`, unless there is a file; raises OSError where none can be made.

    Freed pages are given back in small steps, which only a file without tables can be told.
    """
    with newfile.draft(path) as draft:
        with closing(sqlite3.connect(draft, isolation_level=None)) as database:
            database.execute("PRAGMA auto_vacuum=INCREMENTAL")
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("VACUUM")
        with contextlib.suppress(FileExistsError):  # somebody else was first
            newfile.publish(draft, path)

"""Exchange of the file by hand, with the log of the old one left: the log is set aside before anybody folds it in."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import sqlite3
import time
from pathlib import Path

from monitor.database import aside, header, mark, opening, quickcheck

logger = logging.getLogger(__name__)

STILL_SECONDS = 0.5  # so long a file must stay as it is before it counts as copied to its end
EXAMINE_SECONDS = 10.0


class Unfinished(OSError):
    """The file is only just being put there."""


def settle(path: Path, is_old_log: bool = False, is_back: bool = False) -> str:
    """Set the log aside that is not of the file at `path`; return what is wrong with that file, "" where it is whole.

    Nothing is done where the two belong together. is_old_log: it is known to be that of another file, whatever the
    mark says. is_back: this process had the file open before, with another log, and SQLite would go on with the index of
    that, so it gets an inode of its own. Raises Unfinished, or another OSError.
    """
    if aside.is_pending(path):
        aside.finish(path)
    is_known = is_old_log or is_back
    if not (is_known or opening.is_exchanged(path)):
        return ""
    known = mark.read(path)
    in_place = known is not None and known.inode == path.stat().st_ino
    if in_place:
        _require_still(path)
    with aside.alone(path):
        if not (is_known or opening.is_exchanged(path)):
            return ""
        folder = aside.set_log_aside(path, in_place or is_back)
    mark.follow(path)
    logger.error(
        "the database file was replaced while the write-ahead log of the old one lay beside it; that log is kept in %s",
        folder,
    )
    return quickcheck.answer(quickcheck.start(path), EXAMINE_SECONDS) or ""


def require_database(path: Path) -> None:
    """Raise OSError where what was moved to `path` is no database: it is a mistake, and what was there may come back."""
    if path.is_dir() or header.read(path) is None:
        raise OSError(
            f"what lies at {path} now is none; put the database back, or run manage.py restore FILE"
        )


def keep(path: Path, database: sqlite3.Connection) -> None:
    """Copy what an open connection still sees of a file that has no name any more, and tell where it is."""
    try:
        with aside.alone(path):
            folder = aside.new_folder(path)
            with contextlib.closing(sqlite3.connect(folder / path.name)) as copy:
                database.backup(copy)
        logger.error("the database that was there before is kept in %s", folder)
    except (OSError, sqlite3.Error) as error:
        logger.error("the database that was there before could not be kept: %s", error)


def is_under(path: Path, inode: int | None) -> bool:
    """Whether the file that is open as `inode` was written over in place: closing it would fold the old log into it."""
    try:
        status = path.stat()
        return status.st_ino == inode and (not status.st_size or opening.is_exchanged(path))
    except OSError:
        return False  # it has no name any more, and SQLite folds nothing in


def abandon(database: sqlite3.Connection) -> None:
    """Never close a connection, not even at the end of the process: SQLite would fold its log into the file."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(database))


def _require_still(path: Path) -> None:
    before = path.stat()
    time.sleep(STILL_SECONDS)
    after = path.stat()
    head = header.read(path)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or head is None:
        raise Unfinished("another file is just being copied over the database")
    if head.length > after.st_size:
        raise Unfinished(
            f"of the {head.length} bytes of the file that took its place only {after.st_size} are there"
        )

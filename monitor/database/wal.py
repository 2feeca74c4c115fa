"""The write-ahead log of a connection that stays open: noticed when it is removed, and what it holds is saved.

SQLite goes on writing into a removed file. What was stored since the last checkpoint is then in there alone, where no
other process sees it, and is gone with the process that has it open.
"""

from __future__ import annotations

from pathlib import Path

from django.db import DatabaseError, connection

from monitor.database import file

LARGE_BYTES = 64 * 2**20


class NotSaved(OSError):
    """What the removed log holds is nowhere else yet: the connection must stay open."""


class Journal:
    """The -wal and the -shm that the connection of this process has open."""

    def __init__(self) -> None:
        self._connection: object = None
        self._held: tuple[int | None, int | None] | None = None

    def is_removed(self) -> bool:
        """Whether others cannot see what this process stores; two calls of stat, but for a new connection."""
        if connection.connection is None or not file.is_plain():
            return False
        if connection.connection is not self._connection:
            self._connection, self._held = connection.connection, _held()
        return self._held is not None and (None in self._held or _inodes() != self._held)

    def is_there(self) -> bool:
        """Whether the log that this connection writes lies in its place, whatever file it lies beside."""
        return self._held is not None and self._held[0] is not None and _inode(_log()) == self._held[0]

    def save(self) -> None:
        """Write what the removed log holds into the database, and close the connection; raise NotSaved.

        Another process may have begun a log in the meantime, on a database that lacked all of this. Its pages do not fit
        to ours: that log goes, with the second or less that is in it.
        """
        log, index = self._held or (None, None)
        if _inode(_log()) != log:
            fold_in("the write-ahead log was removed")
            _let_go_of_another(log, index)
        connection.close()


def log_bytes() -> int:
    """The length of the write-ahead log; 0 where there is none."""
    return _log().stat().st_size if connection.vendor == "sqlite" and _log().exists() else 0


def fold_in(why: str) -> None:
    """Write what the open log holds into the database, and begin the log anew; raise NotSaved, which says `why`."""
    try:
        with connection.cursor() as cursor:
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except DatabaseError as error:
        raise NotSaved(f"{why}, and what it held cannot be saved yet: {error}") from error
    if busy:
        raise NotSaved(f"{why}, and what it held cannot be saved yet: a reader holds it")


def _let_go_of_another(log: int | None, index: int | None) -> None:
    """Remove a log that holds something, with its index, unless they are ours."""
    if log_bytes() and _inode(_log()) != log:
        _log().unlink(missing_ok=True)
        if _inode(_index()) != index:
            _index().unlink(missing_ok=True)


def _held() -> tuple[int | None, int | None] | None:
    with connection.cursor() as cursor:
        return _inodes() if cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal" else None


def _inodes() -> tuple[int | None, int | None]:
    return _inode(_log()), _inode(_index())


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def _log() -> Path:
    return Path(f"{file.path()}-wal")


def _index() -> Path:
    return Path(f"{file.path()}-shm")

"""File guard of the SQLite database: notices that the file or its log was removed, replaced or damaged.

Who stores samples has a FileGuard, one in a process: whoever sees another `number` than it stored under has to find
its place in the new file. Who works with what was stored has a Follower, which leaves the saving to the sampler.
"""

from __future__ import annotations

import logging
import time

from django.db import connection

from monitor.database import exchange, file, header, mark, wal

logger = logging.getLogger(__name__)

REST_SECONDS = 5.0  # longer than the sampler usually takes to notice the same


class OpenFile:
    """The file and the log that the connection of this process has open: SQLite would go on with removed ones."""

    def __init__(self) -> None:
        self._inode = file.inode()
        self.journal = wal.Journal()

    def is_moved(self) -> bool:
        """Whether a file lies there that is not the one which is open."""
        inode = file.inode()
        return bool(inode and self._inode and inode != self._inode)

    def left(self) -> set[int]:
        """The file that is open, if one is."""
        return {self._inode} if self._inode else set()

    def is_any_of(self, inodes: set[int]) -> bool:
        """Whether the file that lies there is one of these."""
        return file.inode() in inodes

    def is_replaced(self) -> bool:
        """Whether another file took its place; lets go of the old one. Raises OSError where there is none.

        One that was only emptied is not let go: SQLite would fold its log into what is being copied there.
        """
        inode, before = file.inode(), self._inode
        if inode is None and file.is_emptied():
            raise wal.NotSaved("the database file was emptied; restore a backup: manage.py restore FILE")
        self._inode = inode  # None too: a new file may be given the number of the old one
        if inode is None or inode != before:
            connection.close()
        if inode is None:
            raise OSError("the database file is gone; restore it, or run manage.py migrate for a new one")
        return inode != before


class Follower:
    """Goes on with the file that is there; a removed log is let go, for the sampler saves what it held."""

    def __init__(self) -> None:
        self._file = OpenFile()
        self._rest_until = 0.0

    def look(self) -> None:
        """Raise OSError where there is no file to work with, or not yet."""
        self._file.is_replaced()
        if self._file.journal.is_removed():
            connection.close()
            self._rest_until = time.monotonic() + REST_SECONDS
        if time.monotonic() < self._rest_until:
            raise OSError("its write-ahead log was removed, and the sampler saves what it held")


class FileGuard:
    """Says before each transaction whether the file may be written, and whether it is still the same."""

    def __init__(self) -> None:
        self.number = 0
        """Which file this is: it rises whenever another one took its place."""
        self.damage = ""
        """What is wrong with the file; "" where it is trusted."""
        self.log_damage = ""
        """What is wrong with the write-ahead log, which only the open connection can still read."""
        self._file = OpenFile()
        self._found = ""  # what is wrong with the file that took the place
        self._is_lost = False  # the file that is open has no name any more
        self._left: set[int] = set()  # files that were moved away while they were open
        self._drawn = mark.draw()
        self._numbered: int | None = None  # which file has got a number of this process

    def distrust(self, said: str) -> None:
        """Let nothing be stored in the file as it is, of which `said` is wrong: every page written may cost more."""
        self.damage = said

    def distrust_log(self, said: str) -> None:
        """The log cannot be read by whoever opens it anew: let nothing be added, and keep the connection that still can."""
        if not self.log_damage:
            logger.error("%s; nothing is stored until what it holds is saved", said)
        self.log_damage = said

    def trust(self) -> None:
        """Let it be stored into again: what this process sees of the file was examined, and is whole.

        Where the log is damaged it is folded into the file first, and begun anew.
        """
        if self.log_damage:
            try:
                wal.fold_in(self.log_damage)
            except wal.NotSaved as error:
                logger.error("%s", error)
                return
            logger.warning("what the damaged write-ahead log held is saved in the database")
            self.log_damage = ""
        if self.damage:
            logger.warning("the database was examined again and is whole")
            self.damage = ""

    def look(self) -> int:
        """The number of the file that is there; raises OSError where none is, Damaged, or NotSaved."""
        if self._is_other():
            self._change()
        elif self.damage:
            raise file.Damaged(self.damage)
        elif self.log_damage:
            raise wal.NotSaved(f"the database is damaged: {self.log_damage}; what it holds is being saved")
        else:
            self._check_journal()
        if self.damage:
            raise file.Damaged(self.damage)
        self._follow()
        return self.number

    def _is_other(self) -> bool:
        """Whether the file is another one, moved here or copied over the old; its log is not folded into it."""
        if not file.is_plain():
            return self._file.is_replaced()
        path, self._found = file.path(), ""
        is_moved = self._file.is_moved()
        # else it lies somewhere, as after a restore
        self._is_lost = is_moved and (self._is_lost or header.is_unlinked(path))
        is_old_log = is_moved and self._file.journal.is_there()
        try:
            if is_moved:
                exchange.require_database(path)
            if is_old_log and not self._is_lost:
                self._complete()
            self._found = exchange.settle(path, is_old_log, is_moved and self._file.is_any_of(self._left))
            if self._is_lost and connection.connection is not None:
                exchange.keep(path, connection.connection)
        except FileNotFoundError:
            pass  # told below
        except OSError as error:
            raise wal.NotSaved(f"the database file was replaced: {error}") from error
        self._left |= self._file.left() if is_moved else set()
        return self._file.is_replaced()

    def _complete(self) -> None:
        """Fold the log into the file that was moved away without it: whoever puts that back finds all of it."""
        if connection.connection is None:
            return
        try:
            wal.fold_in("the database was moved away without its log")
        except wal.NotSaved as error:
            logger.warning("%s; its log is kept apart from it", error)
        else:
            logger.warning("what the log of the database held is saved in it, where it was moved to")

    def _follow(self) -> None:
        """Let the mark beside the file follow it; a number of its own for what this process stores."""
        if not file.is_plain():
            return
        path = file.path()
        if self._numbered == self.number:
            mark.follow(path)
            return
        mark.expect(path, self._drawn)
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA user_version = {self._drawn}")
        self._numbered, self._drawn = self.number, mark.draw()

    def _change(self) -> None:
        """Go on with another file: writes would vanish into the old one."""
        self.number += 1
        self.damage, self.log_damage = self._found, ""
        logger.error("the database file was replaced; continuing with the new one")

    def _check_journal(self) -> None:
        """Notice that the write-ahead log was removed: nobody else sees what is stored in it."""
        if self._file.journal.is_removed():
            self._file.journal.save()
            logger.error(
                "the write-ahead log of the database was removed while in use; what it held is saved"
            )

"""File guard of the SQLite database: notices that the file or its log was removed, replaced or damaged.

There is one in a process, however many doors it has. It knows no host: a door that sees another `number` than it
stored under has to find its place in the new file.
"""

from __future__ import annotations

import logging

from django.db import connection

from monitor.database import file, wal

logger = logging.getLogger(__name__)


class FileGuard:
    """Says before each transaction whether the file may be written, and whether it is still the same."""

    def __init__(self) -> None:
        self.number = 0
        """Which file this is: it rises whenever another one took its place."""
        self.damage = ""
        """What is wrong with the file; "" where it is trusted."""
        self._inode = file.inode()
        self._journal = wal.Journal()

    def distrust(self, said: str) -> None:
        """Let nothing be stored in the file as it is, of which `said` is wrong: every page written may cost more."""
        self.damage = said

    def trust(self) -> None:
        """Let it be stored into again: the file was examined, and is whole."""
        if self.damage:
            logger.warning("the database was examined again and is whole")
            self.damage = ""

    def look(self) -> int:
        """The number of the file that is there; raises OSError where none is, Damaged, or NotSaved."""
        inode = file.inode()
        if inode is None:
            self._inode = None  # a new file may be given the number of the old one
            connection.close()
            raise OSError("the database file is gone; restore it, or run manage.py migrate for a new one")
        if inode != self._inode:
            self._change(inode)
        elif self.damage:
            raise file.Damaged(self.damage)
        else:
            self._check_journal()
        return self.number

    def _change(self, inode: int) -> None:
        """Go on with another file: writes would vanish into the old one."""
        connection.close()
        self._inode = inode
        self.number += 1
        self.damage = ""
        logger.error("the database file was replaced; continuing with the new one")

    def _check_journal(self) -> None:
        """Notice that the write-ahead log was removed: nobody else sees what is stored in it."""
        if self._journal.is_removed():
            self._journal.save()
            logger.error(
                "the write-ahead log of the database was removed while in use; what it held is saved"
            )

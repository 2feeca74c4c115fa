"""Integrity checks: the pages of the SQLite file are examined every hour, what was stored is read back every 45 s.

Both by processes that hold nobody up.
"""

from __future__ import annotations

import logging
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from monitor.database import file, quickcheck, readback
from monitor.database.guard import FileGuard

logger = logging.getLogger(__name__)

FIRST_SECONDS = 120.0
EVERY_SECONDS = 3600.0
AGAIN_SECONDS = 60.0  # while the file is taken for damaged
LONGEST_SECONDS = 600.0
READ_BACK_FIRST_SECONDS = 10.0
READ_BACK_SECONDS = 45.0  # so that damage is told within a minute, and yet it costs little


class Examiner:
    """Runs one examination at a time; never waits for it."""

    def __init__(
        self,
        first_seconds: float = FIRST_SECONDS,
        every_seconds: float = EVERY_SECONDS,
        start: Callable[[Path], subprocess.Popen[str]] = quickcheck.start,
    ) -> None:
        self._every, self._start = every_seconds, start
        self._process: subprocess.Popen[str] | None = None
        self._due = time.monotonic() + first_seconds
        self._until = 0.0

    def tick(self, suspicious: bool) -> str | None:
        """Begin or take in an examination: what is wrong, "" where the file is whole, None where there is no news."""
        if not file.is_plain():
            return None
        if self._process is not None:
            return self._take_in(self._process)
        if suspicious:
            self._due = min(self._due, time.monotonic() + AGAIN_SECONDS)
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + self._every
            self._begin()
        return None

    def hurry(self) -> None:
        """Let the next examination begin at once."""
        self._due = time.monotonic()

    def stop(self) -> None:
        """End an examination that is under way."""
        if self._process is not None:
            quickcheck.answer(self._process)
            self._process = None

    def _begin(self) -> None:
        self._until = time.monotonic() + LONGEST_SECONDS
        try:
            self._process = self._start(file.path())
        except OSError as error:
            logger.warning("the database could not be examined: %s", error)

    def _take_in(self, process: subprocess.Popen[str]) -> str | None:
        if process.poll() is None and time.monotonic() < self._until:
            return None
        self._process = None
        return quickcheck.answer(process)


class Examinations:
    """Tells the guard of a process what was found: of the pages every hour, of the log more than once a minute."""

    def __init__(self, guard: FileGuard) -> None:
        self._guard = guard
        self.pages = Examiner()
        self.log = Examiner(READ_BACK_FIRST_SECONDS, READ_BACK_SECONDS, readback.start)

    def look(self) -> None:
        """Take in what was found, or begin the next."""
        unreadable = self.log.tick(suspicious=False)
        if unreadable:
            self._guard.distrust_log(unreadable)
            self.pages.hurry()  # whether what this process still sees can be saved
        said = self.pages.tick(suspicious=bool(self._guard.damage))
        if said:
            self._guard.distrust(said)
        elif said is not None:
            self._guard.trust()

    def stop(self) -> None:
        """End what is under way."""
        self.pages.stop()
        self.log.stop()

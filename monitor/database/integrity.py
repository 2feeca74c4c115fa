"""Integrity checks: the pages of the SQLite file are examined every hour, by a process that holds nobody up."""

from __future__ import annotations

import logging
import subprocess
import time

from django.db import connection

from monitor.database import file, quickcheck

logger = logging.getLogger(__name__)

FIRST_SECONDS = 120.0
EVERY_SECONDS = 3600.0
AGAIN_SECONDS = 60.0  # while the file is taken for damaged
LONGEST_SECONDS = 600.0


class Examiner:
    """Runs one examination at a time; never waits for it."""

    def __init__(self, first_seconds: float = FIRST_SECONDS) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._due = time.monotonic() + first_seconds
        self._until = 0.0

    def tick(self, suspicious: bool) -> str | None:
        """Begin or take in an examination: what is wrong, "" where the file is whole, None where there is no news."""
        if connection.vendor != "sqlite" or file.in_memory():
            return None
        if self._process is not None:
            return self._take_in(self._process)
        if suspicious:
            self._due = min(self._due, time.monotonic() + AGAIN_SECONDS)
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + EVERY_SECONDS
            self._begin()
        return None

    def stop(self) -> None:
        """End an examination that is under way."""
        if self._process is not None:
            quickcheck.answer(self._process)
            self._process = None

    def _begin(self) -> None:
        self._until = time.monotonic() + LONGEST_SECONDS
        try:
            self._process = quickcheck.start(file.path())
        except OSError as error:
            logger.warning("the database could not be examined: %s", error)

    def _take_in(self, process: subprocess.Popen[str]) -> str | None:
        if process.poll() is None and time.monotonic() < self._until:
            return None
        self._process = None
        return quickcheck.answer(process)

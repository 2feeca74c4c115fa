"""Keeper of what was sampled: the thread that owns the connection to the database, and may wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection


class Keeper:
    """Runs `work` whenever it is woken, and every so many seconds as `pause` says; the work never raises.

    begin, end: what comes before the first and after the last time.
    """

    def __init__(
        self,
        begin: Callable[[], None],
        work: Callable[[], None],
        end: Callable[[], None],
        pause: Callable[[], float],
    ) -> None:
        self._begin, self._work, self._end = begin, work, end
        self._pause = pause
        self._awake = threading.Event()
        self._is_ending = False
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """Start the thread, which takes the database over: a connection belongs to one thread."""
        connection.close()
        self._thread.start()

    def wake(self) -> None:
        """Let it work at once: there is something new."""
        self._awake.set()

    def end(self, seconds: float) -> bool:
        """Let it come to its end; whether it did within `seconds`. One that hangs in the database is left behind."""
        self._is_ending = True
        self._awake.set()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        self._begin()
        while not self._is_ending:
            self._awake.wait(self._pause())
            self._awake.clear()
            self._work()
        self._end()
        connection.close()

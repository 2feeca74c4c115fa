"""Deadline of a conversation as a whole: a timeout of a socket starts anew with every byte that trickles in."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable


class Deadline:
    """A context manager that shuts the socket of `find` down after `seconds`; the one who waits for it wakes up.

    `find` returns None while there is no socket; then the end comes as soon as there is one.
    """

    def __init__(self, seconds: float, find: Callable[[], socket.socket | None]) -> None:
        self._find = find
        self._ends_at = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self.over = False

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._timer.cancel()

    @property
    def left(self) -> float:
        """Seconds until the end, at least a little, so that it can serve as a timeout."""
        return max(0.05, self._ends_at - time.monotonic())

    def _end(self) -> None:
        self.over = True
        found = self._find()
        if found is not None:
            with contextlib.suppress(OSError):
                # The method of plain sockets: that of SSL sockets would take the encryption away under a reader.
                socket.socket.shutdown(found, socket.SHUT_RDWR)

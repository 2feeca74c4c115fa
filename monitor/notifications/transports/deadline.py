"""Deadline of a conversation as a whole: a timeout of a socket starts anew with every byte that trickles in."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time


class Deadline:
    """A context manager that shuts what it watches down after `seconds`; the one who waits for it wakes up.

    It watches by a descriptor of its own: whoever wraps the socket, hands it on or forgets it takes nothing from us.
    """

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self.over = False

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._timer.cancel()
        with self._lock:
            for one in self._watched:
                one.close()
            self._watched.clear()

    @property
    def left(self) -> float:
        """Seconds until the end, at least a little, so that it can serve as a timeout."""
        return max(0.05, self._ends_at - time.monotonic())

    def watch(self, connection: socket.socket) -> None:
        """Bound a socket, whatever is made of it later; raises TimeoutError where the end has come already."""
        with self._lock:
            self._watched.append(socket.socket(fileno=os.dup(connection.fileno())))
        if self.over:
            self._end()
            raise TimeoutError

    def _end(self) -> None:
        self.over = True
        with self._lock:
            for one in self._watched:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

"""Voices of processes: what they write goes to the terminal in whole lines at once, and the last lines are remembered.

Nobody who speaks waits for a terminal that is slow or gone: what it does not take in time is left out, and counted.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections import deque

from monitor.metrics.text import one_line

KEPT_LINES = 20
LONGEST_KEPT = 500
LONGEST_LINE = 65_536
MOST_WAITING = 1_000_000
CHUNK = 65_536


class Terminal(logging.Handler):
    """Writes lines to a file descriptor from a thread of its own, at most `most` bytes of which wait."""

    def __init__(self, descriptor: int = 2, most: int = MOST_WAITING) -> None:
        super().__init__()
        self._descriptor, self._most = descriptor, most
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._bytes = self._left_out = 0
        self._changed = threading.Condition()
        threading.Thread(target=self._write_all, daemon=True).start()

    def say(self, line: bytes, descriptor: int | None = None) -> None:
        """Write `line` as soon as the terminal takes it."""
        with self._changed:
            if self._bytes + len(line) > self._most:
                self._left_out += 1
                return
            if self._left_out:
                note = f"({self._left_out} lines are left out: they could not be written in time)\n".encode()
                self._put(self._descriptor, note)
                self._left_out = 0
            self._put(self._descriptor if descriptor is None else descriptor, line)
            self._changed.notify_all()

    def emit(self, record: logging.LogRecord) -> None:
        """Say a record of the log."""
        self.say(self.format(record).encode("utf-8", "replace") + b"\n")

    def settle(self, seconds: float) -> None:
        """Wait until all is written, but no longer than `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: not self._bytes, seconds)

    def _put(self, descriptor: int, line: bytes) -> None:
        self._waiting.append((descriptor, line))
        self._bytes += len(line)

    def _write_all(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                descriptor, line = self._waiting.popleft()
            with contextlib.suppress(OSError):  # a terminal that is closed takes nothing more
                _write(descriptor, line)
            with self._changed:
                self._bytes -= len(line)
                self._changed.notify_all()


class Voice:
    """The standard error of one process: a pipe whose writing end it gets, and whose lines go to `terminal`."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)
        self.last: deque[str] = deque(maxlen=KEPT_LINES)
        self.is_silent = False
        """Whether nobody can write any more."""
        self._begun = b""

    def given(self) -> None:
        """The process has the writing end: it alone keeps it from now on."""
        os.close(self.writer)

    def hear(self) -> bool:
        """Take one piece of what it wrote; return whether there may be more, now or later."""
        try:
            piece = os.read(self.reader, CHUNK)
        except BlockingIOError:
            return False
        self.is_silent = not piece
        *lines, self._begun = (self._begun + piece).split(b"\n")
        for line in lines:
            self._say(line)
        if len(self._begun) >= LONGEST_LINE:
            self._finish()
        return bool(piece)

    def end(self) -> None:
        """Take what is left of one that has ended, up to a bound: its children may go on writing; then close."""
        for _ in range(16):
            if not self.hear():
                break
        self._finish()
        os.close(self.reader)

    def _finish(self) -> None:
        if self._begun:
            self._say(self._begun)
            self._begun = b""

    def _say(self, line: bytes) -> None:
        self._terminal.say(line + b"\n")
        if line.strip():
            self.last.append(one_line(line[: LONGEST_KEPT * 4].decode("utf-8", "replace"), LONGEST_KEPT))


def _write(descriptor: int, line: bytes) -> None:
    while line:
        line = line[os.write(descriptor, line) :]

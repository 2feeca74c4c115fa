"""Quiet log: warnings and errors that come again and again are written once, and then once a minute with their number.

What others log, and whatever carries an exception, is told by its template: once. Our own sentences are told where they
are made as often as they should be; here they are bounded all the same.
"""

from __future__ import annotations

import contextlib
import logging
import re
import threading
import time
from collections.abc import Callable
from typing import TextIO

from monitor.runtime.repeats import TELL_AGAIN_SECONDS, Repeats

OURS = "monitor"
MOST_OF_OURS = 10  # of one template in a minute
MOST_THINGS = 500
LONGEST_THING = 300
LONGEST_EXAMPLE = 500
CHANGING = re.compile(r"0x[0-9a-fA-F]+|\d+")


class Handler(logging.StreamHandler[TextIO]):
    """Writes to a stream; of what is held back the number follows within a minute, or as the process ends."""

    def __init__(
        self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic, patient: bool = True
    ) -> None:
        super().__init__(stream)
        self._repeats = Repeats(clock)
        self._counts: dict[str, int] = {}
        self._held: dict[str, logging.LogRecord] = {}
        self._patient = patient
        self._timer: threading.Timer | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write `record`, or hold it back."""
        if record.levelno < logging.WARNING:
            super().emit(record)
            return
        self.tell_held()
        about = self._about(record)
        if self._repeats.is_due(about):
            super().emit(record)
        else:
            self._held[about] = self._held.get(about) or _bare(record)
            self._wait()

    def tell_held(self, all_of_it: bool = False) -> None:
        """Write how many were held back of each thing whose minute is over."""
        with self.lock or threading.RLock():
            over = self._repeats.over()
            for about in over:
                self._counts.pop(about.partition("#")[0], None)
            for about in list(self._held) if all_of_it else [one for one in over if one in self._held]:
                record = self._held.pop(about)
                more = self._repeats.more(about)
                record.msg = f"{record.msg} ({more} more like this in the last minute)"
                record.created = time.time()
                super().emit(record)
                self._repeats.is_due(about)  # it counts as told: the next number comes in a minute

    def close(self) -> None:
        """Write what was held back, and be done."""
        if self._timer is not None:
            self._timer.cancel()
        self.tell_held(all_of_it=True)
        super().close()

    def _about(self, record: logging.LogRecord) -> str:
        """What `record` is about; of our own sentences the first ones of a minute are each about themselves."""
        told = getattr(record, "about", None)
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        template = CHANGING.sub("N", str(told if told is not None else record.msg)[:LONGEST_THING])
        about = f"{record.name}|{record.levelno}|{template}|{error}".replace("#", "")
        if len(self._repeats) >= MOST_THINGS:
            return record.name
        if told is not None or error or record.name.partition(".")[0] != OURS:
            return about
        self._counts[about] = count = self._counts.get(about, 0) + 1
        return f"{about}#{min(count, MOST_OF_OURS)}"

    def _wait(self) -> None:
        if self._patient and self._timer is None:
            self._timer = threading.Timer(TELL_AGAIN_SECONDS / 4, self._wake)
            self._timer.daemon = True
            with contextlib.suppress(RuntimeError):  # the process ends, and tells the number then
                self._timer.start()

    def _wake(self) -> None:
        with self.lock or threading.RLock():
            self._timer = None
            self.tell_held()
            if self._held:
                self._wait()


def _bare(record: logging.LogRecord) -> logging.LogRecord:
    """A record that tells of others like `record`: one line of it, without its traceback and what hangs on that."""
    error = record.exc_info[1] if record.exc_info else None
    said = record.getMessage() + (f" ({type(error).__name__}: {error})" if error is not None else "")
    line = next((one for one in said.splitlines() if one.strip()), "")[:LONGEST_EXAMPLE]
    return logging.LogRecord(record.name, record.levelno, record.pathname, record.lineno, line, None, None)

"""Part of a running `serve`: one process that is started again whenever it ends, after pauses that grow."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import partial

from monitor.runtime.endings import Ending
from monitor.runtime.voice import Terminal, Voice

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
SETTLED_SECONDS = 60.0  # one that has lived for so long is well again
PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>
PRCTL = (
    ctypes.CDLL(None).prctl if sys.platform == "linux" else None
)  # not to be looked for in a process half made
FINAL_EXIT_CODES = frozenset(
    {2, 3, 4, 5}
)  # a refusal with a sentence: starting again at once would say the same


class Part:
    """One process, its pauses, and what is to be told of it. All times are passed in, of one monotonic clock."""

    def __init__(self, name: str, command: Sequence[str], terminal: Terminal) -> None:
        self.name, self.due_at = name, 0.0
        self.code: int | None = None
        self.times = self.starts = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.voice: Voice | None = None
        self._command, self._terminal = command, terminal
        self._began_at = self._first_at = self._last_at = 0.0
        self._how, self._said = "", tuple[str, ...]()

    def start(self, now: float) -> None:
        """Start it; on Linux it is killed if this process dies, however that happens. One that cannot be has ended."""
        self._began_at, self.starts = now, self.starts + 1
        voice = Voice(self._terminal)
        try:
            self.process = subprocess.Popen(
                self._command, stderr=voice.writer, preexec_fn=partial(_die_with, os.getpid())
            )
        except OSError as error:
            voice.given()
            voice.end()
            self._ended(None, f"before it began ({error.strerror or error})", now)
        else:
            voice.given()
            self.voice = voice

    def has_ended(self, now: float) -> bool:
        """Look at it; True once for each end, from which on it waits to be started again."""
        if self.process is None or self.process.poll() is None:
            return False
        code = self.process.returncode
        self._ended(code, _how(code), now)
        return True

    def settle(self, now: float) -> bool:
        """Forget its ends once it has lived for long enough; return whether it just did."""
        if self.process is None or not self.times or now - self._began_at < SETTLED_SECONDS:
            return False
        self.times = 0
        return True

    def wakes_at(self) -> float | None:
        """When it must be looked at again; None where only an end would be news."""
        if self.process is None:
            return self.due_at
        return self._began_at + SETTLED_SECONDS if self.times else None

    def ending(self) -> Ending | None:
        """What is to be told of it; None while it runs, or has ended only once of late and is tried again."""
        if not self.times or (self.times == 1 and not self.has_refused):
            return None
        next_at = self.due_at if self.process is None else None
        return Ending(self.name, self._how, self.times, self._first_at, self._last_at, next_at, self._said)

    @property
    def has_refused(self) -> bool:
        """Whether it ended last with a refusal."""
        return self.code in FINAL_EXIT_CODES

    @property
    def how(self) -> str:
        """How it ended last, as the rest of a sentence."""
        return self._how

    def pause(self) -> float:
        """Seconds to wait after the ends so far: longer each time, and longest after a refusal."""
        if self.has_refused:
            return LONGEST_PAUSE
        return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self.times - 1, 10))

    def _ended(self, code: int | None, how: str, now: float) -> None:
        lived = self.process is not None and now - self._began_at >= SETTLED_SECONDS
        self.times = 1 if lived else self.times + 1
        self._first_at = now if self.times == 1 else self._first_at
        self._last_at, self._how, self.code = now, how, code
        if self.voice is not None:
            self.voice.end()
            self._said = tuple(self.voice.last) or self._said
        self.process = self.voice = None
        self.due_at = now + self.pause()


def _how(code: int) -> str:
    if code >= 0:
        return f"with status {code}"
    with contextlib.suppress(ValueError):
        return f"by {signal.Signals(-code).name}"
    return f"by signal {-code}"


def _die_with(parent: int) -> None:
    if PRCTL is not None:
        PRCTL(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it was gone before we asked
            os._exit(1)

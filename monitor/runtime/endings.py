"""Endings of parts: which of `serve`'s processes keep ending, as a file that the supervisor keeps and the others read.

Times are of the monotonic clock, which all processes of a machine share.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from monitor.runtime import lock

FILE, LOCK = "endings.json", "serve.lock"
LONGEST_FILE = 100_000


@dataclass(frozen=True, slots=True)
class Ending:
    """A part that keeps ending: how it ended last, how often in a row and since when, and when it is tried again.

    next_at: None while it runs again. said: the last lines that it wrote, which may hold what only staff may see.
    """

    name: str
    how: str
    times: int
    first_at: float
    last_at: float
    next_at: float | None
    said: tuple[str, ...] = ()

    def sentence(self, now: float | None = None) -> str:
        """That it keeps ending, how, and what comes next, for everybody."""
        now = time.monotonic() if now is None else now
        often = f"{self.times} times in {_seconds(self.last_at - self.first_at)}"
        what = (
            f"keeps ending: {often}, the last time {self.how}" if self.times > 1 else f"has ended {self.how}"
        )
        return f"{self.name[:1].upper()}{self.name[1:]} {what}. {self._outlook(now)}"

    def last_words(self) -> str:
        """The last lines that it wrote, as a sentence, for whoever may see secrets."""
        return "It last said: " + " | ".join(self.said[-5:]) if self.said else "It said nothing."

    def _outlook(self, now: float) -> str:
        if self.next_at is None:
            return "It runs again."
        return f"Next try in {_seconds(self.next_at - now)}."


class Board:
    """The file as the supervisor of `folder` keeps it; where another one already does, or it fails, there is none.

    `complain` is told once of a file that cannot be written.
    """

    def __init__(self, folder: Path, complain: Callable[[str], object]) -> None:
        self._path, self._draft = folder / FILE, folder / f"{FILE}.new"
        self._complain, self._told, self._lock = complain, False, None
        with contextlib.suppress(OSError, lock.AlreadyRunning):
            self._lock = lock.acquire(folder / LOCK)
        self.show([])

    def show(self, endings: Sequence[Ending]) -> None:
        """Let the file tell of `endings`, whole or not at all; without any there is no file."""
        if self._lock is None:
            return
        try:
            if endings:
                self._write(json.dumps([asdict(one) for one in endings]).encode())
            else:
                self._path.unlink(missing_ok=True)
        except OSError as error:
            if not self._told:
                self._complain(
                    f"{self._path} cannot be written ({error.strerror}): the page does not tell of it."
                )
            self._told = True
        else:
            self._told = False

    def _write(self, content: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        with open(os.open(self._draft, flags, 0o600), "wb") as file:
            file.write(content)
        self._draft.replace(self._path)


def read(folder: Path) -> list[Ending]:
    """The parts of the `serve` of `folder` that keep ending; none where none does, or no `serve` runs."""
    path = folder / FILE
    try:
        if not path.exists() or not lock.is_held(folder / LOCK):
            return []  # what a supervisor that was killed left behind
        with open(path, encoding="utf-8") as file:
            found = json.loads(file.read(LONGEST_FILE))
        return [Ending(**{**one, "said": tuple(one["said"])}) for one in found]
    except (OSError, ValueError, TypeError, KeyError):
        return []  # just being taken away, or of another version


def _seconds(seconds: float) -> str:
    whole = max(0, round(seconds))
    return f"{whole} s" if whole < 120 else f"{whole // 60} min"

"""Gives memory back to the system that large requests left behind: the C library keeps it for itself otherwise."""

from __future__ import annotations

import ctypes
import gc
import time
from collections.abc import Callable
from contextlib import suppress

PAUSE_SECONDS = 15.0
M_ARENA_MAX = -8  # of glibc's malloc.h
ARENAS = 2


def share_arenas() -> None:
    """Let threads share two heaps: the C library gives each its own, and keeps what a short-lived one leaves behind."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def settle() -> None:
    """Take what the start has made out of every later look at memory, which is short then: it stays to the end anyway."""
    gc.collect()
    gc.freeze()


def _give_back() -> None:
    """Collect what circles keep alive, then trim the heap.

    An answer whose reader went away is such a circle, and its thread ends with it. Python would collect it once enough
    else has been made: in a quiet server never.
    """
    gc.collect()
    with suppress(AttributeError, OSError):
        trim = ctypes.CDLL(None).malloc_trim  # of glibc; musl and macOS have none, and need none
        trim.argtypes = [ctypes.c_size_t]
        trim(0)


class Trimmer:
    """Gives memory back once something large came and went, at most every PAUSE_SECONDS."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, give_back: Callable[[], object] = _give_back
    ) -> None:
        self._clock = clock
        self._give_back = give_back
        self._used_at: float | None = None
        self._next_at = 0.0

    def note(self) -> None:
        """Much memory is, or was, in use."""
        self._used_at = self._clock()

    def run(self) -> bool:
        """Give back, if there is something to gain; return whether it was done."""
        now = self._clock()
        if self._used_at is None or now < self._next_at:
            return False
        if now - self._used_at > PAUSE_SECONDS:  # the last of it is gone by then
            self._used_at = None
        self._next_at = now + PAUSE_SECONDS
        self._give_back()
        return True

"""Clocks: milliseconds since the epoch, and seconds since boot, which nobody can set."""

from __future__ import annotations

import time

_CLOCK: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


def boottime() -> float:
    """Seconds since boot, those of suspends included (CLOCK_BOOTTIME).

    Elsewhere the system's CLOCK_MONOTONIC, which counts sleep on macOS; time.monotonic() where that is
    missing too.
    """
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)


def now_ms() -> int:
    """Milliseconds since the epoch, by the clock that people set."""
    return time.time_ns() // 1_000_000

"""Absence of data: for how long a sampler has been silent, and whether the one who looks can tell."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.history.domain.age import age
from monitor.metrics.reading import longest_step

GRACE_SECONDS = 15.0
LONGEST_STEP_SECONDS = 10.0
CLOCK_SLIP_SECONDS = 5.0


def silent_seconds(now_ms: int, newest_ms: int, stopped_ms: int | None, interval: float) -> float | None:
    """Seconds since the newest sample; 0 while the next one is not missing yet, or where the sampler was stopped on
    purpose after it; None while the clock, set back, has not come again to where that sample was taken."""
    if stopped_ms is not None and stopped_ms >= newest_ms:
        return 0.0
    silent = age(newest_ms, now_ms, interval)
    return silent if silent is None or silent > longest_step(interval) else 0.0


@dataclass(frozen=True, slots=True)
class Looked:
    """When somebody looked: by the wall clock (ms since the epoch) and in seconds since boot, suspends included."""

    wall_ms: int
    boottime: float

    def was_set_back(self, before: Looked | None) -> bool:
        """Whether the wall clock was set back since the look `before`."""
        return before is not None and _slip(before, self) < -CLOCK_SLIP_SECONDS


def sees_clearly(before: Looked | None, now: Looked) -> bool:
    """Whether nothing lies between two looks that would make every sampler seem silent: a pause or a clock that was set."""
    if before is None:
        return False
    passed = now.boottime - before.boottime
    return passed <= LONGEST_STEP_SECONDS and abs(_slip(before, now)) <= CLOCK_SLIP_SECONDS


def _slip(before: Looked, now: Looked) -> float:
    """Seconds by which the wall clock went further than time did."""
    return (now.wall_ms - before.wall_ms) / 1000 - (now.boottime - before.boottime)


def can_tell(watching: float, interval: float) -> bool:
    """Whether a sampler had the time to show itself in `watching` seconds since the machine, or the watcher, woke."""
    return watching >= GRACE_SECONDS + longest_step(interval)

"""Absence of data: for how long a sampler has been silent, and whether the one who looks can tell."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.history.domain.age import age
from monitor.metrics.reading import longest_step

GRACE_SECONDS = 15.0
LONGEST_STEP_SECONDS = 10.0
CLOCK_SLIP_SECONDS = 5.0


def silent_seconds(
    now_ms: int, newest_ms: int, stopped_ms: int | None, interval: float, unheard: float = 0.0
) -> float:
    """Seconds since the newest sample; 0 while the next one is not missing yet, or where the sampler was stopped on
    purpose after it.

    unheard: seconds for which nothing has arrived, by a clock that nobody can set. It counts where the newest sample lies
    ahead, so that nobody knows its age, and where a clock that was set makes it seem younger than that.
    """
    known = age(newest_ms, now_ms)
    if stopped_ms is not None and (stopped_ms >= newest_ms or known is None):
        return 0.0
    silent = max(known or 0.0, unheard)
    return silent if silent > longest_step(interval) else 0.0


class Arrivals:
    """For how long nothing has arrived of each host, as far as somebody who looks again and again can tell."""

    def __init__(self) -> None:
        self._newest: dict[int, int] = {}  # id, by host
        self._since: dict[int, float] = {}  # boottime, by host
        self._seen: set[int] = set()  # hosts of which one arrived before our eyes

    def unheard(self, host: int, newest_id: int, boottime: float, told: float) -> float:
        """Seconds for which no sample of `host` has arrived, at least; `newest_id` is its newest one at `boottime`.

        told: seconds of silence that are on record. An id that falls is no arrival: rows were deleted.
        """
        if newest_id > self._newest.setdefault(host, newest_id):
            self._seen.add(host)
            self._since[host] = boottime
        self._newest[host] = newest_id
        since = self._since.setdefault(host, boottime)
        if host not in self._seen:
            since = self._since[host] = min(since, boottime - told)
        return boottime - since


@dataclass(frozen=True, slots=True)
class Looked:
    """When somebody looked: by the wall clock (ms since the epoch) and in seconds since boot, suspends included."""

    wall_ms: int
    boottime: float

    def was_set(self, before: Looked | None) -> bool:
        """Whether the wall clock was set since the look `before`, forward or back."""
        return before is not None and abs(_slip(before, self)) > CLOCK_SLIP_SECONDS

    def was_set_back(self, before: Looked | None) -> bool:
        """Whether the wall clock was set back since the look `before`."""
        return before is not None and _slip(before, self) < -CLOCK_SLIP_SECONDS


def sees_clearly(before: Looked | None, now: Looked) -> bool:
    """Whether nothing lies between two looks that would make every sampler seem silent: a pause or a clock that was set."""
    if before is None:
        return False
    passed = now.boottime - before.boottime
    return passed <= LONGEST_STEP_SECONDS and not now.was_set(before)


def _slip(before: Looked, now: Looked) -> float:
    """Seconds by which the wall clock went further than time did."""
    return (now.wall_ms - before.wall_ms) / 1000 - (now.boottime - before.boottime)


def can_tell(watching: float, interval: float) -> bool:
    """Whether a sampler had the time to show itself in `watching` seconds since the machine, or the watcher, woke."""
    return watching >= GRACE_SECONDS + longest_step(interval)

"""Usage of the CPUs between two readings of their counters: of all together, of each core, and how many tasks run."""

from __future__ import annotations

import math
from dataclasses import dataclass

from monitor.collectors.domain.counters import CpuReading, CpuTimes
from monitor.collectors.domain.growth import Lost
from monitor.collectors.domain.rates import longest, measurable

IDLE_MAY_GO_BACK_SECONDS = 3.0
"""The kernel estimates idle time and corrects itself; a larger step back is a core that was taken away."""

LEAST_STEP_BACK_SECONDS = 0.05
STEP_BACK_SHARE = 0.1
"""Of any other field 5 ticks, or a tenth of the time that passed, on each core: hypervisors correct steal and system so,
and it moves no share by more than its own size. A counter that is set anew falls further."""

TOTAL = "cpu"
FIELDS = ("user", "system", "idle", "iowait", "steal")


@dataclass(frozen=True, slots=True)
class Usage:
    """Percent of the time between two readings, 0..100.

    `busy` is what was neither idle nor waiting for I/O.
    """

    busy: float
    user: float
    system: float
    iowait: float | None
    steal: float | None


def usage(before: CpuTimes, after: CpuTimes, elapsed: float, cores: int = 1) -> Usage | None:
    """The shares of the CPU time that passed between two readings, `elapsed` seconds apart; of one core or of several.

    A field that stepped back a little grew by nothing. None when a counter was reset, when no time passed at all or
    more than can have passed, and when after a step back most of the time is not accounted for.
    """
    noise = noise_seconds(elapsed, cores)
    user = _grown(before.user, after.user, noise)
    system = _grown(before.system, after.system, noise)
    idle = _grown(before.idle, after.idle, max(noise, IDLE_MAY_GO_BACK_SECONDS))
    iowait = _grown(before.iowait, after.iowait, math.inf)  # it may go back: proc(5) says so
    steal = _grown(before.steal, after.steal, noise)
    busy = user + system + steal
    total = busy + idle + iowait
    if not 0 < total <= longest(elapsed) * cores:
        return None
    if total < elapsed * cores / 2 and _stepped_back(before, after):
        return None
    scale = 100.0 / total
    return Usage(
        busy=min(100.0, busy * scale),
        user=min(100.0, user * scale),
        system=min(100.0, system * scale),
        iowait=None if after.iowait is None else min(100.0, iowait * scale),
        steal=None if after.steal is None else min(100.0, steal * scale),
    )


def noise_seconds(elapsed: float, cores: int = 1) -> float:
    """How far a counter may step back without having been reset."""
    return cores * min(IDLE_MAY_GO_BACK_SECONDS, max(LEAST_STEP_BACK_SECONDS, STEP_BACK_SHARE * elapsed))


def is_comparable(before: CpuReading | None, after: CpuReading, elapsed: float | None) -> bool:
    """False after a gap, over a time too short to measure, and for the tick in which a core came or went."""
    return before is not None and measurable(elapsed) and before.cores.keys() == after.cores.keys()


class Usages:
    """The usage of the host and of its cores from reading to reading; what a counter lost and has again is no usage."""

    def __init__(self) -> None:
        self._before: CpuReading | None = None
        self._lost: dict[tuple[str, str], Lost] = {}

    def of(self, now: CpuReading | None, elapsed: float | None) -> tuple[Usage | None, dict[str, float]]:
        """(all cores together, None where not known; busy percent of each core that is known), since the reading before."""
        before, self._before = self._before, now
        if before is None or now is None:
            return None, {}
        seconds = elapsed if elapsed is not None and is_comparable(before, now, elapsed) else None
        cores = max(1, len(now.cores))
        host = self._usage(TOTAL, before.total, now.total, seconds, cores)
        each = {
            name: self._usage(name, before.cores[name], times, seconds)
            for name, times in now.cores.items()
            if name in before.cores
        }
        return host, {name: one.busy for name, one in each.items() if one is not None}

    def _usage(
        self, name: str, before: CpuTimes, after: CpuTimes, elapsed: float | None, cores: int = 1
    ) -> Usage | None:
        """The usage of one line of counters."""
        is_back = bool(self._lost) and self._comes_back(name, before, after)
        found = None if elapsed is None else usage(before, after, elapsed, cores)
        if found is None or _fell(before.iowait, after.iowait):
            noise = noise_seconds(elapsed or 0.0, cores)
            for field in FIELDS:
                had, has = getattr(before, field), getattr(after, field)
                if _fell(had, has, noise):
                    self._lost.setdefault((name, field), Lost()).fell(had, has)
        return None if is_back else found

    def _comes_back(self, name: str, before: CpuTimes, after: CpuTimes) -> bool:
        found = False
        for field in FIELDS:
            lost, had, has = self._lost.get((name, field)), getattr(before, field), getattr(after, field)
            if lost is not None and had is not None and has is not None:
                found |= lost.comes_back(had, has)
                if not lost.is_missing:
                    del self._lost[name, field]
        return found


def others_running(running: int | None) -> int | None:
    """Running tasks without the sampler, which always runs while it reads; never below 0."""
    return None if running is None else max(0, running - 1)


def _fell(before: float | None, after: float | None, noise: float = 0.0) -> bool:
    return before is not None and after is not None and after < before - noise


def _stepped_back(before: CpuTimes, after: CpuTimes) -> bool:
    return any(_fell(getattr(before, field), getattr(after, field)) for field in FIELDS)


def _grown(before: float | None, after: float | None, may_go_back: float) -> float:
    """Growth in seconds, 0 for what is not counted.

    NaN, which no total survives, when the counter was reset.
    """
    if before is None or after is None:
        return 0.0
    growth = after - before
    return max(0.0, growth) if growth >= -may_go_back else math.nan

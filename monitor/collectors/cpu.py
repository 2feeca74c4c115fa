"""Collector of CPU time and tasks: what the CPUs do and how many tasks want them, from one read of /proc/stat."""

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from monitor.collectors.domain.counters import CpuReading, CpuTimes
from monitor.collectors.domain.rates import measurable
from monitor.collectors.host import LINUX
from monitor.collectors.procfile import ProcFile
from monitor.collectors.registry import register
from monitor.metrics import members

IDLE_MAY_GO_BACK_SECONDS = 3.0
"""The kernel estimates idle time and corrects itself; a larger step back is a core that was taken away."""


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


def parse_stat(text: str, ticks_per_second: float) -> CpuReading | None:
    """The text of /proc/stat; None when it has no line of CPU times.

    Columns that an old kernel lacks are None.
    """
    times: dict[str, CpuTimes] = {}
    counts: dict[str, int] = {}
    for line in text.splitlines():
        if line.startswith("cpu"):
            name, *ticks = line.split()
            if len(ticks) >= 4:
                times[name] = _times([int(tick) / ticks_per_second for tick in ticks])
        elif line.startswith("procs_"):
            name, count = line.split()
            counts[name] = int(count)
    total = times.pop("cpu", None)
    if total is None:
        return None
    return CpuReading(total, times, counts.get("procs_running"), counts.get("procs_blocked"))


def usage(before: CpuTimes, after: CpuTimes, longest: float) -> Usage | None:
    """The shares of the CPU time that passed between two readings.

    None when a counter was reset, when no time passed at all, or when more than `longest` seconds of it did.
    """
    user = _grown(before.user, after.user)
    system = _grown(before.system, after.system)
    idle = _grown(before.idle, after.idle, IDLE_MAY_GO_BACK_SECONDS)
    iowait = _grown(before.iowait, after.iowait, math.inf)  # it may go back: proc(5) says so
    steal = _grown(before.steal, after.steal)
    busy = user + system + steal
    total = busy + idle + iowait
    if not 0 < total <= longest:
        return None
    scale = 100.0 / total
    return Usage(
        busy=min(100.0, busy * scale),
        user=min(100.0, user * scale),
        system=min(100.0, system * scale),
        iowait=None if after.iowait is None else min(100.0, iowait * scale),
        steal=None if after.steal is None else min(100.0, steal * scale),
    )


def usage_of_host(before: CpuReading | None, after: CpuReading, elapsed: float | None) -> Usage | None:
    """All cores together; None as for `usage`, after a gap, and for the tick in which a core came or went."""
    if (
        before is None
        or elapsed is None
        or not measurable(elapsed)
        or before.cores.keys() != after.cores.keys()
    ):
        return None
    return usage(before.total, after.total, _longest(elapsed) * max(1, len(after.cores)))


def busy_of_cores(
    before: CpuReading | None, after: CpuReading, elapsed: float | None
) -> dict[str, float] | None:
    """Busy percent of each core, 0..100; None after a gap and when a core came or went."""
    if (
        before is None
        or elapsed is None
        or not measurable(elapsed)
        or before.cores.keys() != after.cores.keys()
    ):
        return None
    longest = _longest(elapsed)
    usages = {name: usage(before.cores[name], times, longest) for name, times in after.cores.items()}
    return {name: each.busy for name, each in usages.items() if each is not None}


def others_running(running: int | None) -> int | None:
    """Running tasks without the sampler, which always runs while it reads; never below 0."""
    return None if running is None else max(0, running - 1)


def _times(seconds: list[float]) -> CpuTimes:
    user, nice, system, idle, *rest = seconds
    iowait, irq, softirq, steal = (*rest, *[None] * 4)[:4]
    # Guest time, the columns behind steal, is already part of user and nice.
    return CpuTimes(user + nice, system + (irq or 0.0) + (softirq or 0.0), idle, iowait, steal)


def _grown(before: float | None, after: float | None, may_go_back: float = 0.0) -> float:
    """Growth in seconds, 0 for what is not counted.

    NaN, which no total survives, when the counter was reset.
    """
    if before is None or after is None:
        return 0.0
    growth = after - before
    return max(0.0, growth) if growth >= -may_go_back else math.nan


def _longest(elapsed: float) -> float:
    """CPU seconds that one core can have counted meanwhile: generous, as a host under load reads late."""
    return 2.0 * elapsed + 1.0


def _percents(host: Usage | None) -> dict[str, float | None]:
    if host is None:
        return {}
    return {
        "cpu_percent": host.busy,
        "cpu_user_percent": host.user,
        "cpu_system_percent": host.system,
        "cpu_iowait_percent": host.iowait,
        "cpu_steal_percent": host.steal,
    }


def _source() -> Callable[[], CpuReading | None]:
    if not LINUX:
        from monitor.collectors import portable

        return portable.cpu
    stat = ProcFile("/proc/stat")
    ticks_per_second = float(os.sysconf("SC_CLK_TCK"))

    def read() -> CpuReading | None:
        text = stat.read()
        return None if text is None else parse_stat(text, ticks_per_second)

    return read


@register
class CpuCollector:
    """CPU time from deltas of our own counters, and the tasks that run or wait for I/O.

    The sampler itself is always running when it reads: `tasks_running` is without it, never below 0.
    """

    name = "cpu"
    metrics: tuple[str, ...] = (
        "cpu_percent",
        "cpu_user_percent",
        "cpu_system_percent",
        "cpu_iowait_percent",
        "cpu_steal_percent",
        "cpu_busiest_core_percent",
        "tasks_running",
        "tasks_blocked",
    )

    def __init__(self, read: Callable[[], CpuReading | None] | None = None) -> None:
        self._read = read or _source()
        self._before: CpuReading | None = None
        self.members: Mapping[str, members.Members] = {}

    def collect(self, elapsed: float | None) -> Mapping[str, float | None]:
        """Percents 0..100 over all cores (of one core for the busiest); counts of tasks."""
        before, now = self._before, self._read()
        self._before, self.members = now, {}
        if now is None:
            return {}
        cores = busy_of_cores(before, now, elapsed)
        if cores:
            self.members = {"cpu_busiest_core_percent": members.Members(cores)}
        return _percents(usage_of_host(before, now, elapsed)) | {
            "cpu_busiest_core_percent": max(cores.values()) if cores else None,
            "tasks_running": others_running(now.running),
            "tasks_blocked": now.blocked,
        }

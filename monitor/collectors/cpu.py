"""Collector of CPU time and tasks: what the CPUs do and how many tasks want them, from one read of /proc/stat."""

import os
from collections.abc import Callable, Mapping

from monitor.collectors.domain.counters import CpuReading, CpuTimes
from monitor.collectors.domain.cpu_usage import Usage, Usages, others_running
from monitor.collectors.host import LINUX
from monitor.collectors.procfile import ProcFile, understood
from monitor.collectors.registry import register
from monitor.metrics import members


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
                times[name] = _times([_ticks(tick) / ticks_per_second for tick in ticks])
        elif line.startswith("procs_"):
            name, count = line.split()
            counts[name] = int(count)
    total = times.pop("cpu", None)
    if total is None:
        return None
    return CpuReading(total, times, counts.get("procs_running"), counts.get("procs_blocked"))


def _ticks(word: str) -> int:
    if not word.isdecimal():
        raise ValueError(f"{word} is no count of ticks")
    return int(word)


def _times(seconds: list[float]) -> CpuTimes:
    user, nice, system, idle, *rest = seconds
    iowait, irq, softirq, steal = (*rest, *[None] * 4)[:4]
    # Guest time, the columns behind steal, is already part of user and nice.
    return CpuTimes(user + nice, system + (irq or 0.0) + (softirq or 0.0), idle, iowait, steal)


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

    return lambda: understood(stat, lambda text: parse_stat(text, ticks_per_second))


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
        self._usages = Usages()
        self.members: Mapping[str, members.Members] = {}

    def collect(self, elapsed: float | None) -> Mapping[str, float | None]:
        """Percents 0..100 over all cores (of one core for the busiest); counts of tasks."""
        now = self._read()
        host, cores = self._usages.of(now, elapsed)
        self.members = {"cpu_busiest_core_percent": members.Members(cores)} if cores else {}
        if now is None:
            return {}
        return _percents(host) | {
            "cpu_busiest_core_percent": max(cores.values()) if cores else None,
            "tasks_running": others_running(now.running),
            "tasks_blocked": now.blocked,
        }

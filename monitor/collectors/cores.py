"""Collector of the effective cores: how many the host may use, from online CPUs, scheduler and the cgroup's quota."""

import os
import time
from collections.abc import Callable, Mapping

from monitor.collectors import cgroups, procfile
from monitor.collectors.domain.cores import EffectiveCores, effective, least, quota_cores
from monitor.collectors.host import LINUX
from monitor.collectors.registry import register

REFRESH_SECONDS = 10.0


def effective_cores() -> EffectiveCores:
    """Cores that may be used now, and why so many; read anew at each call.

    Raises nothing: what is unknown is no limit.
    """
    return effective(_online(), _affinity(), _quota() if LINUX else None)


def parse_cpu_max(text: str) -> float | None:
    """Cores allowed by a cgroup v2 `cpu.max` ("50000 100000" is 0.5).

    None for "max" or for what is no quota.
    """
    words = text.split()
    if len(words) != 2 or not (words[0].isdecimal() and words[1].isdecimal()):
        return None
    return quota_cores(int(words[0]), int(words[1]))


def parse_cfs(quota: str, period: str) -> float | None:
    """Cores allowed by a cgroup v1 `cpu.cfs_quota_us` and `cpu.cfs_period_us`.

    None for -1 or for what is no quota.
    """
    return parse_cpu_max(f"{quota} {period}")


def _quota() -> float | None:
    unified, old = cgroups.limiting("cpu")
    return least(
        [
            *(parse_cpu_max(procfile.text(f"{each}/cpu.max")) for each in unified),
            *(
                parse_cfs(
                    procfile.text(f"{each}/cpu.cfs_quota_us"), procfile.text(f"{each}/cpu.cfs_period_us")
                )
                for each in old
            ),
        ]
    )


def _online() -> int | None:
    if LINUX:
        return os.sysconf("SC_NPROCESSORS_ONLN")

    from monitor.collectors import portable

    return portable.online_cpus()


def _affinity() -> int | None:
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    try:
        return None if affinity is None else len(affinity(0))
    except OSError:  # more CPUs than the kernel's mask in Python's buffer, or forbidden
        return None


@register
class CoresCollector:
    """Effective cores, looked up at most every 10 s: it takes many small files, and seldom changes."""

    name = "cores"
    metrics: tuple[str, ...] = ("cpu_effective_cores",)

    def __init__(
        self,
        read: Callable[[], EffectiveCores] = effective_cores,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._clock = clock
        self._read_at: float | None = None
        self._cores: EffectiveCores | None = None

    def collect(self, elapsed: float | None) -> Mapping[str, float | None]:
        """Cores, fractions kept."""
        now = self._clock()
        if self._cores is None or self._read_at is None or now - self._read_at >= REFRESH_SECONDS:
            self._cores, self._read_at = self._read(), now
        return {"cpu_effective_cores": self._cores.count}

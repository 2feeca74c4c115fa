"""Collector of the effective cores: how many the host may use, from online CPUs, scheduler and the cgroup's quota."""

import os
import time
from collections.abc import Callable, Mapping

from monitor.collectors.domain.cores import EffectiveCores, effective, least, quota_cores
from monitor.collectors.host import LINUX
from monitor.collectors.registry import register

REFRESH_SECONDS = 10.0
CGROUP = "/proc/self/cgroup"
MOUNTS = "/proc/self/mountinfo"
MOST_LEVELS = 32


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


def parse_cgroup(text: str) -> tuple[str | None, str | None]:
    """The paths in /proc/self/cgroup: in the v2 tree, and in the v1 tree with the cpu controller."""
    unified = cpu = None
    for line in text.splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0" and not controllers:
            unified = path
        elif "cpu" in controllers.split(","):
            cpu = path
    return unified, cpu


def parse_mounts(text: str) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
    """(root, directory) of where the v2 tree and the v1 cpu tree are mounted, from /proc/self/mountinfo."""
    unified = cpu = None
    for line in text.splitlines():
        left, dash, right = line.partition(" - ")
        where, what = left.split(" "), right.split(" ")
        if not dash or len(where) < 5 or len(what) < 3:
            continue
        if what[0] == "cgroup2":
            unified = unified or (where[3], where[4])
        elif what[0] == "cgroup" and "cpu" in what[2].split(","):
            cpu = cpu or (where[3], where[4])
    return unified, cpu


def directories(path: str | None, mount: tuple[str, str] | None) -> list[str]:
    """The directories of a cgroup and of all above it, up to where its tree is mounted."""
    if path is None or mount is None:
        return []
    root, top = mount
    # Without a cgroup namespace a container sees the host's path, yet only its own part of the tree is
    # mounted.
    inside = (
        path.removeprefix(root.rstrip("/")) if path == root or path.startswith(root.rstrip("/") + "/") else ""
    )
    parts = [part for part in inside.split("/") if part not in ("", ".", "..")][:MOST_LEVELS]
    return ["/".join([top.rstrip("/"), *parts[:depth]]) for depth in range(len(parts), -1, -1)]


def _quota() -> float | None:
    paths, mounts = parse_cgroup(_text(CGROUP)), parse_mounts(_text(MOUNTS))
    unified = [parse_cpu_max(_text(f"{each}/cpu.max")) for each in directories(paths[0], mounts[0])]
    old = [
        parse_cfs(_text(f"{each}/cpu.cfs_quota_us"), _text(f"{each}/cpu.cfs_period_us"))
        for each in directories(paths[1], mounts[1])
    ]
    return least(unified + old)


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


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


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

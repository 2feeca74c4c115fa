"""Collector of memory and swap in bytes, from /proc/meminfo, with ZFS's cache and within the limits of a container."""

import re
from collections.abc import Callable, Mapping

from monitor.collectors.domain import memory as domain
from monitor.collectors.domain.counters import Memory
from monitor.collectors.host import LINUX
from monitor.collectors.memory_limits import MemoryLimits
from monitor.collectors.procfile import ProcFile, understood
from monitor.collectors.registry import register
from monitor.collectors.zfs import ARCSTATS, parse_arcstats

MEMINFO = "/proc/meminfo"
KIBIBYTE = 1024
WANTED = re.compile(
    r"^(Mem(?:Total|Free|Available)|Buffers|Cached|SReclaimable|Shmem|Swap(?:Total|Free)): +(\d+) kB$",
    re.ASCII | re.MULTILINE,
)
"""Nine of some sixty lines: splitting them all costs three times as much."""


def amounts(text: str, wanted: re.Pattern[str] = WANTED) -> dict[str, int]:
    """The lines of /proc/meminfo that `wanted` takes, by name; in bytes, as its "kB" are KiB."""
    return {name: int(number) * KIBIBYTE for name, number in wanted.findall(text)}


def parse_meminfo(text: str) -> Memory:
    """The text of /proc/meminfo.

    Used is total less available; swap is 0 on a host without any.
    """
    told = amounts(text)
    total, available = told.get("MemTotal"), _available(told)
    swap, swap_free = told.get("SwapTotal"), told.get("SwapFree")
    swap_used = None if swap is None or swap_free is None else max(0, swap - swap_free)
    if total is None or available is None:
        return Memory(swap_used=swap_used)
    available = min(available, total)
    return Memory(total - available, available, swap_used)


def _available(told: Mapping[str, int]) -> int | None:
    """MemAvailable, or before Linux 3.14 an estimate: free and caches, less shared memory."""
    if "MemAvailable" in told:
        return told["MemAvailable"]
    if "MemFree" not in told:
        return None
    caches = sum(told.get(name, 0) for name in ("Buffers", "Cached", "SReclaimable"))
    return told["MemFree"] + max(0, caches - told.get("Shmem", 0))


def _source() -> Callable[[], Memory]:
    if not LINUX:
        from monitor.collectors import portable

        return portable.memory
    meminfo, arcstats, limits = ProcFile(MEMINFO), ProcFile(ARCSTATS), MemoryLimits()

    def read() -> Memory:
        told = understood(meminfo, _told) or Memory()
        memory, cache = told, parse_arcstats(arcstats.read() or "")
        return domain.within(domain.with_cache(memory, cache.beyond if cache else None), limits())

    return read


def _told(text: str) -> Memory | None:
    memory = parse_meminfo(text)
    return None if memory == Memory() else memory


@register
class MemoryCollector:
    """Memory that is used and that can still be had, and swap in use."""

    name = "memory"
    metrics: tuple[str, ...] = (
        "memory_used_bytes",
        "memory_available_bytes",
        "memory_available_percent",
        "swap_used_bytes",
    )

    def __init__(self, read: Callable[[], Memory] | None = None) -> None:
        self._read = read or _source()
        self.reason = ""

    def collect(self, elapsed: float | None) -> Mapping[str, float | None]:
        """Gauges in bytes and percent, on the first call too."""
        memory = self._read()
        self.reason = memory.reason
        return {
            "memory_used_bytes": memory.used,
            "memory_available_bytes": memory.available,
            "memory_available_percent": memory.available_percent,
            "swap_used_bytes": memory.swap_used,
        }

"""Collector of swap traffic: bytes a second moved between memory and swap, from /proc/vmstat."""

import os
import re
from collections.abc import Callable, Mapping

from monitor.collectors.domain.rates import HIGHEST_BYTES_PER_SECOND, rate
from monitor.collectors.host import LINUX
from monitor.collectors.procfile import ProcFile
from monitor.collectors.registry import register

WANTED = re.compile(r"^pswp(in|out) (\d+)$", re.ASCII | re.MULTILINE)


def parse_vmstat(text: str, page_bytes: int) -> int | None:
    """Bytes swapped in and out since boot, from the text of /proc/vmstat; None unless both counters are there."""
    pages = {direction: int(count) for direction, count in WANTED.findall(text)}
    return sum(pages.values()) * page_bytes if len(pages) == 2 else None


def _source() -> Callable[[], int | None]:
    if not LINUX:
        from monitor.collectors import portable

        return portable.swapped
    file = ProcFile("/proc/vmstat")
    page_bytes = os.sysconf("SC_PAGESIZE")
    return lambda: parse_vmstat(file.read() or "", page_bytes)


@register
class SwappingCollector:
    """Traffic of swap, both ways together; a full but quiet swap is no trouble, a busy one is."""

    name = "swapping"
    metrics: tuple[str, ...] = ("swap_bytes_per_second",)

    def __init__(self, read: Callable[[], int | None] | None = None) -> None:
        self._read = read or _source()
        self._before: int | None = None

    def collect(self, elapsed: float | None) -> Mapping[str, float | None]:
        """Bytes per second."""
        before, now = self._before, self._read()
        self._before = now
        return {"swap_bytes_per_second": rate(before, now, elapsed, HIGHEST_BYTES_PER_SECOND)}

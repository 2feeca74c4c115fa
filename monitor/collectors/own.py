"""Collector of what the sampler itself costs: its CPU time and its memory."""

import os
import time
from collections.abc import Callable, Mapping

from monitor.collectors.domain.rates import rate
from monitor.collectors.host import LINUX
from monitor.collectors.procfile import ProcFile, understood
from monitor.collectors.registry import register


def parse_statm(text: str, page_bytes: int) -> int | None:
    """Resident bytes from the text of /proc/self/statm; None when it has no second word."""
    words = text.split()
    if len(words) > 1 and not words[1].isdecimal():
        raise ValueError(f"{words[1]} is no count of pages")
    return int(words[1]) * page_bytes if len(words) > 1 else None


def _rss_source() -> Callable[[], int | None]:
    if not LINUX:
        from monitor.collectors import portable

        return portable.own_rss
    file = ProcFile("/proc/self/statm")
    page_bytes = os.sysconf("SC_PAGESIZE")
    return lambda: understood(file, lambda text: parse_statm(text, page_bytes))


@register
class OwnCollector:
    """CPU seconds of this process, all threads, children excluded; and its resident memory."""

    name = "own"
    metrics: tuple[str, ...] = ("self_cpu_percent", "self_rss_bytes")

    def __init__(
        self,
        cpu_seconds: Callable[[], float] = time.process_time,
        rss: Callable[[], int | None] | None = None,
    ) -> None:
        self._cpu_seconds = cpu_seconds
        self._rss = rss or _rss_source()
        self._before: float | None = None

    def collect(self, elapsed: float | None) -> Mapping[str, float | None]:
        """Percent of one core (several threads can reach more than 100), and bytes."""
        before, now = self._before, self._cpu_seconds()
        self._before = now
        share = rate(before, now, elapsed)
        return {"self_cpu_percent": None if share is None else 100.0 * share, "self_rss_bytes": self._rss()}

"""Collector of the load averages of 1, 5 and 15 minutes, from /proc/loadavg."""

from collections.abc import Callable, Mapping

from monitor.collectors.host import LINUX
from monitor.collectors.procfile import ProcFile, understood
from monitor.collectors.registry import register

Load = tuple[float | None, float | None, float | None]
LARGEST = 1e9  # more tasks than any kernel has room for
NOTHING: Load = (None, None, None)


def parse_loadavg(text: str) -> Load:
    """The first three words of /proc/loadavg; None for each that is missing.

    ValueError for a word that is no number.
    """
    words = text.split()[:3]
    one, five, fifteen = ([float(word) for word in words] + [None] * 3)[:3]
    return one, five, fifteen


def _source() -> Callable[[], Load]:
    if not LINUX:
        from monitor.collectors import portable

        return portable.load
    file = ProcFile("/proc/loadavg")
    return lambda: understood(file, _whole) or NOTHING


def _whole(text: str) -> Load | None:
    load = parse_loadavg(text)
    if any(one is not None and not 0 <= one <= LARGEST for one in load):
        raise ValueError("no load is negative, or so large")
    return None if load == NOTHING else load


@register
class LoadCollector:
    """Load averages as the kernel damps them: it counts tasks every 5 s, so they move in steps."""

    name = "loadavg"
    metrics: tuple[str, ...] = ("load1", "load5", "load15")

    def __init__(self, read: Callable[[], Load] | None = None) -> None:
        self._read = read or _source()

    def collect(self, elapsed: float | None) -> Mapping[str, float | None]:
        """Gauges, on the first call too."""
        return dict(zip(self.metrics, self._read(), strict=True))

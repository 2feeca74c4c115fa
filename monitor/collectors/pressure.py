"""Collector of pressure stall information (PSI): how long tasks had to wait for CPU, I/O and memory."""

from collections.abc import Callable, Mapping

from monitor.collectors.domain.growth import Growth
from monitor.collectors.domain.rates import longest, share_percent
from monitor.collectors.procfile import ProcFile, understood
from monitor.collectors.registry import register

MICROSECONDS = 1e6
RESOURCES = ("cpu", "io", "memory")


def parse_pressure(text: str) -> dict[str, float]:
    """The text of one /proc/pressure file as {"some": seconds, "full": seconds} since boot, from `total=`.

    A line or a total that the kernel does not print is left out (before 5.13 the cpu file has no "full").
    """
    seconds: dict[str, float] = {}
    for line in text.splitlines():
        kind, *fields = line.split() or [""]
        for field in fields:
            name, _, value = field.partition("=")
            if name == "total" and value.isdecimal():
                seconds[kind] = int(value) / MICROSECONDS
    return seconds


def _source() -> Callable[[], dict[str, float]]:
    files = {resource: ProcFile(f"/proc/pressure/{resource}") for resource in RESOURCES}

    def read() -> dict[str, float]:
        return {
            f"{resource}_{kind}": seconds
            for resource, file in files.items()
            for kind, seconds in (understood(file, parse_pressure) or {}).items()
        }

    return read


def _is_possible(_stall: str, per_second: float, elapsed: float) -> bool:
    return per_second * elapsed <= longest(elapsed)


def _stall(metric: str) -> str:
    return metric.removeprefix("pressure_").removesuffix("_percent")


@register
class PressureCollector:
    """The share of time in which tasks stood still for want of a resource, from deltas of `total=`.

    A kernel without PSI (before 4.20, `psi=0`, not Linux) gives None.
    """

    name = "pressure"
    metrics: tuple[str, ...] = (
        "pressure_cpu_some_percent",
        "pressure_io_some_percent",
        "pressure_io_full_percent",
        "pressure_memory_some_percent",
        "pressure_memory_full_percent",
    )

    def __init__(self, read: Callable[[], dict[str, float]] | None = None) -> None:
        self._read = read or _source()
        self._growth = Growth(_is_possible)

    def collect(self, elapsed: float | None) -> Mapping[str, float | None]:
        """Percents 0..100 of `elapsed`."""
        rates = self._growth.rates(self._read(), elapsed)
        return {metric: share_percent(rates.get(_stall(metric))) for metric in self.metrics}

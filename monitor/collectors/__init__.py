"""The collectors of this host's metrics: one file each, which registers itself, and what runs them all.

Call a Collection from one thread only: collectors keep the counters of the previous call.
"""

import pkgutil
import time
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Protocol, TypeVar

from monitor.collectors.domain.rates import finite
from monitor.collectors.failures import FailureLog
from monitor.metrics.catalogue import CATALOGUE, NAMES

__all__ = ["Collection", "cores", "domain", "host", "processes", "scans"]

LONGEST_REASON = 200


class Collector(Protocol):
    """Reads one source. `collect` gives each of `metrics`; it may raise, but not in its constructor.

    `elapsed` is the seconds since the previous call by a monotonic clock, None on the first and after any
    gap: then counters are kept as a baseline and their rates are None.
    """

    name: str
    metrics: tuple[str, ...]

    def collect(self, elapsed: float | None) -> Mapping[str, float | None]: ...


REGISTRY: dict[str, Callable[[], Collector]] = {}

C = TypeVar("C", bound=Collector)


def register(collector: type[C]) -> type[C]:
    """Class decorator: add the collector to REGISTRY.

    ValueError for a name taken or a metric not in the catalogue.
    """
    if collector.name in REGISTRY:
        raise ValueError(f"Two collectors are named {collector.name!r}.")
    for metric in collector.metrics:
        if metric not in CATALOGUE:
            raise ValueError(f"Collector {collector.name!r} fills {metric!r}, which is not in the catalogue.")
    REGISTRY[collector.name] = collector
    return collector


class Collection:
    """All collectors of one sampler; a failing one leaves its own metrics None and never stops the rest."""

    def __init__(
        self, collectors: Iterable[Collector] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.collectors: tuple[Collector, ...] = tuple(
            [make() for make in REGISTRY.values()] if collectors is None else collectors
        )
        self.failing: dict[str, str] = {}
        """Collector name -> a sentence, for each whose last collect failed."""
        self.seconds: dict[str, float] = {}
        """Collector name -> seconds that its last collect took."""
        self._clock = clock
        self._log = FailureLog()

    def collect(self, elapsed: float | None) -> dict[str, float | None]:
        """One value for every name in the catalogue, finite or None; `elapsed` as for a Collector.

        Never raises.
        """
        values: dict[str, float | None] = dict.fromkeys(NAMES)
        for collector in self.collectors:
            start = time.perf_counter()
            values.update(self._collect_from(collector, elapsed))
            self.seconds[collector.name] = time.perf_counter() - start
        return values

    def _collect_from(self, collector: Collector, elapsed: float | None) -> dict[str, float | None]:
        name = collector.name
        failed_before = name in self.failing
        try:
            values = collector.collect(None if failed_before else elapsed)
            clean = {metric: finite(values.get(metric)) for metric in collector.metrics}
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"[:LONGEST_REASON]
            self.failing[name] = f"The {name} collector failed: {reason}"
            self._log.failed(name, reason, self._clock())
            return {}
        if failed_before:
            del self.failing[name]
            self._log.recovered(name, self._clock())
        return clean


def _import_all() -> None:
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")


_import_all()

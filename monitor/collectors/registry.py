"""The registry of collectors: each reads one source, and registers itself when its file is imported."""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from monitor.metrics.catalogue import CATALOGUE


class Collector(Protocol):
    """Reads one source. `collect` gives each of `metrics`; it may raise, but not in its constructor.

    `elapsed` is the seconds since the previous call by a monotonic clock, None on the first and after any
    gap: then counters are kept as a baseline and their rates are None.

    One whose metrics are the sum or the highest of a set tells in an attribute `members` (metric -> Members), anew with
    each `collect`, what they are made of; one that measures file systems, disks or interfaces in `parts` (Part -> PartNow)
    what each of them holds and moves. One whose values are bounded by something beside the machine tells in an attribute
    `reason` by what, as "container: 2 GiB of 32 GiB".
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

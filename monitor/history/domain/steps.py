"""Steps: a value as a whole number of them, rounded once, before samples are rolled up, so that everything after is exact.

A step is 0.01 of a percentage, a load, a core or a task, a byte a second, or a KiB of memory, as the kernel
counts it. Whole numbers add and compare without error, and take a third of the bytes of floats.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from monitor.history.domain.tiers import Summary, of_extremes
from monitor.metrics.catalogue import CATALOGUE, Unit

HUNDREDTHS, ONES, KIBIBYTES = 100.0, 1.0, 1 / 1024
STEPS_PER_ONE: Mapping[Unit, float] = MappingProxyType(
    {
        Unit.PERCENT: HUNDREDTHS,
        Unit.LOAD: HUNDREDTHS,
        Unit.CORES: HUNDREDTHS,
        Unit.TASKS: HUNDREDTHS,
        Unit.BYTES: KIBIBYTES,
        Unit.BYTES_PER_SECOND: ONES,
    }
)
FACTORS: Mapping[str, float] = MappingProxyType(
    {name: STEPS_PER_ONE[metric.unit] for name, metric in CATALOGUE.items()}
)
"""How many steps make up one of a metric."""
MOST = 2**53
"""No reading counts for more steps: the largest number up to which a float tells every whole one."""

_ALL = tuple(FACTORS.values())


def count(name: str, value: float) -> int:
    """A value of the metric `name` in steps."""
    return round(value * FACTORS[name])


def value(name: str, count: float) -> float:
    """So many steps of the metric `name` as a value; what was told to a step before is the same float again.

    Up to 2**51 steps: beyond, two roundings can come to half a step.
    """
    return count / FACTORS[name]


def summary(name: str, total: float, weight: int, low: float, high: float) -> Summary:
    """A bucket's summary of the metric `name` from values: total is value x ms, weight is ms, low and high are values."""
    return of_extremes(count(name, total), weight, count(name, low), count(name, high))


def of_reading(values: Sequence[float | None]) -> list[int | None]:
    """A reading's values, all metrics in catalogue order, in steps; None stays unknown."""
    return [
        None if one is None else round(exact) if -MOST <= (exact := one * factor) <= MOST else _most(exact)
        for one, factor in zip(values, _ALL, strict=True)
    ]


def _most(count: float) -> int:
    return round(math.copysign(MOST, count))

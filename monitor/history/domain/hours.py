"""Hours by the clock of a time zone, and the load per core of a time, by which an hour is busy or above the cores."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.history.domain import tiers
from monitor.metrics.times import moment

HOUR = timedelta(hours=1)
METRICS = ("load1", "cpu_effective_cores")
ABOVE = 1.0
"""The mean load per core from which on an hour is above the cores."""

LEAST_MS = 1_800_000
"""Of an hour that has to be measured for it to be judged."""

Cell = tuple[float, float]  # load per core x ms, ms


def cell(load: float | None, weight_ms: float | None, cores: float | None) -> Cell | None:
    """The mean load of a time over its cores, by the time that it speaks for; None where either is unknown."""
    return (load / cores * weight_ms, weight_ms) if load is not None and weight_ms and cores else None


def mean(cells: Iterable[Cell]) -> float | None:
    """The load per core of several times together."""
    load, weight = total(cells)
    return round(load / weight, 4) if weight else None


def total(cells: Iterable[Cell]) -> Cell:
    """Several times as one."""
    load = weight = 0.0
    for one in cells:
        load += one[0]
        weight += one[1]
    return load, weight


def resolution(zone: ZoneInfo, start_ms: int, end_ms: int) -> int:
    """The tier to read: hours where each of the epoch's lies in one hour of the zone's clock, else quarters."""
    at, end = moment(start_ms), moment(end_ms)
    while at <= end:
        if _offset(at, zone) % HOUR:
            return tiers.QUARTER
        at += timedelta(days=1)
    return tiers.QUARTER if _offset(end, zone) % HOUR else tiers.HOUR


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(UTC).astimezone(zone).utcoffset() or timedelta()

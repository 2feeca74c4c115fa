"""Busy hours: a host's load per core by weekday and hour of the day, by the clock of a time zone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.history import spans
from monitor.history.answers import BusyHours
from monitor.history.domain import tiers
from monitor.history.domain.bucketing import PARTS, Bucket
from monitor.hosts.models import Host
from monitor.metrics.times import moment

WEEK_MS = 7 * 86_400_000
HOUR = timedelta(hours=1)
METRICS = ("load1", "cpu_effective_cores")
USUAL_FROM_WEEKS = 2
"""From so many other weeks on an hour is called usual: what one week held may have been anything."""

LEAST_MS = 1_800_000
"""Of an hour that has to be measured for its week to count."""

Cell = tuple[float, float]  # load per core x ms, ms
Days = dict[date, list[Cell]]  # of one weekday and hour
Hours = Mapping[tuple[int, int], Days]


def of_week(host: Host, weeks: int, zone: ZoneInfo, now_ms: int, at_ms: int | None = None) -> BusyHours:
    """The mean load1 per core of the last `weeks` weeks in 7 rows, Monday first, of 24 hours; None where unknown.

    at_ms: a moment that is held against what is usual, so that its own day must not count as that.
    """
    start_ms = now_ms - weeks * WEEK_MS
    resolution = _resolution(zone, start_ms, now_ms)
    hours: dict[tuple[int, int], Days] = {}
    for begin_ms, bucket in spans.whole(host, METRICS, start_ms, now_ms, resolution).items():
        cell = _cell(bucket, host.effective_cores)
        if cell is not None:
            local = moment(begin_ms).astimezone(zone)
            hours.setdefault((local.weekday(), local.hour), {}).setdefault(local.date(), []).append(cell)
    judged = {moment(each).astimezone(zone).date() for each in (now_ms, at_ms) if each is not None}
    return {
        "host": host.name,
        "zone": zone.key,
        "weeks": weeks,
        "start_at": start_ms,
        "end_at": now_ms,
        "cells": _table(hours, _mean_of_all),
        "usual": _table(hours, lambda days: _usual(days, judged)),
        "usual_from_weeks": USUAL_FROM_WEEKS,
    }


def _table(hours: Hours, told: Callable[[Days], float | None]) -> list[list[float | None]]:
    return [[told(hours.get((day, hour), {})) for hour in range(24)] for day in range(7)]


def _mean_of_all(days: Days) -> float | None:
    return _mean([cell for cells in days.values() for cell in cells])


def _usual(days: Days, judged: Collection[date]) -> float | None:
    """The mean of those days that were measured for long enough and are not judged; None of too few of them."""
    others = [cells for day, cells in days.items() if day not in judged and _measured_ms(cells) >= LEAST_MS]
    return _mean([cell for cells in others for cell in cells]) if len(others) >= USUAL_FROM_WEEKS else None


def _measured_ms(cells: list[Cell]) -> float:
    return sum(weight for _, weight in cells)


def _resolution(zone: ZoneInfo, start_ms: int, end_ms: int) -> int:
    """Hours where each of the epoch's lies in one hour of the zone's clock, else quarters."""
    at, end = moment(start_ms), moment(end_ms)
    while at <= end:
        if _offset(at, zone) % HOUR:
            return tiers.QUARTER
        at += timedelta(days=1)
    return tiers.QUARTER if _offset(end, zone) % HOUR else tiers.HOUR


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(UTC).astimezone(zone).utcoffset() or timedelta()


def _cell(bucket: Bucket, usual_cores: float | None) -> Cell | None:
    """The load of a bucket over its own cores, by the time that it speaks for."""
    load, weight = bucket.parts[:2]
    cores, cores_weight = bucket.parts[PARTS : PARTS + 2]
    count = cores / cores_weight if cores_weight else usual_cores
    return (load / count, weight) if weight and count else None


def _mean(cells: list[Cell]) -> float | None:
    weight = _measured_ms(cells)
    return round(sum(load for load, _ in cells) / weight, 4) if weight else None

"""Busy hours: a host's load per core by weekday and hour of the day, by the clock of a time zone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from monitor.history import spans
from monitor.history.answers import BusyHours
from monitor.history.domain import hours
from monitor.history.domain.bucketing import PARTS, Bucket
from monitor.history.domain.hours import Cell
from monitor.hosts.models import Host
from monitor.metrics.times import moment

WEEK_MS = 7 * 86_400_000
USUAL_FROM_WEEKS = 2
"""From so many other weeks on an hour is called usual: what one week held may have been anything."""

Days = dict[date, list[Cell]]  # of one weekday and hour
Hours = Mapping[tuple[int, int], Days]


def of_week(host: Host, weeks: int, zone: ZoneInfo, now_ms: int, at_ms: int | None = None) -> BusyHours:
    """The mean load1 per core of the last `weeks` weeks in 7 rows, Monday first, of 24 hours; None where unknown.

    at_ms: a moment that is held against what is usual, so that its own day must not count as that.
    """
    start_ms = now_ms - weeks * WEEK_MS
    resolution = hours.resolution(zone, start_ms, now_ms)
    found: dict[tuple[int, int], Days] = {}
    for begin_ms, bucket in spans.whole(host, hours.METRICS, start_ms, now_ms, resolution).items():
        cell = _cell(bucket, host.effective_cores)
        if cell is not None:
            local = moment(begin_ms).astimezone(zone)
            found.setdefault((local.weekday(), local.hour), {}).setdefault(local.date(), []).append(cell)
    judged = {moment(each).astimezone(zone).date() for each in (now_ms, at_ms) if each is not None}
    return {
        "host": host.name,
        "zone": zone.key,
        "weeks": weeks,
        "start_at": start_ms,
        "end_at": now_ms,
        "cells": _table(found, _mean_of_all),
        "usual": _table(found, lambda days: _usual(days, judged)),
        "usual_from_weeks": USUAL_FROM_WEEKS,
    }


def _table(found: Hours, told: Callable[[Days], float | None]) -> list[list[float | None]]:
    return [[told(found.get((day, hour), {})) for hour in range(24)] for day in range(7)]


def _mean_of_all(days: Days) -> float | None:
    return hours.mean(cell for cells in days.values() for cell in cells)


def _usual(days: Days, judged: Collection[date]) -> float | None:
    """The mean of those days that were measured for long enough and are not judged; None of too few of them."""
    others = [
        cells for day, cells in days.items() if day not in judged and hours.total(cells)[1] >= hours.LEAST_MS
    ]
    return hours.mean(cell for cells in others for cell in cells) if len(others) >= USUAL_FROM_WEEKS else None


def _cell(bucket: Bucket, usual_cores: float | None) -> Cell | None:
    """The load of a bucket over its own cores, by the time that it speaks for."""
    load, weight = bucket.parts[:2]
    cores, cores_weight = bucket.parts[PARTS : PARTS + 2]
    count = cores / cores_weight if cores_weight else usual_cores
    return hours.cell(load / weight if weight else None, weight, count)

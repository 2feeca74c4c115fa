"""Busy hours: a host's load per core by weekday and hour of the day, by the clock of a time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
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
Cell = tuple[float, float]  # load per core x ms, ms


def of_week(host: Host, weeks: int, zone: ZoneInfo, now_ms: int) -> BusyHours:
    """The mean load1 per core of the last `weeks` weeks in 7 rows, Monday first, of 24 hours; None where unknown."""
    start_ms = now_ms - weeks * WEEK_MS
    resolution = _resolution(zone, start_ms, now_ms)
    cells: dict[tuple[int, int], list[Cell]] = {}
    for at_ms, bucket in spans.whole(host, METRICS, start_ms, now_ms, resolution).items():
        cell = _cell(bucket, host.effective_cores)
        if cell is not None:
            local = moment(at_ms).astimezone(zone)
            cells.setdefault((local.weekday(), local.hour), []).append(cell)
    return {
        "host": host.name,
        "zone": zone.key,
        "weeks": weeks,
        "start_at": start_ms,
        "end_at": now_ms,
        "cells": [[_mean(cells.get((day, hour), [])) for hour in range(24)] for day in range(7)],
    }


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
    weight = sum(weight for _, weight in cells)
    return round(sum(load for load, _ in cells) / weight, 4) if weight else None

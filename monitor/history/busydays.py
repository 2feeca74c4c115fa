"""Busy days: in how many hours of each day a host's load was above its cores, by the calendar of a time zone."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from monitor.history import buckets, rows
from monitor.history.answers import BusyDay, BusyDays
from monitor.history.domain import hours, tiers
from monitor.history.domain.hours import Cell
from monitor.hosts.models import Host
from monitor.metrics.times import at_ms, moment

HOUR_MS = 3_600_000
DAY = timedelta(days=1)


def of_span(host: Host, start_ms: int, end_ms: int, zone: ZoneInfo, now_ms: int) -> BusyDays:
    """The days of a zone that [start, end) touches, up to that of now.

    An hour is above the cores where its mean load per core is, as in the busy hours; it counts where it was measured for
    long enough. Of a day with half an hour more or less the last counts as half a one.
    """
    midnights = list(_midnights(start_ms, min(end_ms, now_ms + 1), zone))
    days: list[BusyDay] = []
    if len(midnights) > 1:
        starts, cells = _cells(host, midnights[0][1], midnights[-1][1], zone)
        for (day, begin_ms), (_, over_ms) in pairwise(midnights):
            first, last = bisect_left(starts, begin_ms), bisect_left(starts, over_ms)
            found: dict[int, list[Cell]] = {}
            for at, one in zip(starts[first:last], cells[first:last], strict=True):
                found.setdefault((at - begin_ms) // HOUR_MS, []).append(one)
            days.append(_day(day, begin_ms, over_ms, found))
    return {"host": host.name, "zone": zone.key, "start_at": start_ms, "end_at": end_ms, "days": days}


def _day(day: date, start_ms: int, end_ms: int, found: dict[int, list[Cell]]) -> BusyDay:
    known = above = 0.0
    for index, cells in found.items():
        load, measured_ms = hours.total(cells)
        if measured_ms < hours.LEAST_MS:
            continue
        length = min(1.0, (end_ms - start_ms) / HOUR_MS - index)
        known += length
        above += length if load >= hours.ABOVE * measured_ms else 0.0
    return {
        "date": day.isoformat(),
        "start_at": start_ms,
        "end_at": end_ms,
        "hours_above": above if known else None,
        "hours_known": known,
    }


def _midnights(start_ms: int, end_ms: int, zone: ZoneInfo) -> Iterator[tuple[date, int]]:
    """When each day of a zone that [start, end) touches begins, and the one after the last."""
    if start_ms >= end_ms:
        return
    day = moment(start_ms).astimezone(zone).date()
    while True:
        begin_ms = at_ms(datetime.combine(day, time(), zone)) or 0
        yield day, begin_ms
        if begin_ms >= end_ms:
            return
        day += DAY


def _cells(host: Host, start_ms: int, end_ms: int, zone: ZoneInfo) -> tuple[list[int], list[Cell]]:
    """The load per core of each row that tells it, and when they begin, oldest first."""
    starts: list[int] = []
    cells: list[Cell] = []
    for tier, begin, end in _parts(host, start_ms, end_ms, hours.resolution(zone, start_ms, end_ms)):
        times, ((loads, weights), (cores, _)) = rows.columns(host, hours.METRICS, begin, end, tier)
        for at, load, weight, count in zip(times, loads, weights, cores, strict=True):
            one = hours.cell(load, weight, count or host.effective_cores)
            if one is not None:
                starts.append(at)
                cells.append(one)
    return starts, cells


def _parts(host: Host, start_ms: int, end_ms: int, tier: int) -> list[tuple[int, int, int]]:
    """What to read of [start, end): quarters only as far back as they are kept, before that the hours."""
    oldest = buckets.oldest(host)
    first_ms, hour_ms = oldest[tier], oldest[tiers.HOUR]
    cut = start_ms
    if first_ms is not None and hour_ms is not None and hour_ms < tiers.bucket_of(first_ms, tiers.HOUR):
        cut = min(max(tiers.bucket_after(first_ms, tiers.HOUR), start_ms), end_ms)
    parts = [(tiers.HOUR, start_ms, cut), (tier, cut, end_ms)]
    return [part for part in parts if part[1] < part[2]]

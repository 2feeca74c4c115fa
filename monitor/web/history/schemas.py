"""JSON of history: schemas."""

from __future__ import annotations

from ninja import Schema

from monitor.web.alerts.schemas import Alert
from monitor.web.loadtests.schemas import LoadTest

Numbers = list[float | None]


class Series(Schema):
    """One metric, one entry a bucket, null where there are no data."""

    mean: Numbers
    low: Numbers
    high: Numbers


class Gap(Schema):
    """A time without data, and why."""

    start_at: int
    end_at: int
    kind: str
    note: str


class History(Schema):
    """A span of time in buckets aligned to the epoch; `times` are their starts, tier 0 is the samples themselves.

    `alerts` are the newest 500 of the span, `load_tests` the newest 200; `alerts_left_out` are older ones.
    """

    host: str
    start_at: int
    end_at: int
    resolution_seconds: int
    tier_seconds: int
    oldest_at: int | None
    times: list[int]
    series: dict[str, Series]
    gaps: list[Gap]
    alerts: list[Alert]
    alerts_left_out: int
    load_tests: list[LoadTest]


class BusyHours(Schema):
    """Mean load1 per core by weekday (Monday first) and hour of the day in a time zone; null where nothing is known."""

    host: str
    zone: str
    weeks: int
    start_at: int
    end_at: int
    cells: list[Numbers]

"""Answers of the history as JSON takes them: samples, spans with their gaps, the sampler's state, the busy hours."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from monitor.history.domain.bucketing import Series


class Sample(TypedDict):
    """One stored reading; null where a metric was not known."""

    id: int
    at: int
    covered_ms: int
    values: dict[str, float | None]


class Window(TypedDict):
    """Samples as columns, one entry a sample."""

    ids: list[int]
    times: list[int]
    covered_ms: list[int]
    series: dict[str, list[float | None]]


class Gap(TypedDict):
    """A time without data, and why."""

    start_at: int
    end_at: int
    kind: str
    note: str


class Numbers(TypedDict):
    """A span of time in buckets aligned to the epoch; `times` are their starts, tier 0 is the samples themselves.

    percentile_seconds: the length of the windows whose p5 and p95 the series tell; only where they were asked for.
    """

    host: str
    start_at: int
    end_at: int
    resolution_seconds: int
    tier_seconds: int
    percentile_seconds: NotRequired[int]
    oldest_at: int | None
    times: list[int]
    series: dict[str, Series]
    gaps: list[Gap]


class BusyHours(TypedDict):
    """Mean load1 per core by weekday (Monday first) and hour of the day in a time zone; null where nothing is known.

    cells: of all that was measured. usual: of days other than the present one and that of the moment asked for, and
    only where so many different weeks tell of that hour: null where it is not known what is usual.
    """

    host: str
    zone: str
    weeks: int
    start_at: int
    end_at: int
    cells: list[list[float | None]]
    usual: list[list[float | None]]
    usual_from_weeks: int


class BusyDay(TypedDict):
    """A day of a zone's calendar, of 23 to 25 hours: in how many of them the load was above the cores.

    hours_above: those whose mean load1 was at least the cores; null where no hour of the day is known.
    hours_known: those of which half an hour or more was measured.
    """

    date: str
    start_at: int
    end_at: int
    hours_above: float | None
    hours_known: float


class BusyDays(TypedDict):
    """The days that a span touches, each whole, oldest first; none of them lies in the future."""

    host: str
    zone: str
    start_at: int
    end_at: int
    days: list[BusyDay]


class Sampler(TypedDict):
    """How the sampler fares, as far as the database tells; null is what only the sampler itself could tell.

    last_sample_age_seconds: null where there is no sample, or its time lies ahead, so that nobody can know. failing: a
    sentence for each collector that fails; null where the sampler does not run.
    """

    state: str
    message: str
    waiting: int | None
    dropped: int | None
    failing: dict[str, str] | None
    lateness_ms: float | None
    last_sample_at: int | None
    last_sample_age_seconds: float | None


class Storage(TypedDict):
    """What is kept."""

    oldest_sample_at: int | None
    raw_hours: float
    database_bytes: int | None

"""Fields of the history API."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ninja.errors import HttpError
from pydantic import BeforeValidator, Field

from monitor.history import percentiles
from monitor.metrics import times
from monitor.metrics.catalogue import CATALOGUE, NAMES
from monitor.metrics.times import shown
from monitor.web.fields import TIME, TIME_PATTERN, HostQuery, Text, _bounds, _number, _text, choice, time_of

Weeks = Annotated[int, BeforeValidator(_number(1, 52)), _bounds(1, 52)]

Points = Annotated[int, BeforeValidator(_number(10, 4000)), _bounds(10, 4000)]

PERCENTILES = ("no", "yes", "auto")

Percentiles = Annotated[
    Literal["no", "yes", "auto"], BeforeValidator(choice(*PERCENTILES, told="no, yes or auto"))
]

Names = Annotated[str, BeforeValidator(_text(2000))]

METRICS_PATTERN: dict[str, Any] = {"pattern": f"^({'|'.join(NAMES)})(,({'|'.join(NAMES)}))*$"}

LONGEST_SPAN_MS = 3653 * 86_400_000


class TimesQuery(HostQuery):
    """A span of time, at most ten years long."""

    start: str = Field("-1h", description=TIME, json_schema_extra=TIME_PATTERN)
    end: str = Field("now", description=TIME, json_schema_extra=TIME_PATTERN)


class SpanQuery(HostQuery):
    """A span of time, at most ten years long."""

    metrics: Names = Field(",".join(NAMES), description="Names by comma.", json_schema_extra=METRICS_PATTERN)
    start: str = Field("-1h", description=TIME, json_schema_extra=TIME_PATTERN)
    end: str = Field("now", description=TIME, json_schema_extra=TIME_PATTERN)


class HistoryQuery(SpanQuery):
    """A span of time, at most ten years long."""

    metrics: Names = Field(
        "cpu_percent,load1,load5,load15", description="Names by comma.", json_schema_extra=METRICS_PATTERN
    )
    points: Points = Field(600, description="At most so many buckets.")
    percentiles: Percentiles = Field(
        "no",
        description="Whether p5 and p95 are told beside low and high; auto: where the span is above a week.",
    )


class BusyHoursQuery(HostQuery):
    """The last weeks by the clock of a time zone."""

    weeks: Weeks = Field(4, description="How many weeks back from now.")
    zone: Text = Field("UTC", description="Name of a time zone such as Europe/Berlin.")
    at: str | None = Field(
        None,
        description=f"A moment to hold against what is usual: its day does not count. {TIME}",
        json_schema_extra=TIME_PATTERN,
    )


class BusyDaysQuery(TimesQuery):
    """The days that a span touches, by the calendar of a time zone; at most ten years."""

    start: str = Field("-30d", description=TIME, json_schema_extra=TIME_PATTERN)
    zone: Text = Field("UTC", description="Name of a time zone such as Europe/Berlin.")


def span_of(query: TimesQuery | SpanQuery, now_ms: int) -> tuple[int, int]:
    """Start and end in ms since the epoch."""
    start_ms, end_ms = time_of("start", query.start, now_ms), time_of("end", query.end, now_ms)
    start, end = times.shown(query.start), times.shown(query.end)
    if end_ms <= start_ms:
        raise HttpError(400, f"end {end} must lie after start {start}.")
    if end_ms - start_ms > LONGEST_SPAN_MS:
        raise HttpError(400, f"From {start} to {end} is over ten years.")
    return start_ms, end_ms


def tells_percentiles(query: HistoryQuery, start_ms: int, end_ms: int) -> bool:
    """Whether the answer has p5 and p95."""
    return query.percentiles == "yes" or (
        query.percentiles == "auto" and percentiles.is_long(start_ms, end_ms)
    )


def is_absolute(query: SpanQuery) -> bool:
    """Whether the span means the same whenever it is asked for."""
    return not any(text == "now" or text.startswith("-") for text in (query.start, query.end))


def metrics_of(query: SpanQuery) -> list[str]:
    """The metrics that are asked for, each once."""
    names = list(dict.fromkeys(query.metrics.split(",")))
    for name in names:
        if name not in CATALOGUE:
            raise HttpError(400, f"There is no metric {shown(name)}. Metrics: {', '.join(CATALOGUE)}.")
    return names


def zone_of(query: BusyHoursQuery | BusyDaysQuery) -> ZoneInfo:
    """The time zone that is asked for."""
    try:
        return ZoneInfo(query.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        sentence = f"There is no time zone {shown(query.zone)}: give a name such as Europe/Berlin."
        raise HttpError(400, sentence) from error

"""What the JSON API takes, read strictly: every refusal is a sentence that names the value."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest
from ninja import Schema
from ninja.errors import HttpError
from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from monitor import history
from monitor.domain import times
from monitor.domain.metrics import CATALOGUE, NAMES
from monitor.domain.times import shown
from monitor.models import Host

LARGEST_ID = 2**63 - 1
SEVERITIES = ("info", "warning", "critical")


def refusal(sentence: str) -> PydanticCustomError:
    """An error whose message is `sentence`, whatever braces it holds."""
    return PydanticCustomError("refused", "{sentence}", {"sentence": sentence})


def _number(low: int, high: int) -> Callable[[Any, ValidationInfo], Any]:
    """Reads a whole number in plain ASCII digits: no sign, no underscore, no other script's digits."""

    def read(value: Any, info: ValidationInfo) -> Any:
        plain = isinstance(value, int) or re.fullmatch(r"[0-9]{1,19}", str(value))
        if not plain or not low <= int(value) <= high:
            raise refusal(
                f"{info.field_name} must be a whole number from {low} to {high}, not {shown(str(value))}."
            )
        return int(value)

    return read


def _bounds(low: int, high: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "integer", "minimum": low, "maximum": high})


def is_text(value: str) -> bool:
    """Whether `value` can be written as UTF-8; half a surrogate pair cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _text(longest: int) -> Callable[[Any, ValidationInfo], Any]:
    def read(value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, str) and ("\0" in value or len(value) > longest or not is_text(value)):
            raise refusal(f"{info.field_name} is not usable: {shown(value)}.")
        return value

    return read


def choice(*words: str) -> Callable[[Any, ValidationInfo], Any]:
    """Reads one of `words`, or None."""

    def read(value: Any, info: ValidationInfo) -> Any:
        if value is not None and value not in words:
            raise refusal(f"{info.field_name} must be {' or '.join(words)}, not {shown(str(value))}.")
        return value

    return read


Id = Annotated[int, BeforeValidator(_number(0, LARGEST_ID)), _bounds(0, LARGEST_ID)]
Limit = Annotated[int, BeforeValidator(_number(1, 5000)), _bounds(1, 5000)]
Weeks = Annotated[int, BeforeValidator(_number(1, 52)), _bounds(1, 52)]
Points = Annotated[int, BeforeValidator(_number(10, 4000)), _bounds(10, 4000)]
Text = Annotated[str, BeforeValidator(_text(200))]
Note = Annotated[str, BeforeValidator(_text(1000))]
Names = Annotated[str, BeforeValidator(_text(2000))]
HOST = Field(None, description="Name of the host; may be left out where there is only one.")
TIME = "RFC 3339 with an offset, or relative: now, -1h, -7d (units s, m, h, d, w, y)."
TIME_PATTERN: dict[str, Any] = {"pattern": f"^(now|{times.RELATIVE.pattern}|{times.RFC_3339.pattern})$"}
METRICS_PATTERN: dict[str, Any] = {"pattern": f"^({'|'.join(NAMES)})(,({'|'.join(NAMES)}))*$"}
LONGEST_SPAN_MS = 3653 * 86_400_000


class HostQuery(Schema):
    """Which host."""

    host: Text | None = HOST


class SamplesQuery(HostQuery):
    """Without `after` the newest samples are meant, with it those that were stored after that one."""

    after: Id | None = Field(None, description="Id of the last sample that the caller has.")
    limit: Limit = 1200


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


class BusyHoursQuery(HostQuery):
    """The last weeks by the clock of a time zone."""

    weeks: Weeks = Field(4, description="How many weeks back from now.")
    zone: Text = Field("UTC", description="Name of a time zone such as Europe/Berlin.")


class AlertsQuery(Schema):
    """Which alerts; all hosts and rules unless told."""

    host: Text | None = None
    rule: Text | None = None
    state: Annotated[Literal["open", "resolved"] | None, BeforeValidator(choice("open", "resolved"))] = None
    severity: Annotated[
        Literal["info", "warning", "critical"] | None, BeforeValidator(choice(*SEVERITIES))
    ] = Field(None, description="The worst that the alert came to.")
    since: str | None = Field(
        None, description=f"Fired then or later. {TIME}", json_schema_extra=TIME_PATTERN
    )
    until: str | None = Field(None, description=f"Fired before. {TIME}", json_schema_extra=TIME_PATTERN)
    search: Text | None = Field(None, description="Found literally in rule, host, explanation and notes.")
    limit: Limit = 50
    cursor: Id | None = Field(None, description="next_cursor of the page before.")


# What a whole request says.


def strictly(request: HttpRequest, query: Schema | None = None) -> None:
    """Refuse query parameters that nobody reads: a misspelt one must not pass for its default."""
    known = list(type(query).model_fields) if query is not None else []
    for name in request.GET:
        if name not in known:
            choices = f"known are {', '.join(known)}" if known else "there are none here"
            raise HttpError(400, f"There is no query parameter {shown(name)}: {choices}.")


def host_of(request: HttpRequest, query: HostQuery) -> Host:
    """The host that a request asks for; UnknownHost becomes 404."""
    strictly(request, query)
    return history.find_host(query.host)


def span_of(query: SpanQuery, now_ms: int) -> tuple[int, int]:
    """Start and end in ms since the epoch."""
    start_ms, end_ms = time_of("start", query.start, now_ms), time_of("end", query.end, now_ms)
    start, end = times.shown(query.start), times.shown(query.end)
    if end_ms <= start_ms:
        raise HttpError(400, f"end {end} must lie after start {start}.")
    if end_ms - start_ms > LONGEST_SPAN_MS:
        raise HttpError(400, f"From {start} to {end} is over ten years.")
    return start_ms, end_ms


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


def zone_of(query: BusyHoursQuery) -> ZoneInfo:
    """The time zone that is asked for."""
    try:
        return ZoneInfo(query.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        sentence = f"There is no time zone {shown(query.zone)}: give a name such as Europe/Berlin."
        raise HttpError(400, sentence) from error


def time_of(name: str, text: str, now_ms: int) -> int:
    """The time that the parameter `name` says, in ms since the epoch."""
    try:
        return times.parse(text, now_ms)
    except ValueError as error:
        raise HttpError(400, f"{name}: {error}") from error

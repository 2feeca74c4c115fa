"""GET backtest of the JSON API: the numbers of a rule, stored or not, tried on the stored past."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema

from monitor.hosts import lookup
from monitor.hosts.models import Host
from monitor.metrics import json
from monitor.metrics.catalogue import CATALOGUE, JUDGED
from monitor.metrics.times import shown
from monitor.rules.backtesting import Busy, Untried, backtest
from monitor.rules.models import Comparison, Rule, WindowStatistic
from monitor.web import errors, fields, schemas

ERRORS = frozenset({400, 401, 404, 503})
NUMBER = re.compile(r"[-+]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,2})?")
DEFAULT_DAYS, MOST_DAYS = 30, 400
router = Router()


def _read(
    fits: Callable[[str], bool], turn: Callable[[str], Any], what: str
) -> Callable[[Any, ValidationInfo], Any]:
    def read(value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, str):  # its default
            return value
        if not fits(value):
            raise fields.refusal(f"{info.field_name} must be {what}, not {shown(value)}.")
        return turn(value)

    return read


def _whole(low: int, high: int) -> Any:
    def fits(text: str) -> bool:
        return re.fullmatch(r"[0-9]{1,9}", text) is not None and low <= int(text) <= high

    return Annotated[
        int,
        BeforeValidator(_read(fits, int, f"a whole number from {low} to {high}")),
        WithJsonSchema({"type": "integer", "minimum": low, "maximum": high}),
    ]


LARGEST = 1e15
Number = Annotated[
    float,
    BeforeValidator(
        _read(
            lambda text: NUMBER.fullmatch(text) is not None and abs(float(text)) < LARGEST,
            float,
            "a number such as 75 or 0.8, of at most 15 digits",
        )
    ),
    WithJsonSchema({"type": "number", "exclusiveMinimum": -LARGEST, "exclusiveMaximum": LARGEST}),
]
Truth = Annotated[
    bool,
    BeforeValidator(
        _read(lambda text: text in ("true", "false"), lambda text: text == "true", "true or false")
    ),
    WithJsonSchema({"type": "boolean"}),
]
Side = Annotated[
    Literal["above", "below"],
    BeforeValidator(_read(lambda text: text in Comparison.values, str, "above or below")),
]
OfWindow = Annotated[
    Literal["mean", "max", "share"],
    BeforeValidator(_read(lambda text: text in WindowStatistic.values, str, "mean, max or share")),
]
Seconds, LongSeconds, Days = _whole(0, 3600), _whole(0, 86_400), _whole(1, MOST_DAYS)


class BacktestQuery(fields.HostQuery):
    """The numbers of a rule, named as in the admin, and how many days to look back."""

    metric: fields.Text = Field(description="Name of the metric to judge.")
    comparison: Side = Field("above", description="Fires at the threshold or above, or at it or below.")
    window_seconds: Seconds = Field(0, description="Judge so many seconds; 0: the latest value.")  # type: ignore[valid-type]
    statistic: OfWindow = Field(
        "mean", description="Of a window: its mean, its extreme, or the share of time beyond the level."
    )
    level: Number | None = Field(None, description="For a share of time: the value that counts as beyond.")
    threshold: Number = Field(description="Fires at this value or beyond.")
    clear_threshold: Number | None = Field(
        None, description="Clears on the calm side of it; the threshold unless told."
    )
    critical_threshold: Number | None = Field(None, description="Becomes critical at this value or beyond.")
    critical_clear_threshold: Number | None = Field(
        None, description="Steps down on the calm side of it; the critical threshold unless told."
    )
    critical_metric: fields.Text = Field(
        "", description="What the critical thresholds judge, by its latest value; empty: the same."
    )
    per_core: Truth = Field(
        False, description="Multiply the thresholds (of a share: the level) by the effective cores."
    )
    for_seconds: Seconds = Field(0, description="Fires only after so long.")  # type: ignore[valid-type]
    hold_seconds: LongSeconds = Field(60, description="Clears only after so long on the calm side.")  # type: ignore[valid-type]
    unless_metric: fields.Text = Field("", description="Does not fire while this metric, judged alike,")
    unless_value: Number | None = Field(None, description="is at this value or above.")
    days: Days = Field(DEFAULT_DAYS, description="How far to look back.")  # type: ignore[valid-type]


class Episode(Schema):
    """An alert that would have been; last_seen_at: its end, or where nobody saw it, the last value before."""

    started_at: int
    fired_at: int
    resolved_at: int | None
    last_seen_at: int
    peak: float
    severity: str
    end_observed: bool


class BacktestAnswer(Schema):
    """What the rule would have done. The thresholds are absolute; the suggested ones are as one would type them."""

    host: str
    metric: str
    statistic: str
    comparison: str = Field(description="On which side of the threshold what is judged is bad.")
    start_at: int
    end_at: int
    resolution_seconds: int = Field(
        description="The coarsest means that were judged; 0: single samples only."
    )
    threshold: float | None
    clear: float | None
    critical_threshold: float | None
    count: int
    critical_count: int
    total_seconds: float
    longest_seconds: float
    episodes: list[Episode] = Field(description="The newest 1000, oldest first.")
    suggested_threshold: float | None = Field(
        description="The p99 (below: the p1) of the last week; null if unknown."
    )
    suggested_clear_threshold: float | None
    no_suggestion: str = Field(description='Why nothing is suggested, in a sentence; "" where something is.')
    rule_sentence: str
    sentence: str
    notes: list[str] = Field(description="How far this can be trusted, in sentences.")


@router.get("/backtest", url_name="backtest", response={200: BacktestAnswer, ERRORS: schemas.Error})
def tried(request: HttpRequest, query: Query[BacktestQuery]) -> HttpResponse:
    """How often an alert with these numbers would have fired in the last days, and for how long."""
    _strictly(request)
    rule = _rule(query)
    host: Host = lookup.find_host(query.host)
    try:
        shape = backtest(host, rule, int(query.days), time.time_ns() // 1_000_000)
    except Untried as error:
        raise HttpError(400, str(error)) from error
    except Busy as error:
        answer = errors.json_error(503, str(error))
        answer.headers["Retry-After"] = str(errors.RETRY_SECONDS)
        return answer
    return HttpResponse(json.encode(shape), content_type="application/json")


def _rule(query: BacktestQuery) -> Rule:
    for name in (query.metric, *filter(None, (query.critical_metric, query.unless_metric))):
        if name not in JUDGED:
            raise HttpError(400, f"There is no metric {shown(name)}. Metrics: {', '.join(CATALOGUE)}.")
    numbers = query.dict(exclude={"host", "days"})
    for name in ("threshold", "critical_threshold"):
        clear = f"{name.removesuffix('threshold')}clear_threshold"
        if numbers[clear] is None:
            numbers[clear] = numbers[name]
    rule = Rule(**numbers)
    try:
        rule.clean()
    except ValidationError as error:
        raise HttpError(400, " ".join(error.messages)) from error
    return rule


def _strictly(request: HttpRequest) -> None:
    known = BacktestQuery.model_fields
    for name in request.GET:
        if name not in known:
            raise HttpError(400, f"There is no query parameter {shown(name)}: known are {', '.join(known)}.")

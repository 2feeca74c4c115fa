"""Summary of one alert in words: a row of the list, the head of its own page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypedDict

from monitor.alerts.models import Alert
from monitor.history.domain.age import age
from monitor.metrics.quantities import span
from monitor.rules.models import Severity
from monitor.web.alerts import words
from monitor.web.rows import From, of, username

JUDGED_BY = ("metric", "statistic", "comparison", "window_seconds")


class Summary(TypedDict):
    """What a template says of an alert; its host, its rule and whoever acknowledged it must be selected with it."""

    id: int
    rule: Annotated[str, From("rule_name")]
    host: Annotated[str, From("host.name")]
    severity: Annotated[str, From("shown_severity")]
    severity_word: Annotated[
        str, From(lambda row: words.SEVERITY_WORDS.get(row.shown_severity, row.shown_severity))
    ]
    worst: Annotated[str, From(lambda row: _worst(row))]
    state: str
    state_word: Annotated[str, From(lambda row: _state(row))]
    ended: Annotated[bool, From(lambda row: _was_ended(row))]
    is_open: Annotated[bool, From(lambda row: row.resolved_at is None)]
    icon: Annotated[str, From(lambda row: row.shown_severity if row.resolved_at is None else "resolved")]
    started_at: datetime
    fired_at: datetime
    resolved_at: Annotated[datetime | None, From(lambda row: row.resolved_at if row.end_observed else None)]
    ended_between: Annotated[tuple[datetime, datetime] | None, From(lambda row: _ended_between(row))]
    last_seen_at: datetime
    lasted: str
    label: Annotated[str, From(lambda row: words.label(row.metric))]
    value: Annotated[str, From(lambda row: words.amount(row.value, row.unit))]
    peak: Annotated[str, From(lambda row: words.amount(row.peak, row.unit))]
    peak_word: Annotated[str, From(lambda row: words.extreme(row.comparison))]
    threshold: Annotated[str, From(lambda row: words.amount(row.threshold, row.unit))]
    condition: Annotated[str, From(lambda row: condition(row))]
    explanation: str
    unseen: str
    unseen_since: datetime | None
    note: str
    is_test: bool
    acknowledged_at: datetime | None
    acknowledged_by: Annotated[str | None, username("acknowledged_by")]


def summary(alert: Alert, now: datetime) -> Summary:
    """`alert` at the time `now`."""
    return of(Summary, alert, lasted=lasted(alert, now))


def condition(alert: Alert) -> str:
    """What is judged, when it fires and clears, in absolute numbers; its waits where its rule still judges the same."""
    unit, rule = alert.unit, alert.rule
    parts = (words.label(alert.metric), words.judged(alert.statistic, alert.comparison, alert.window_seconds))
    same = rule is not None and all(getattr(rule, name) == getattr(alert, name) for name in JUDGED_BY)
    return words.condition(
        ", ".join(part for part in parts if part),
        alert.comparison,
        words.amount(alert.threshold, unit),
        words.amount(alert.clear_threshold, unit),
        alert.critical_words,
        rule.for_seconds if rule and same else 0,
        rule.hold_seconds if rule and same else 0,
    )


def short_condition(alert: Alert) -> str:
    """What is judged and when it fires: "CPU busy, mean of 2 min, at 75 % or above"; of a critical one its level too."""
    judged = words.judged(alert.statistic, alert.comparison, alert.window_seconds)
    threshold = words.amount(alert.threshold, alert.unit)
    told = words.reached(words.label(alert.metric), judged, alert.comparison, threshold)
    critical = alert.critical_words if alert.shown_severity == Severity.CRITICAL else ""
    return f"{told}, {critical}" if critical else told


def lasted(alert: Alert, now: datetime) -> str:
    """From firing until it was resolved, or until now; as the shown times, which have whole seconds, tell it."""
    begin, end = (at.replace(microsecond=0) for at in alert.stood(now))
    seconds = age(begin, end)
    if seconds is None:  # the clock was set back meanwhile
        return "not known"
    length = span(seconds)
    return length if alert.resolved_at is None or alert.end_observed else f"at least {length}"


def _state(alert: Alert) -> str:
    word = "Ended" if _was_ended(alert) else words.STATES.get(alert.state, alert.state)
    return f"{word}, not measured" if alert.unseen else word


def _was_ended(alert: Alert) -> bool:
    """Whether it is over and did not recover: a person ended it, or its rule is gone; only then it has a note of its own."""
    return alert.resolved_at is not None and bool(alert.note)


def _worst(alert: Alert) -> str:
    """The worst severity of an open alert that has stepped down; "" where it says nothing more."""
    return (
        alert.worst_severity if alert.resolved_at is None and alert.worst_severity != alert.severity else ""
    )


def _ended_between(alert: Alert) -> tuple[datetime, datetime] | None:
    """Between which times an alert ended whose end nobody saw."""
    if alert.end_observed or alert.resolved_at is None:
        return None
    return alert.last_seen_at, alert.resolved_at

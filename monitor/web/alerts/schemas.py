"""Schemas of alerts, their changes, evidence and messages."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from monitor.alerts.models import Alert as AlertRow
from monitor.diagnosis.document import Document
from monitor.metrics.text import harmless
from monitor.web.rows import From, MaybeTime, Time, Turned, of, username


class AlertMember(TypedDict):
    """One disk, core or interface that an alert is of: what it last had, and since when it is not measured any more."""

    name: str
    value: float
    gone_at: int | None


class Alert(TypedDict):
    """One episode of one rule on one host."""

    id: int
    host: Annotated[str, From("host.name")]
    rule: Annotated[str, From("rule_name")]
    metric: str
    severity: str
    worst_severity: str
    comparison: Literal["above", "below"]
    statistic: str
    window_seconds: int
    state: str
    started_at: Time
    fired_at: Time
    resolved_at: MaybeTime
    last_seen_at: Time
    threshold: float
    clear: Annotated[float, From("clear_threshold")]
    critical_threshold: float | None
    critical_metric: str
    critical_metric_threshold: float | None
    value: float
    peak: float
    is_test: bool
    end_observed: bool
    explanation: str
    members: Annotated[list[AlertMember], From(lambda row: _members(row))]
    unseen: str
    unseen_since: MaybeTime
    ended: Annotated[str, From(lambda row: row.note if row.resolved_at is not None else "")]
    acknowledged_at: MaybeTime
    acknowledged_by: Annotated[str | None, username("acknowledged_by")]


class Transition(TypedDict):
    """One change of an alert: by the machine, with a value, or by a person."""

    at: Time
    stored_at: Time
    change: str
    value: float | None
    severity: Annotated[str | None, Turned(lambda word: word or None)]
    by: Annotated[str | None, username("by")]
    note: str


class Evidence(TypedDict):
    """Who kept the machine busy at one moment: onset, peak or recovery."""

    moment: str
    at: Time
    value: float
    sentence: str
    document: Document


class Attempt(TypedDict):
    """One try to deliver a message; the answer is null for readers without a login."""

    started_at: Time
    duration_ms: int
    delivered: bool
    answer: str | None


class Notification(TypedDict):
    """One message to one receiver, and what became of it."""

    id: int
    receiver: str | None
    kind: str
    severity: str
    state: str
    reason: str
    created_at: Time
    next_attempt_at: MaybeTime
    settled_at: MaybeTime
    attempts: list[Attempt]


class AlertDetail(Alert):
    """An alert with its changes and messages, oldest first, and its evidence."""

    transitions: list[Transition]
    evidence: list[Evidence]
    notifications: list[Notification]


class Alerts(TypedDict):
    """Alerts, newest first."""

    alerts: list[Alert]
    next_cursor: int | None


def _members(row: AlertRow) -> list[AlertMember]:
    return [
        AlertMember(name=harmless(one["name"]), value=one["value"], gone_at=one["gone_at"])
        for one in row.members
    ]


def alert(row: AlertRow) -> Alert:
    """One alert; its host and whoever acknowledged it must be selected with it."""
    return of(Alert, row)

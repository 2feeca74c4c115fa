"""JSON of alerts: shapes and schemas."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Schema

from monitor.alerts.models import Alert as AlertRow
from monitor.metrics.json import Shape
from monitor.metrics.times import at_ms


class Alert(Schema):
    """One episode of one rule on one host."""

    id: int
    host: str
    rule: str
    metric: str
    severity: str
    worst_severity: str
    comparison: Literal["above", "below"]
    statistic: str
    window_seconds: int
    state: str
    started_at: int
    fired_at: int
    resolved_at: int | None
    last_seen_at: int
    threshold: float
    clear: float
    critical_threshold: float | None
    value: float
    peak: float
    is_test: bool
    end_observed: bool
    explanation: str
    acknowledged_at: int | None
    acknowledged_by: str | None


class Transition(Schema):
    """One change of an alert: by the machine, with a value, or by a person."""

    at: int
    stored_at: int
    change: str
    value: float | None
    severity: str | None
    by: str | None
    note: str


class Evidence(Schema):
    """Who kept the machine busy at one moment: onset, peak or recovery."""

    moment: str
    at: int
    value: float
    sentence: str
    document: dict[str, Any]


class Attempt(Schema):
    """One try to deliver a message; the answer is null for readers without a login."""

    started_at: int
    duration_ms: int
    delivered: bool
    answer: str | None


class Notification(Schema):
    """One message to one receiver, and what became of it."""

    id: int
    receiver: str | None
    kind: str
    severity: str
    state: str
    reason: str
    created_at: int
    next_attempt_at: int | None
    settled_at: int | None
    attempts: list[Attempt]


class AlertDetail(Alert):
    """An alert with its changes and messages, oldest first, and its evidence."""

    transitions: list[Transition]
    evidence: list[Evidence]
    notifications: list[Notification]


class Alerts(Schema):
    """Alerts, newest first."""

    alerts: list[Alert]
    next_cursor: int | None


def alert(row: AlertRow) -> Shape:
    """One alert; its host and whoever acknowledged it must be selected with it."""
    return {
        "id": row.pk,
        "host": row.host.name,
        "rule": row.rule_name,
        "metric": row.metric,
        "severity": row.severity,
        "worst_severity": row.worst_severity,
        "comparison": row.comparison,
        "statistic": row.statistic,
        "window_seconds": row.window_seconds,
        "state": row.state,
        "started_at": at_ms(row.started_at),
        "fired_at": at_ms(row.fired_at),
        "resolved_at": at_ms(row.resolved_at),
        "last_seen_at": at_ms(row.last_seen_at),
        "threshold": row.threshold,
        "clear": row.clear_threshold,
        "critical_threshold": row.critical_threshold,
        "value": row.value,
        "peak": row.peak,
        "is_test": row.is_test,
        "end_observed": row.end_observed,
        "explanation": row.explanation,
        "acknowledged_at": at_ms(row.acknowledged_at),
        "acknowledged_by": row.acknowledged_by.get_username() if row.acknowledged_by else None,
    }

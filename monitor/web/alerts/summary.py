"""One alert in the words of a page: a row of the list, the head of its own page."""

from __future__ import annotations

from datetime import datetime

from monitor.alerts.models import Alert
from monitor.metrics.json import Shape
from monitor.metrics.quantities import span
from monitor.web.alerts import words

JUDGED_BY = ("metric", "statistic", "comparison", "window_seconds")


def summary(alert: Alert, now: datetime) -> Shape:
    """What a template says of `alert`; its host, its rule and whoever acknowledged it must be selected with it."""
    is_open = alert.resolved_at is None
    severity = alert.shown_severity
    return {
        "id": alert.pk,
        "rule": alert.rule_name,
        "host": alert.host.name,
        "severity": severity,
        "severity_word": words.SEVERITIES.get(severity, severity),
        "worst": alert.worst_severity if is_open and alert.worst_severity != alert.severity else "",
        "state": alert.state,
        "state_word": words.STATES.get(alert.state, alert.state),
        "is_open": is_open,
        "icon": severity if is_open else "resolved",
        "started_at": alert.started_at,
        "fired_at": alert.fired_at,
        "resolved_at": alert.resolved_at if alert.end_observed else None,
        "ended_between": None if alert.end_observed or is_open else (alert.last_seen_at, alert.resolved_at),
        "last_seen_at": alert.last_seen_at,
        "lasted": lasted(alert, now),
        "label": words.label(alert.metric),
        "value": words.amount(alert.value, alert.unit),
        "peak": words.amount(alert.peak, alert.unit),
        "peak_word": words.extreme(alert.comparison),
        "threshold": words.amount(alert.threshold, alert.unit),
        "condition": condition(alert),
        "explanation": alert.explanation,
        "note": alert.note,
        "is_test": alert.is_test,
        "acknowledged_at": alert.acknowledged_at,
        "acknowledged_by": alert.acknowledged_by.get_username() if alert.acknowledged_by else "",
    }


def condition(alert: Alert) -> str:
    """What is judged, when it fires and clears, in absolute numbers; its waits where its rule still judges the same."""
    unit, critical, rule = alert.unit, alert.critical_threshold, alert.rule
    parts = (words.label(alert.metric), words.judged(alert.statistic, alert.comparison, alert.window_seconds))
    same = rule is not None and all(getattr(rule, name) == getattr(alert, name) for name in JUDGED_BY)
    return words.condition(
        ", ".join(part for part in parts if part),
        alert.comparison,
        words.amount(alert.threshold, unit),
        words.amount(alert.clear_threshold, unit),
        "" if critical is None else words.amount(critical, unit),
        rule.for_seconds if rule and same else 0,
        rule.hold_seconds if rule and same else 0,
    )


def short_condition(alert: Alert) -> str:
    """What is judged and when it fires: "CPU busy, mean of 2 min, at 75 % or above"."""
    judged = words.judged(alert.statistic, alert.comparison, alert.window_seconds)
    threshold = words.amount(alert.threshold, alert.unit)
    return words.reached(words.label(alert.metric), judged, alert.comparison, threshold)


def lasted(alert: Alert, now: datetime) -> str:
    """From firing until it was resolved, or until now; as the shown times, which have whole seconds, tell it."""
    begin, end = (at.replace(microsecond=0) for at in alert.stood(now))
    length = span((end - begin).total_seconds())
    return length if alert.resolved_at is None or alert.end_observed else f"at least {length}"

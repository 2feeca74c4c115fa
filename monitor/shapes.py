"""How rows look to programs: the JSON shapes of the public contract, times in milliseconds since the epoch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.domain.metrics import NAMES
from monitor.models import Alert, Host, LoadTest, Rule, Silence
from monitor.rulespecs import spec

Shape = dict[str, Any]


def at_ms(moment: datetime | None) -> int | None:
    """Milliseconds since the epoch, or None."""
    return None if moment is None else round(moment.timestamp() * 1000)


def moment(ms: int) -> datetime:
    """The aware UTC time of `ms` milliseconds since the epoch."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def sample(row: Sequence[Any]) -> Shape:
    """One sample from a tuple (id, taken_at_ms, covered_ms, *values in catalogue order)."""
    values = dict(zip(NAMES, row[3:], strict=True))
    return {"id": row[0], "at": row[1], "covered_ms": row[2], "values": values}


def alert(row: Alert) -> Shape:
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


def load_test(row: LoadTest) -> Shape:
    """One load test; its host, user and rule must be selected with it, its receivers fetched."""
    ends = row.started_at + timedelta(seconds=row.seconds) if row.started_at else None
    return {
        "id": row.pk,
        "host": row.host.name,
        "state": row.state,
        "requested_by": row.requested_by.get_username() if row.requested_by else None,
        "requested_at": at_ms(row.requested_at),
        "started_at": at_ms(row.started_at),
        "ends_at": at_ms(ends),
        "ended_at": at_ms(row.ended_at),
        "kind": row.kind,
        "seconds": row.seconds,
        "workers": row.workers,
        "expects_alert": row.expects_alert,
        "rule": row.rule.name if row.rule else None,
        "promised_seconds": row.promised_seconds,
        "receivers": [receiver.name for receiver in row.receivers.all()],
        "alert": row.alert_id,
        "seen_in_browser_at": at_ms(row.seen_in_browser_at),
        "passed": row.passed,
        "report": row.report,
    }


def host(row: Host) -> Shape:
    """The facts of one host."""
    return {
        "name": row.name,
        "cores": row.effective_cores,
        "cores_reason": row.cores_reason,
        "booted_at": at_ms(row.booted_at),
        "interval": row.interval,
    }


def rule(row: Rule, cores: float | None, sentence: str) -> Shape:
    """One rule with absolute thresholds on a host of `cores` effective cores; None where cores are unknown."""
    judged = spec(row)
    known = bool(cores) or not row.per_core
    factor = judged.factor(cores or 1.0) if known else None
    critical = judged.critical_factor(cores or 1.0) if known else None
    return {
        "name": row.name,
        "metric": row.metric,
        "severity": row.severity,
        "comparison": row.comparison,
        "statistic": row.statistic,
        "window_seconds": row.window_seconds,
        "threshold": _times(row.threshold, factor),
        "clear": _times(row.clear_threshold, factor),
        "critical_threshold": _times(row.critical_threshold, critical),
        "critical_clear": _times(row.critical_clear_threshold, critical),
        "critical_metric": row.critical_metric,
        "sentence": sentence,
        "enabled": row.enabled,
    }


def silence(row: Silence, is_active: bool, until: datetime | None) -> Shape:
    """One silence; its rule, host and maker must be selected with it. until: when the present quiet ends, None: never."""
    return {
        "id": row.pk,
        "rule": row.rule.name if row.rule else None,
        "host": row.host.name if row.host else None,
        "starts_at": at_ms(row.starts_at),
        "ends_at": at_ms(row.ends_at),
        "weekdays": row.weekdays,
        "from_time": f"{row.from_time:%H:%M}" if row.from_time else None,
        "until_time": f"{row.until_time:%H:%M}" if row.until_time else None,
        "time_zone": row.time_zone,
        "resumes_at": at_ms(row.resumes_at),
        "maintenance": row.maintenance,
        "note": row.note,
        "created_by": row.created_by.get_username() if row.created_by else None,
        "is_active": is_active,
        "until_at": at_ms(until) if is_active else None,
    }


def _times(value: float | None, factor: float | None) -> float | None:
    return None if value is None or factor is None else value * factor

"""JSON of load tests: shape and schema."""

from __future__ import annotations

from datetime import timedelta

from ninja import Schema

from monitor.loadtests.models import LoadTest as LoadTestRow
from monitor.metrics.json import Shape
from monitor.metrics.times import at_ms


class LoadTest(Schema):
    """One load test; what stands from expects_alert to passed is that of a drill, and null or empty otherwise."""

    id: int
    host: str
    state: str
    requested_by: str | None
    requested_at: int
    started_at: int | None
    ends_at: int | None
    ended_at: int | None
    kind: str
    seconds: int
    workers: int
    expects_alert: bool
    rule: str | None
    promised_seconds: float | None
    receivers: list[str]
    alert: int | None
    seen_in_browser_at: int | None
    passed: bool | None
    report: str


def load_test(row: LoadTestRow) -> Shape:
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

"""Schema of load tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, TypedDict

from monitor.loadtests.models import LoadTest as LoadTestRow
from monitor.metrics.times import at_ms
from monitor.web.rows import From, MaybeTime, Time, of, username


class LoadTest(TypedDict):
    """One load test; what stands from expects_alert to passed is that of a drill, and null or empty otherwise."""

    id: int
    host: Annotated[str, From("host.name")]
    state: str
    requested_by: Annotated[str | None, username("requested_by")]
    requested_at: Time
    started_at: MaybeTime
    ends_at: Annotated[int | None, From(lambda row: _ends_at(row))]
    ended_at: MaybeTime
    kind: str
    seconds: int
    workers: int
    expects_alert: bool
    rule: Annotated[str | None, From("rule.name")]
    promised_seconds: float | None
    receivers: Annotated[list[str], From(lambda row: _receivers(row))]
    alert: Annotated[int | None, From("alert_id")]
    seen_in_browser_at: MaybeTime
    passed: bool | None
    report: str


def load_test(row: LoadTestRow) -> LoadTest:
    """One load test; its host, user and rule must be selected with it, its receivers fetched."""
    return of(LoadTest, row)


def _ends_at(row: LoadTestRow) -> int | None:
    return at_ms(row.started_at + timedelta(seconds=row.seconds)) if row.started_at else None


def _receivers(row: LoadTestRow) -> list[str]:
    return [receiver.name for receiver in row.receivers.all()]

"""CSV of alerts: read in small pages, sent as they are read, harmless in a spreadsheet."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

from asgiref.sync import sync_to_async
from django.db.models import QuerySet

from monitor.alerts.models import Alert
from monitor.history.domain.age import age
from monitor.web.tables import encode

PAGE = 500
COLUMNS = (
    "id", "host", "rule", "metric", "unit", "severity", "state", "started_at", "fired_at", "resolved_at",
    "duration_seconds", "threshold", "clear_threshold", "value", "peak", "test", "end_observed", "note",
    "worst_severity", "comparison", "statistic", "window_seconds", "critical_threshold",
)  # fmt: skip


def lines(alerts: QuerySet[Alert]) -> Iterator[bytes]:
    """The CSV of `alerts`, newest first, in parts; each is one short query, so no reader holds the file."""
    yield encode([COLUMNS])
    last: int | None = None
    while page := _page(alerts, last):
        yield encode(row(alert) for alert in page)
        last = page[-1].pk


async def alines(alerts: QuerySet[Alert]) -> AsyncIterator[bytes]:
    """The same for an event loop, which would otherwise read all of it before it sends any."""
    yield encode([COLUMNS])
    last: int | None = None
    while page := await sync_to_async(_page)(alerts, last):
        yield encode(row(alert) for alert in page)
        last = page[-1].pk


def row(alert: Alert) -> tuple[Any, ...]:
    """One alert in the order of COLUMNS; times are RFC 3339 in UTC."""
    unit = alert.unit.value if alert.unit else ""
    fired_at, until = alert.stood(alert.fired_at)
    duration = None if alert.resolved_at is None else age(fired_at, until)
    return (
        alert.pk, alert.host.name, alert.rule_name, alert.metric, unit, alert.severity, alert.state,
        _time(alert.started_at), _time(alert.fired_at), _time(alert.resolved_at), duration, alert.threshold,
        alert.clear_threshold, alert.value, alert.peak, _word(alert.is_test),
        _word(alert.end_observed), alert.note, alert.worst_severity, alert.comparison, alert.statistic,
        alert.window_seconds, alert.critical_threshold,
    )  # fmt: skip


def _page(alerts: QuerySet[Alert], before: int | None) -> list[Alert]:
    rest = alerts if before is None else alerts.filter(pk__lt=before)
    return list(rest.select_related("host").order_by("-pk")[:PAGE])


def _time(moment: datetime | None) -> str:
    return (
        ""
        if moment is None
        else moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def _word(flag: bool) -> str:
    return "yes" if flag else "no"

"""Chart of one alert: what its scripts draw, the metric around the alert with the lines of its thresholds."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.urls import reverse

from monitor.alerts.models import Alert
from monitor.history import percentiles, spans
from monitor.history.answers import Numbers
from monitor.metrics.catalogue import CATALOGUE, JUDGED, Unit
from monitor.metrics.times import at_ms
from monitor.metrics.windows import LEAST_COVERAGE
from monitor.rules.models import WindowStatistic
from monitor.web.alerts import member, schemas, words
from monitor.web.alerts.member import Member, Onward
from monitor.web.dashboard import episodes
from monitor.web.dashboard.schemas import LoadTestSpan
from monitor.web.history.fields import LONGEST_SPAN_MS

MARGIN_MS = 600_000
POINTS = 600


class Drawn(Numbers):
    """What was measured, and when load tests ran; of_member: of the member alone, of which the lowest is not known."""

    load_tests: list[LoadTestSpan]
    of_member: bool


class Line(TypedDict):
    """A horizontal line with its words."""

    value: float
    severity: str
    text: str


class Metric(TypedDict):
    """What is drawn, and what of a window is judged; unit "" where it is no longer known.

    least_coverage: how much of the window must be known to be judged.
    """

    name: str
    label: str
    unit: str
    judged: str
    peak_word: str
    least_coverage: float


class Chart(TypedDict):
    """What the scripts draw; live: it is renewed. history is null where the metric is not kept.

    member: whose own past that is, null where the metric itself is drawn. onward: where the dashboard shows the same span;
    null on a shared page.
    """

    alert: schemas.Alert
    metric: Metric
    member: Member | None
    onward: Onward | None
    history: Drawn | None
    lines: list[Line]
    server_time: int
    live: bool
    urls: dict[str, str]


def chart(alert: Alert, now: datetime, live: bool) -> Chart:
    """The metric from 10 minutes before to 10 after, with the lines of the alert.

    live: renewed while the alert is open, by a reader who may look; without it the page is shared, and names nobody.
    """
    start_ms, end_ms = bounds(alert, now)
    metric = CATALOGUE.get(alert.metric)
    now_ms = at_ms(now) or 0
    history, of = _drawn(alert, start_ms, end_ms, now_ms) if metric else (None, None)
    shown = schemas.alert(alert)
    if not live:
        shown["acknowledged_by"] = None
    return Chart(
        alert=shown,
        metric=Metric(
            name=alert.metric, label=words.label(alert.metric), unit=_unit(alert.metric),
            judged=words.judged(alert.statistic, alert.comparison, alert.window_seconds),
            peak_word=words.extreme(alert.comparison), least_coverage=LEAST_COVERAGE,
        ),
        member=of,
        onward=member.onward(alert, start_ms, end_ms) if live else None,
        history=history,
        lines=lines(alert) if metric else [],
        server_time=now_ms,
        live=live and alert.resolved_at is None,
        urls={"history": reverse("api:history"), "members": reverse("api:parts"),
              "parts": reverse("alert_parts", args=[alert.pk])} if live else {},
    )  # fmt: skip


def _drawn(alert: Alert, start_ms: int, end_ms: int, now_ms: int) -> tuple[Drawn, Member | None]:
    tests = episodes.load_test_spans(alert.host, start_ms, end_ms)
    numbers = spans.numbers(alert.host, [alert.metric], start_ms, end_ms, POINTS, now_ms)
    if (of := member.of(alert)) and (own := member.drawn(alert, of, numbers, POINTS)):
        return {**own, "load_tests": tests, "of_member": True}, of
    if percentiles.is_long(start_ms, end_ms):
        numbers = percentiles.added(alert.host, numbers)
    return {**numbers, "load_tests": tests, "of_member": False}, None


def bounds(alert: Alert, now: datetime) -> tuple[int, int]:
    """The span of the chart in ms; of an open alert it ends now."""
    started_ms, now_ms = at_ms(alert.started_at) or 0, at_ms(now) or 0
    ended_ms = at_ms(alert.resolved_at)
    end_ms = now_ms if ended_ms is None else min(ended_ms + MARGIN_MS, max(now_ms, ended_ms + 1000))
    start_ms = max(started_ms - MARGIN_MS, end_ms - LONGEST_SPAN_MS, 0)
    return start_ms, max(end_ms, start_ms + 60_000)


def lines(alert: Alert) -> list[Line]:
    """The horizontal lines: of a share of time its level, else the thresholds; each with its words."""
    rule, unit = alert.rule, alert.unit
    if alert.statistic == WindowStatistic.SHARE:
        level = rule.level if rule is not None and rule.metric == alert.metric else None
        of_metric = JUDGED[alert.metric].unit if alert.metric in JUDGED else None
        return [] if level is None else [_line(level, "info", "level", of_metric)]
    found = [
        _line(alert.threshold, rule.severity if rule else alert.severity, "fires at", unit),
        _line(alert.clear_threshold, "info", "clears at", unit),
    ]
    if alert.critical_threshold is not None:
        found.append(_line(alert.critical_threshold, "critical", "critical at", unit))
    return sorted(found, key=lambda line: line["value"])


def _line(value: float, severity: str, word: str, unit: Unit | None) -> Line:
    return Line(value=value, severity=severity, text=f"{word} {words.amount(value, unit)}")


def _unit(metric: str) -> str:
    return str(JUDGED[metric].unit) if metric in JUDGED else ""

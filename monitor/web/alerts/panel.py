"""The page of one alert as values for its template: head, timeline, evidence, messages, and the chart's data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.urls import reverse

from monitor.alerts.models import Alert, Evidence, ShareLink, Transition
from monitor.diagnosis.evidence import Evidence as Known
from monitor.diagnosis.evidence import Row
from monitor.diagnosis.reader import read
from monitor.history import spans
from monitor.history.answers import Numbers
from monitor.metrics.catalogue import CATALOGUE, JUDGED, Unit
from monitor.metrics.json import Shape
from monitor.metrics.quantities import span
from monitor.metrics.times import at_ms
from monitor.metrics.windows import LEAST_COVERAGE
from monitor.notifications.models import Attempt, Notification
from monitor.rules.models import WindowStatistic
from monitor.web.alerts import detail, schemas, summary, words
from monitor.web.alerts.detail import Sight
from monitor.web.dashboard import episodes
from monitor.web.dashboard.schemas import LoadTestSpan
from monitor.web.history.fields import LONGEST_SPAN_MS

MARGIN_MS = 600_000
POINTS = 600
SHOWN_CHANGES = 200
NOBODY = "kernel threads"  # a group of no user
MOMENTS = {"onset": "Before it fired", "peak": "Near its peak", "recovery": "At its recovery"}


class Drawn(Numbers):
    """What was measured, and when load tests ran."""

    load_tests: list[LoadTestSpan]


def parts(alert: Alert, sight: Sight, now: datetime) -> dict[str, Any]:
    """What moves while the alert is open: all but the chart and the forms."""
    rows = detail.transitions(alert)
    told = list(detail.messages(alert))
    return {
        "alert": summary.summary(alert, now) | _unnamed(sight),
        "shared": sight is Sight.SHARED,
        "timeline": [_change(row, alert, sight) for row in sorted(rows[-SHOWN_CHANGES:], key=_time)],
        "earlier": max(0, len(rows) - SHOWN_CHANGES),
        "moments": [_moment(row, alert, sight) for row in alert.evidence.order_by("at", "id")],
        "messages": [] if sight is Sight.SHARED else [_message(row, tries, sight) for row, tries in told],
        "tally": words.tally([row.state for row, _ in told]),
        "now": now,
    }


def chart(alert: Alert, now: datetime, live: bool) -> Shape:
    """What the scripts draw: the metric from 10 minutes before to 10 after, with the lines of the alert.

    live: renewed while the alert is open, by a reader who may look; without it the page is shared, and names nobody.
    """
    start_ms, end_ms = bounds(alert, now)
    metric = CATALOGUE.get(alert.metric)
    now_ms = at_ms(now) or 0
    return {
        "alert": schemas.alert(alert) | _unnamed(Sight.READER if live else Sight.SHARED),
        "metric": {"name": alert.metric, "label": words.label(alert.metric), "unit": _unit(alert.metric),
                   "judged": words.judged(alert.statistic, alert.comparison, alert.window_seconds),
                   "peak_word": words.extreme(alert.comparison), "least_coverage": LEAST_COVERAGE},
        "history": _drawn(alert, start_ms, end_ms, now_ms) if metric else None,
        "lines": lines(alert) if metric else [],
        "server_time": now_ms,
        "live": live and alert.resolved_at is None,
        "urls": {"history": reverse("api:history"), "parts": reverse("alert_parts", args=[alert.pk])} if live else {},
    }  # fmt: skip


def _drawn(alert: Alert, start_ms: int, end_ms: int, now_ms: int) -> Drawn:
    numbers = spans.numbers(alert.host, [alert.metric], start_ms, end_ms, POINTS, now_ms)
    return {**numbers, "load_tests": episodes.load_test_spans(alert.host, start_ms, end_ms)}


def bounds(alert: Alert, now: datetime) -> tuple[int, int]:
    """The span of the chart in ms; of an open alert it ends now."""
    started_ms, now_ms = at_ms(alert.started_at) or 0, at_ms(now) or 0
    ended_ms = at_ms(alert.resolved_at)
    end_ms = now_ms if ended_ms is None else min(ended_ms + MARGIN_MS, max(now_ms, ended_ms + 1000))
    start_ms = max(started_ms - MARGIN_MS, end_ms - LONGEST_SPAN_MS, 0)
    return start_ms, max(end_ms, start_ms + 60_000)


def lines(alert: Alert) -> list[Shape]:
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
    of_another = rule is not None and rule.critical_metric not in ("", alert.metric)
    if alert.critical_threshold is not None and not of_another:
        found.append(_line(alert.critical_threshold, "critical", "critical at", unit))
    return sorted(found, key=lambda line: line["value"])


def links(alert: Alert, now: datetime) -> list[ShareLink]:
    """The links that still lead to the alert, the newest first."""
    return list(alert.share_links.filter(revoked_at=None, expires_at__gt=now).select_related("created_by"))


def _unnamed(sight: Sight) -> Shape:
    """What replaces the names of people where a reader may not see them."""
    return {"acknowledged_by": None} if sight is Sight.SHARED else {}


def _time(row: Transition) -> datetime:
    return row.at


def _line(value: float, severity: str, word: str, unit: Unit | None) -> Shape:
    return {"value": value, "severity": severity, "text": f"{word} {words.amount(value, unit)}"}


def _unit(metric: str) -> str:
    return str(JUDGED[metric].unit) if metric in JUDGED else ""


def _change(row: Transition, alert: Alert, sight: Sight) -> Shape:
    by = row.by.get_username() if row.by and sight > Sight.SHARED else ""
    return {
        "at": row.at,
        "change": row.change,
        "word": words.change(row.change, row.severity),
        "severity": row.severity,
        "value": "" if row.value is None else words.amount(row.value, alert.unit),
        "by": by,
        "note": row.note,
        "is_deed": row.value is None,
    }


def _moment(row: Evidence, alert: Alert, sight: Sight) -> Shape:
    found = read(detail.document(row, sight))
    return {
        "title": MOMENTS.get(row.moment, row.moment),
        "moment": row.moment,
        "at": row.at,
        "value": words.amount(row.value, alert.unit),
        "sentence": row.sentence,
        "facts": _facts(found),
        "by_cpu": [_process(one) for one in found.by_cpu],
        "by_memory": [_process(one) for one in found.by_memory],
        "blocked": [_process(one) for one in found.blocked],
        "groups": [_group(one) for one in found.groups],
        "truncated": found.truncated,
    }


def _group(row: Row) -> Shape:
    return _process(row) | {"kind": "" if row.name == NOBODY else words.GROUPS.get(row.kind, row.kind)}


def _process(row: Row) -> Shape:
    return asdict(row) | {"cpu": words.share(row.cpu_percent), "memory": words.size(row.rss_bytes)}


def _facts(found: Known) -> list[tuple[str, str]]:
    """The few numbers of a moment that say what kind of trouble it was; unknown ones are left out."""
    told = [
        ("Load", found.load1, Unit.LOAD),
        ("CPU", found.cpu.busy, Unit.PERCENT),
        ("I/O wait", found.cpu.iowait, Unit.PERCENT),
        ("Stolen", found.cpu.steal, Unit.PERCENT),
        ("Running", found.tasks.running, None),
        ("Waiting", found.tasks.blocked, None),
        ("CPU pressure", found.pressure.cpu_some, Unit.PERCENT),
        ("I/O pressure", found.pressure.io_some, Unit.PERCENT),
        ("Memory pressure", found.pressure.memory_some, Unit.PERCENT),
        ("Memory available", found.memory.available_bytes, Unit.BYTES),
        ("Swapping", found.memory.swap_bytes_per_second, Unit.BYTES_PER_SECOND),
        ("Disk read", found.disk.read_bytes_per_second, Unit.BYTES_PER_SECOND),
        ("Disk written", found.disk.write_bytes_per_second, Unit.BYTES_PER_SECOND),
        (_fullest(found.disk.fullest_path), found.disk.fullest_percent, Unit.PERCENT),
        ("Left on it", found.disk.fullest_left_bytes, Unit.BYTES),
        ("Quota used up", found.throttled_percent, Unit.PERCENT),
        ("New processes a second", found.short_lived.started_per_second, None),
    ]
    return [(name, words.amount(value, unit)) for name, value, unit in told if value is not None]


def _fullest(path: str) -> str:
    return f"Fullest disk, {path}" if path else "Fullest disk"


def _message(row: Notification, tries: Iterable[Attempt], sight: Sight) -> Shape:
    return {
        "receiver": row.receiver_name,
        "kind": words.KINDS.get(row.kind, row.kind),
        "severity": row.severity,
        "state": row.state,
        "fate": words.FATES.get(row.state, row.state),
        "reason": detail.reason(row, sight),
        "held_back": row.held_back,
        "created_at": row.created_at,
        "settled_at": row.settled_at,
        "next_attempt_at": row.next_attempt_at if row.state in ("pending", "leased") else None,
        "tries": [
            {
                "started_at": one.started_at,
                "took": f"{one.duration_ms} ms" if one.duration_ms < 1000 else span(one.duration_ms / 1000),
                "delivered": one.delivered,
                "answer": one.answer if sight >= Sight.PERSON else "",
            }
            for one in tries
        ],
    }

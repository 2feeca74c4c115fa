"""Recent course of an alert: what its rule judged over the five minutes before a moment, from stored samples."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from monitor.alerts.models import Alert
from monitor.history.models import Sample
from monitor.metrics.catalogue import CATALOGUE
from monitor.metrics.reading import gap_between
from monitor.metrics.times import at_ms
from monitor.notifications.domain.course import Course, course
from monitor.rules.domain.spec import RuleSpec

SECONDS = 300
LATEST_SECONDS = 15
"""Of a rule without a window: so many are one value, so that no single second is one end of the course."""


def recent_course(alert: Alert, moment: datetime) -> Course | None:
    """The course over the five minutes before `moment`; None where it is not known, or its rule is gone."""
    until = at_ms(moment)
    if alert.metric not in CATALOGUE or alert.rule is None or until is None:
        return None
    rule = alert.rule.spec()
    is_its_own = (rule.metric, rule.aggregate.statistic) == (alert.metric, alert.statistic)
    return course(_points(alert, rule, until), SECONDS) if is_its_own else None


def _points(alert: Alert, rule: RuleSpec, until: int) -> list[tuple[float, float]]:
    """(seconds, value) of what was judged at each sample of those minutes, where it was known."""
    judged = replace(rule.aggregate, seconds=rule.aggregate.seconds or LATEST_SECONDS)
    since = until - SECONDS * 1000
    rows = Sample.objects.filter(
        host=alert.host, taken_at_ms__range=(since - round(judged.seconds * 1000), until)
    ).order_by("taken_at_ms")
    window, before, points = judged.window(), None, []
    for at, covered_ms, cores, value in rows.values_list(
        "taken_at_ms", "covered_ms", "cpu_effective_cores", rule.metric
    ):
        covered = covered_ms / 1000
        step = covered if before is None else (at - before) / 1000
        window.add(covered, gap_between(step, covered, alert.host.interval), judged.taken(value, cores))
        known, before = window.value(), at
        if known is not None and at > since:
            points.append((at / 1000, known))
    return points

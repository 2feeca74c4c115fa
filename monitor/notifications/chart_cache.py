"""Cache of message charts: each is drawn once for all receivers of one change."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from datetime import timedelta

from monitor.history import spans
from monitor.metrics.catalogue import CATALOGUE
from monitor.metrics.text import one_line
from monitor.metrics.times import at_ms
from monitor.notifications.messages.chart import Chart
from monitor.notifications.messages.facts import Facts
from monitor.notifications.models import Notification

logger = logging.getLogger("monitor.notifications.chart_cache")

BEFORE = timedelta(minutes=30)
LONGEST = timedelta(hours=24)
POINTS = 500
KEPT = 8

_charts: OrderedDict[tuple[int, str], bytes] = OrderedDict()
_lock = threading.Lock()
_complained: set[str] = set()


def chart(notification: Notification, facts: Facts) -> bytes:
    """The PNG from half an hour before the alert began until now, with its threshold; b"" where there is none.

    A chart that fails is logged once for each reason: a message without a chart is better than none.
    """
    key = (notification.transition_id or notification.pk or 0, notification.kind)
    with _lock:  # nine receivers wait for the first one's chart and take it
        if key not in _charts:
            _charts[key] = _drawn(notification, facts)
            while len(_charts) > KEPT:
                _charts.popitem(last=False)
        return _charts[key]


def clear() -> None:
    """Forget every chart, for tests."""
    _charts.clear()
    _complained.clear()


def _drawn(notification: Notification, facts: Facts) -> bytes:
    if facts.metric not in CATALOGUE:
        return b""
    try:
        from monitor.notifications import (
            chart_png,
        )  # Pillow, 12 MB, which a notifier without e-mail need not hold

        return chart_png.draw(_chart(notification, facts))
    except Exception as error:
        reason = type(error).__name__
        if reason not in _complained:
            _complained.add(reason)
            logger.exception("the chart of a message could not be drawn")
        return b""


def _chart(notification: Notification, facts: Facts) -> Chart:
    end = facts.told_at
    start = max(facts.started_at - BEFORE, end - LONGEST)
    now_ms = at_ms(end) or 0
    span = spans.numbers(notification.alert.host, [facts.metric], at_ms(start) or 0, now_ms, POINTS, now_ms)
    width_ms = span["resolution_seconds"] * 1000
    return Chart(
        label=one_line(facts.label, 60),
        unit=CATALOGUE[facts.metric].unit,
        start=start,
        end=end,
        times=tuple(at + width_ms // 2 for at in span["times"]),
        values=tuple(span["series"][facts.metric]["mean"]),
        thresholds=_thresholds(facts),
        moments=((facts.fired_at, f"fired {facts.fired_at:%H:%M}"),),
    )


def _thresholds(facts: Facts) -> tuple[tuple[float, str], ...]:
    if facts.level is not None:
        return ((facts.level, f"counts at {facts.measured(facts.level)}"),)
    found = [(facts.threshold, f"fires at {facts.told(facts.threshold)}")]
    if facts.limit != facts.threshold:
        found.append((facts.limit, f"critical at {facts.told(facts.limit)}"))
    return tuple(found)

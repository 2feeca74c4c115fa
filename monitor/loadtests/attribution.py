"""Attribution of alerts to load tests: which are their doing, and which turn out to be real because they outlast them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from monitor.alerts.models import Alert, AlertState, Change
from monitor.alerts.recording import Tell, write
from monitor.hosts.models import Host
from monitor.loadtests.domain.driven import ECHO_SECONDS, drives, echo_seconds
from monitor.loadtests.models import LoadTest

NO_TEST = "The load test is over and it still fires: it is no test any more."


def is_of_a_test(host: Host, metric: str, window: float, started: datetime, fired: datetime) -> bool:
    """Whether a load test that drives `metric` ran on `host` while the rule's window led up to this alert."""
    return _ran(host, metric, started - timedelta(seconds=window + ECHO_SECONDS), fired)


def tell_outlasting(host: Host, at: datetime, tell: Tell) -> list[Alert]:
    """Take the mark off the alerts that still fire after their load test and its echo, and tell them; return them.

    The caller holds a transaction.
    """
    marked = Alert.objects.filter(host=host, resolved_at=None, state=AlertState.FIRING, is_test=True)
    return [
        alert for alert in marked.order_by("pk") if not _echoes(alert, at) and _become_real(alert, at, tell)
    ]


def _echoes(alert: Alert, at: datetime) -> bool:
    since = at - timedelta(seconds=echo_seconds(alert.metric, alert.window_seconds))
    return _ran(alert.host, alert.metric, since, at)


def _become_real(alert: Alert, at: datetime, tell: Tell) -> bool:
    alert.is_test = False
    alert.save(update_fields=["is_test"])
    write(alert, Change.OUTLASTED, at, tell, severity=alert.severity, note=NO_TEST, value=alert.value)
    return True


def _ran(host: Host, metric: str, since: datetime, until: datetime) -> bool:
    """Whether a load test that drives `metric` ran on `host` at any time from `since` to `until`."""
    ran = Q(started_at__lte=until) & (Q(ended_at=None) | Q(ended_at__gte=since))
    kinds = LoadTest.objects.filter(ran, host=host, started_at__isnull=False).values_list("kind", flat=True)
    return any(drives(kind, metric) for kind in kinds)

"""Heartbeat for a dead man's switch elsewhere: sent while all is well, so that its absence tells of the whole machine."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from monitor.history import freshness
from monitor.history.domain.age import age
from monitor.hosts import lookup
from monitor.metrics.times import at_ms, moment
from monitor.notifications import health
from monitor.notifications.models import Notification, NotificationState
from monitor.notifications.transports.fetching import ping

__all__ = ["is_missing", "overdue", "ping", "trouble"]

GRACE_SECONDS = 15.0
LONGEST_WAIT = timedelta(hours=1)


def trouble(now: datetime) -> str:
    """Why all is not well at `now`, as a sentence; "" where it is: fresh samples, a database that takes rows, messages
    that get through."""
    host = lookup.own()
    newest = None if host is None else freshness.newest(host)
    if newest is None:
        return "Nothing has been sampled on this machine."
    if not newest.is_fresh(at_ms(now) or 0, GRACE_SECONDS):
        unknown = newest.age(at_ms(now) or 0) is None
        ahead = ", which is ahead of the clock: how old it is is not known" if unknown else ""
        return f"The newest sample is of {moment(newest.taken_at_ms):%Y-%m-%d %H:%M:%S} UTC{ahead}."
    if not health.is_notifier_alive(now):
        return "The database takes no rows."
    late = overdue(now)
    return f"Messages have waited for more than an hour: {late}." if late else ""


def overdue(now: datetime) -> int:
    """How many messages have been tried, or could have been tried, for more than an hour; a silence is no delay."""
    before = now - LONGEST_WAIT
    waiting = Notification.objects.filter(settled_at=None).exclude(state=NotificationState.HELD)
    never = Q(attempts=0, next_attempt_at__lt=before)
    return waiting.filter(never | Q(tries__started_at__lt=before)).distinct().count()


def is_missing(answered_at: datetime, now: datetime) -> bool:
    """Whether too long has passed since the last good heartbeat, or nobody knows: the clock was set back since."""
    every = timedelta(seconds=settings.LOADMON_HEARTBEAT_SECONDS)
    seconds = age(answered_at, now)
    return seconds is None or seconds > (3 * every + health.NOTIFIER_SILENT).total_seconds()

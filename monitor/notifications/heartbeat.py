"""Heartbeat for a dead man's switch elsewhere: sent while all is well, so that its absence tells of the whole machine."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.conf import settings

from monitor.history import freshness
from monitor.history.domain.age import age
from monitor.hosts import lookup
from monitor.metrics.reading import longest_step
from monitor.metrics.times import at_ms, moment
from monitor.notifications import health
from monitor.notifications.domain.backoff import waited_for
from monitor.notifications.models import Attempt, Notification, NotificationState
from monitor.notifications.transports.fetching import ping

__all__ = ["is_missing", "is_unclear", "overdue", "ping", "trouble"]

GRACE_SECONDS = 15.0
LONGEST_WAIT = timedelta(hours=1)


def trouble(now: datetime, watched: float = math.inf) -> str:
    """Why all is not well at `now`, as a sentence; "" where it is: fresh samples, a database that takes rows, messages
    that get through.

    watched: seconds for which the caller saw the clock go on without a step; nothing has waited for longer than that.
    """
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
    late = overdue(now, watched)
    return f"Messages have waited for more than an hour: {late}." if late else ""


def overdue(now: datetime, watched: float = math.inf) -> int:
    """How many messages have been tried, or could have been tried, for more than an hour; a silence is no delay.

    A clock that was set is no delay either: what was tried has waited as long as its tries take, and what never was for no
    longer than somebody `watched` it, in seconds.
    """
    before = now - LONGEST_WAIT
    waiting = Notification.objects.filter(settled_at=None).exclude(state=NotificationState.HELD)
    never = waiting.filter(attempts=0, next_attempt_at__lt=before)
    late = never.count() if watched > LONGEST_WAIT.total_seconds() else 0
    tries: dict[int, list[datetime]] = {}
    old = waiting.filter(tries__started_at__lt=before).values("pk")
    rows = Attempt.objects.filter(notification__in=old).order_by("pk")
    for pk, started_at in rows.values_list("notification_id", "started_at"):
        tries.setdefault(pk, []).append(started_at)
    return late + sum(waited_for(starts, now) > LONGEST_WAIT.total_seconds() for starts in tries.values())


def is_unclear(watched: float) -> bool:
    """Whether the clock was set so lately that neither a sample nor a sign of life may have come by the new time yet."""
    return watched < longest_step(settings.LOADMON_INTERVAL) + GRACE_SECONDS


def is_missing(answered_at: datetime, now: datetime) -> bool:
    """Whether too long has passed since the last good heartbeat, or nobody knows: the clock was set back since."""
    every = timedelta(seconds=settings.LOADMON_HEARTBEAT_SECONDS)
    seconds = age(answered_at, now)
    return seconds is None or seconds > (3 * every + health.NOTIFIER_SILENT).total_seconds()

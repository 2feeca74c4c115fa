"""Examination of the notifier: does it run, do its receivers take what is sent, does the heartbeat get through."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from monitor.checks.database import file_problem
from monitor.checks.mail import receivers_hear_of_something, receivers_take_messages
from monitor.doctor.finding import Examination, Finding, from_checks, ok, warning
from monitor.history.domain.age import age
from monitor.metrics.quantities import span
from monitor.notifications import health, heartbeat
from monitor.notifications.models import Notifier, Receiver
from monitor.rules.models import Rule

START = "manage.py serve, or manage.py runnotifier"


def messages_are_delivered() -> list[Finding]:
    """Whether somebody is to be told, and a notifier runs to tell."""
    if file_problem():
        return []  # the database has its own lines
    try:
        receivers = Receiver.objects.filter(enabled=True).count()
        seen_at, now = health.notifier_seen_at(), timezone.now()
        late = heartbeat.overdue(now)
        rules = Rule.objects.filter(enabled=True).count()
    except DatabaseError:
        return []
    if not receivers:
        return [
            ok(
                "notifier",
                f"Nobody is told of what {rules} rules find. Add a receiver in the admin to change that.",
            )
        ]
    if seen_at is None:
        return [warning("notifier", "There are receivers, but no notifier has run yet.", START)]
    if not health.is_notifier_alive(now):
        return [warning("notifier", f"No notifier runs; it was last seen {_ago(seen_at, now)}.", START)]
    if late:
        text = f"Messages have waited for more than an hour: {late}."
        return [
            warning("notifier", text, "Their tries and the answers are in the admin under Notifications.")
        ]
    return [ok("notifier", f"It was seen {_ago(seen_at, now)}; receivers: {receivers}.")]


def receivers_are_well() -> list[Finding]:
    """Which receivers do not take their messages."""
    found = [check(databases=["default"]) for check in (receivers_take_messages, receivers_hear_of_something)]
    return from_checks("delivery", [one for part in found for one in part], "No receiver is failing.")


def the_heartbeat_gets_through() -> list[Finding]:
    """Whether somebody elsewhere hears from this machine; silent where that is not wanted."""
    if not settings.LOADMON_HEARTBEAT_URL or file_problem():
        return []
    row = Notifier.objects.first()
    if row is None or row.heartbeat_at is None:
        said = row.heartbeat_failure if row else ""
        return [
            warning(
                "heartbeat", f"No heartbeat has been answered yet. {said}".strip(), f"Is it running? {START}"
            )
        ]
    now = timezone.now()
    ago = _ago(row.heartbeat_at, now)
    if row.heartbeat_failure:
        text = f"The last good heartbeat was {ago}. {row.heartbeat_failure}"
        return [warning("heartbeat", text, "Mend that, or correct LOADMON_HEARTBEAT_URL.")]
    if heartbeat.is_missing(row.heartbeat_at, now):
        return [warning("heartbeat", f"The last heartbeat was {ago}.", START)]
    return [ok("heartbeat", f"The last one was answered {ago}.")]


def _ago(at: datetime, now: datetime) -> str:
    """How long ago `at` was; it lies ahead where the clock was set back since."""
    seconds = age(at, now)
    if seconds is not None:
        return f"{span(seconds)} ago"
    return f"{span((at - now).total_seconds())} ahead of now, before the clock was set back"


EXAMINATIONS = (
    Examination("notifier", messages_are_delivered),
    Examination("delivery", receivers_are_well),
    Examination("heartbeat", the_heartbeat_gets_through),
)

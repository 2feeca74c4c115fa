"""The notifier: does it run, do its receivers take what they are sent, does the heartbeat get through."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from monitor.checks.database import file_problem
from monitor.checks.mail import receivers_hear_of_something, receivers_take_messages
from monitor.doctor.finding import Examination, Finding, from_checks, ok, warning
from monitor.metrics.quantities import span
from monitor.notifications import heartbeat
from monitor.notifications.models import Notifier, Receiver
from monitor.rules.models import Rule

RECENT = timedelta(seconds=60)
START = "manage.py serve, or manage.py runnotifier"


def messages_are_delivered() -> list[Finding]:
    """Whether somebody is to be told, and a notifier runs to tell."""
    if file_problem():
        return []  # the database has its own lines
    try:
        receivers = Receiver.objects.filter(enabled=True).count()
        seen_at = Notifier.objects.values_list("seen_at", flat=True).first()
        late = heartbeat.overdue(timezone.now())
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
    age = timezone.now() - seen_at
    if age > RECENT:
        text = f"No notifier runs; it was last seen {span(age.total_seconds())} ago."
        return [warning("notifier", text, START)]
    if late:
        text = f"Messages have waited for more than an hour: {late}."
        return [
            warning("notifier", text, "Their tries and the answers are in the admin under Notifications.")
        ]
    return [ok("notifier", f"It was seen {span(age.total_seconds())} ago; receivers: {receivers}.")]


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
    age = timezone.now() - row.heartbeat_at
    if row.heartbeat_failure:
        text = f"The last good heartbeat was {span(age.total_seconds())} ago. {row.heartbeat_failure}"
        return [warning("heartbeat", text, "Mend that, or correct LOADMON_HEARTBEAT_URL.")]
    if age > 3 * timedelta(seconds=settings.LOADMON_HEARTBEAT_SECONDS) + RECENT:
        return [warning("heartbeat", f"The last heartbeat was {span(age.total_seconds())} ago.", START)]
    return [ok("heartbeat", f"The last one was answered {span(age.total_seconds())} ago.")]


EXAMINATIONS = (
    Examination("notifier", messages_are_delivered),
    Examination("delivery", receivers_are_well),
    Examination("heartbeat", the_heartbeat_gets_through),
)

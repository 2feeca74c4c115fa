"""Detail of one alert as JSON: changes, evidence, messages; less of it for who may see less."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Any, cast

from monitor.access import permissions
from monitor.alerts.models import Alert, Evidence, Transition
from monitor.diagnosis.document import Document, told
from monitor.metrics.times import at_ms
from monitor.notifications.models import OWN_REASONS, Attempt, Notification
from monitor.web.alerts import schemas
from monitor.web.rows import of

MOST_TRANSITIONS = 1000
MOST_MESSAGES = 500


class Sight(IntEnum):
    """How much a reader may see; each sees what those before it see."""

    SHARED = 0  # by a link: no receivers, no answers, no names of people
    READER = 1  # without a login
    PERSON = 2  # logged in: what the other sides answered
    STAFF = 3  # command lines


def sight_of(user: Any) -> Sight:
    """How much `user` may see of an alert that may be read."""
    if not (user.is_authenticated and user.is_active):
        return Sight.READER
    return Sight.STAFF if permissions.may_see_commands(user) else Sight.PERSON


def find(alert_id: int) -> Alert | None:
    """The alert with its host, rule and people."""
    rows = Alert.objects.select_related("host", "rule", "acknowledged_by")
    return rows.filter(pk=alert_id).first()


def detail(alert: Alert, sight: Sight) -> schemas.AlertDetail:
    """The alert with its transitions (oldest first, at most the newest 1000), its evidence, and its messages."""
    return {
        **schemas.alert(alert),
        "transitions": [of(schemas.Transition, row) for row in transitions(alert)],
        "evidence": [
            of(schemas.Evidence, row, document=document(row, sight))
            for row in alert.evidence.order_by("at", "id")
        ],
        "notifications": [notification(row, tries, sight) for row, tries in messages(alert)],
    }


def transitions(alert: Alert) -> list[Transition]:
    """What happened to the alert, oldest first; where that is too much, its beginning and the newest."""
    rows = alert.transitions.select_related("by")
    newest = list(rows.order_by("-id")[:MOST_TRANSITIONS])
    if len(newest) == MOST_TRANSITIONS:
        newest[-1:] = rows.order_by("id")[:1]
    return newest[::-1]


def document(row: Evidence, sight: Sight) -> Document:
    """What was found, without the command lines for whoever may not see them; what is damaged in it is unknown."""
    stored = row.document if isinstance(row.document, dict) else {}
    found = told({**stored, "at": at_ms(row.at)}, commands=sight >= Sight.STAFF)
    return cast("Document", found)  # its time is known


def messages(alert: Alert) -> Iterable[tuple[Notification, list[Attempt]]]:
    """The newest messages of the alert, oldest first, each with its attempts."""
    rows = list(alert.notifications.prefetch_related("tries").order_by("-id")[:MOST_MESSAGES])
    return [(row, list(row.tries.all())) for row in reversed(rows)]


def reason(row: Notification, sight: Sight) -> str:
    """Why a message was not sent; where that is what the other side answered, only for people with a login."""
    return row.reason if sight >= Sight.PERSON or row.state in OWN_REASONS else ""


def notification(row: Notification, tries: Iterable[Attempt], sight: Sight) -> schemas.Notification:
    """One message and its fate; what the other side answered only for people with a login."""
    return of(
        schemas.Notification,
        row,
        receiver=row.receiver_name if sight > Sight.SHARED else None,
        reason=reason(row, sight),
        next_attempt_at=at_ms(row.next_attempt_at) if row.settled_at is None else None,
        attempts=[
            of(schemas.Attempt, one, answer=one.answer if sight >= Sight.PERSON else None) for one in tries
        ],
    )

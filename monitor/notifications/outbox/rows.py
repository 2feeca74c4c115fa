"""Rows of the outbox: their key, how one is put there, how it is dropped."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac

from monitor.alerts.models import Alert, Transition
from monitor.notifications.models import Notification, NotificationKind, NotificationState, Receiver
from monitor.notifications.silences import Silences

TELLING = (
    NotificationKind.FIRED,
    NotificationKind.ESCALATED,
    NotificationKind.REPEAT,
    NotificationKind.FLAPPING,
    NotificationKind.DIGEST,
)  # after one of these a receiver knows of the alert, and wants to hear of its end

SALT = "monitor.outbox"
"""Part of keys that are stored and sent: it stays, whatever the module is called."""


def key(alert: Alert, what: str, receiver: Receiver) -> str:
    """The same for each try and each notifier, another for each message of each installation and database."""
    installation = salted_hmac(SALT, "installation", algorithm="sha256").hexdigest()[:16]
    return f"{installation}-{alert.pk}.{int(alert.fired_at.timestamp())}-{what}-{receiver.pk}"


def put(
    alert: Alert,
    receiver: Receiver,
    kind: NotificationKind,
    what: str,
    now: datetime,
    *,
    transition: Transition | None = None,
    quiet: Silences | None = None,
    dropped: str = "",
) -> bool:
    """Put one message into the outbox, once however often it is called; return whether it is new.

    what: tells it from the other messages of this alert. quiet: holds it back where a silence covers it.
    dropped: the reason why it is never sent, where there is one; the row tells so.
    """
    held = "" if dropped or quiet is None else quiet.reason(alert.rule_id, alert.host_id)
    state = NotificationState.HELD if held else NotificationState.PENDING
    values = {
        "alert": alert,
        "transition": transition,
        "receiver": receiver,
        "receiver_name": receiver.name,
        "kind": kind,
        "severity": alert.severity,
        "state": NotificationState.DROPPED if dropped else state,
        "reason": dropped or held,
        "created_at": now,
        "next_attempt_at": now,
        "settled_at": now if dropped else None,
    }
    return Notification.objects.get_or_create(key=key(alert, what, receiver), defaults=values)[1]


def idle(now: datetime) -> QuerySet[Notification]:
    """What waits and is in nobody's hands: held, pending, or leased by a notifier that did not come back."""
    waiting = Q(state__in=[NotificationState.HELD, NotificationState.PENDING])
    expired = Q(state=NotificationState.LEASED, leased_until__lte=now)
    return Notification.objects.filter(waiting | expired, settled_at=None)


def leased_by(row: Notification) -> QuerySet[Notification]:
    """The row of a claimed message, as long as its lease is the one under which it was claimed."""
    return Notification.objects.filter(pk=row.pk, state=NotificationState.LEASED, lease=row.lease)


def drop(rows: QuerySet[Notification], reason: str, now: datetime) -> int:
    """Settle `rows` without sending them; return how many there were. Writes nothing where there are none."""
    if not rows.exists():
        return 0
    return rows.update(
        state=NotificationState.DROPPED,
        reason=reason[:300],
        settled_at=now,
        lease="",
        leased_until=None,
    )

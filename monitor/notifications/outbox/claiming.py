"""Claims: which message goes next, leased to one notifier by a conditional UPDATE and its row count."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Exists, Min, OuterRef, Q

from monitor.notifications.models import Notification, NotificationKind, NotificationState
from monitor.notifications.outbox import flaps
from monitor.notifications.outbox.rows import TELLING, drop, leased_by
from monitor.notifications.silences import Silences

LEASE_SECONDS = 60.0  # longer than any try may take
NEVER_TOLD = "The receiver was never told that it fired."
RECOVERED = "It has recovered meanwhile."
ACKNOWLEDGED = "The alert was acknowledged meanwhile."


def claim(now: datetime, busy: Collection[int], most: int) -> tuple[list[Notification], bool]:
    """Claim at most `most` messages that are due, one for each receiver that is not in `busy` (receiver ids).

    Returns them with their alert, host and receiver, and whether to ask again at once: something was decided
    without a delivery, or another notifier was faster.
    """
    claimed: list[Notification] = []
    again = False
    quiet: Silences | None = None
    for pk in _next(now, busy)[:most]:
        row = Notification.objects.select_related("alert__host", "receiver").filter(_due(now), pk=pk).first()
        if row is None:  # another notifier has taken it since
            again = True
            continue
        quiet = quiet or Silences(now)
        if _decided(row, quiet, now) or not _lease(row, now):
            again = True
        else:
            claimed.append(row)
    return claimed, again


def release(row: Notification, now: datetime) -> bool:
    """Give a claimed message back undelivered, to be taken by any notifier at once; False where it is not ours."""
    return (
        leased_by(row).update(
            state=NotificationState.PENDING, lease="", leased_until=None, next_attempt_at=now
        )
        > 0
    )


def _next(now: datetime, busy: Collection[int]) -> list[int]:
    """The first message that is due for each free receiver; later ones of an alert wait for the earlier ones."""
    rows = Notification.objects.filter(settled_at=None)
    if not rows.exists():  # nearly always, once a second
        return []
    older = rows.filter(alert=OuterRef("alert"), receiver=OuterRef("receiver"), pk__lt=OuterRef("pk"))
    free = rows.filter(_due(now), receiver__enabled=True).exclude(receiver__in=busy).exclude(Exists(older))
    first = free.order_by().values("receiver").annotate(first=Min("pk")).order_by("first")
    return [row["first"] for row in first]


def _due(now: datetime) -> Q:
    """What may be claimed: it waits and its time has come, or the lease of who had it ran out."""
    pending = Q(state=NotificationState.PENDING, next_attempt_at__lte=now)
    return pending | Q(state=NotificationState.LEASED, leased_until__lte=now)


def _decided(row: Notification, quiet: Silences, now: datetime) -> bool:
    """Settle or hold a message that need not, or may not, be sent now; return whether that was so."""
    same = Notification.objects.filter(pk=row.pk, state=row.state, lease=row.lease)
    reason = _needless(row)
    if reason:
        drop(same, reason, now)
        return True
    held = quiet.reason(row.alert.rule_id, row.alert.host_id)
    if held:
        same.update(state=NotificationState.HELD, reason=held, lease="", leased_until=None)
    return bool(held)


def _needless(row: Notification) -> str:
    """Why the message is not needed any more; "" where it is."""
    if row.kind == NotificationKind.RESOLVED:
        return "" if _knows(row) else NEVER_TOLD
    if row.kind == NotificationKind.REPEAT:
        if row.alert.resolved_at is not None:
            return RECOVERED
        return ACKNOWLEDGED if row.alert.acknowledged_at is not None else ""
    if row.kind == NotificationKind.DIGEST and row.alert.resolved_at is not None:
        return (
            ""
            if flaps.was_told(row) == NotificationState.SENT
            else "The receiver was never told of the flapping."
        )
    return ""


def _knows(row: Notification) -> bool:
    """Whether a message that tells of the alert arrived at the receiver; earlier ones are settled by now."""
    arrived = Q(state=NotificationState.SENT) | ~Q(told="")  # some of its addresses have it
    told = row.alert.notifications.filter(arrived, receiver=row.receiver_id)
    return told.filter(kind__in=TELLING).exists()


def _lease(row: Notification, now: datetime) -> bool:
    """Make the message ours for a while; False where another notifier was faster.

    `row` was due when it was read, and is so as long as state and lease are the ones that were read.
    """
    lease, until = uuid.uuid4().hex, now + timedelta(seconds=LEASE_SECONDS)
    same = Notification.objects.filter(pk=row.pk, state=row.state, lease=row.lease)
    if not same.update(state=NotificationState.LEASED, lease=lease, leased_until=until, reason=""):
        return False
    row.state, row.lease, row.leased_until = NotificationState.LEASED, lease, until
    return True

"""Entrance of the outbox: from a change of an alert to rows, in the transaction of the change."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from monitor.alerts.models import Alert, Change, Transition
from monitor.notifications.domain.flapping import WITHIN
from monitor.notifications.models import Notification, NotificationKind, NotificationState, Receiver
from monitor.notifications.outbox import flaps
from monitor.notifications.outbox.audience import audience
from monitor.notifications.outbox.rows import put
from monitor.notifications.silences import Silences

KINDS = {
    Change.FIRED: NotificationKind.FIRED,
    Change.RECOVERING: None,
    Change.RELAPSED: None,
    Change.RESOLVED: NotificationKind.RESOLVED,
    Change.ENDED_UNSEEN: NotificationKind.RESOLVED,
    Change.ESCALATED: NotificationKind.ESCALATED,
    Change.STEPPED_DOWN: None,
    Change.UNSEEN: None,
    Change.SEEN_AGAIN: None,
    Change.RULE_GONE: NotificationKind.RESOLVED,
    Change.ENDED: NotificationKind.RESOLVED,
    Change.OUTLASTED: NotificationKind.FIRED,
    Change.ACKNOWLEDGED: None,
    Change.NOTE: None,
}
"""How each change is told; None: it is recorded and not told."""

WAITING = (NotificationState.HELD, NotificationState.PENDING)
UNHEARD = (NotificationState.DROPPED, NotificationState.FAILED, NotificationState.EXPIRED)
FLAPS = "The rule is flapping: single messages are left out until it is calm."
ESCALATED_BEFORE = "It escalated and was told so less than half an hour ago."


def enqueue(alert: Alert, transition: Transition) -> int:
    """Put the messages of one change into the outbox; return how many. The caller holds the change's transaction."""
    kind = KINDS[Change(transition.change)]
    if kind is None or alert.host.is_synthetic:
        return 0
    quiet = Silences(transition.stored_at)
    if kind == NotificationKind.ESCALATED:
        return _escalated(alert, transition, quiet)
    flapping, begins = flaps.note(alert, transition, quiet)
    if begins:
        kind = NotificationKind.FLAPPING
    dropped = FLAPS if flapping is not None and not begins else ""
    what = f"{kind}{transition.pk}"
    return sum(
        put(alert, receiver, kind, what, transition.stored_at, transition=transition, quiet=quiet, dropped=dropped)
        for receiver in _told_of(alert, transition, kind)
    )  # fmt: skip


def _told_of(alert: Alert, transition: Transition, kind: NotificationKind) -> QuerySet[Receiver]:
    """Who is told; of what outlasts its load test not who has yet to get the first message: it tells this then."""
    told = audience(alert, kind)
    if transition.change != Change.OUTLASTED:
        return told
    waiting = alert.notifications.filter(kind=NotificationKind.FIRED, state__in=WAITING)
    return told.exclude(pk__in=waiting.exclude(transition=transition).values("receiver_id"))


def _escalated(alert: Alert, transition: Transition, quiet: Silences) -> int:
    """An escalation is told at once, also while the rule flaps, but not again and again."""
    count = 0
    for receiver in audience(alert, NotificationKind.ESCALATED):
        if _told_together(alert, transition, receiver):
            continue
        dropped = ESCALATED_BEFORE if _told_lately(alert, transition, receiver) else ""
        what, now = f"escalated{transition.pk}", transition.stored_at
        count += put(alert, receiver, NotificationKind.ESCALATED, what, now,
                     transition=transition, quiet=quiet, dropped=dropped)  # fmt: skip
    return count


def _told_together(alert: Alert, transition: Transition, receiver: Receiver) -> bool:
    """Whether the first message is of this very moment and not sent yet: it tells the higher severity then."""
    first = alert.notifications.filter(
        receiver=receiver,
        kind=NotificationKind.FIRED,
        transition__at=transition.at,
        attempts=0,
        state__in=WAITING,
    )
    return first.update(severity=alert.severity) > 0


def _told_lately(alert: Alert, transition: Transition, receiver: Receiver) -> bool:
    """Whether the receiver heard of an escalation of the rule, and of no end since: what flaps drops the ends."""
    end = Notification.objects.filter(
        receiver=receiver, kind=NotificationKind.RESOLVED, alert=OuterRef("alert")
    )
    rows = Notification.objects.filter(
        receiver=receiver,
        kind=NotificationKind.ESCALATED,
        alert__host=alert.host_id,
        alert__rule=alert.rule_id,
        created_at__gt=transition.stored_at - WITHIN,
        created_at__lt=transition.stored_at
        + WITHIN,  # what lies farther ahead is of before the clock was set back
    )
    rows = rows.exclude(state__in=UNHEARD)
    return rows.exclude(Exists(end.exclude(state__in=UNHEARD))).exists()

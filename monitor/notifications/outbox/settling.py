"""Settlement of a try: what it led to, written by the lease under which the message was claimed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest

from monitor.notifications.domain import backoff
from monitor.notifications.domain.delivery import Answer
from monitor.notifications.models import Attempt, Notification, NotificationState, Receiver
from monitor.notifications.outbox.rows import leased_by

GIVEN_UP = "Given up after a day: "
PATIENCE_SECONDS = 3600.0
"""How long the next message of an alert waits for single addresses, where the others have this one."""


def settle(
    row: Notification, answer: Answer, started_at: datetime, seconds: float, now: datetime, chance: float
) -> bool:
    """Store the answer to one try of a claimed message; False where its lease was lost to another notifier.

    seconds: how long the try took. chance: 0 to 1 at random, for the next try. The try is recorded in any case, unless
    the message was deleted with its alert.
    """
    if not Notification.objects.filter(pk=row.pk).exists():
        return False
    starts = [*row.tries.order_by("pk").values_list("started_at", flat=True), started_at]
    outcome = _outcome(row, answer, backoff.tried_for(starts, now), now, chance)
    with transaction.atomic():
        Attempt.objects.create(
            notification=row,
            started_at=started_at,
            duration_ms=max(0, round(seconds * 1000)),
            delivered=answer.delivered,
            answer=answer.text[:500],
        )
        ours = leased_by(row).update(attempts=F("attempts") + 1, lease="", leased_until=None, **outcome)
        _judge(row, answer, now)
    return ours > 0


def _outcome(
    row: Notification, answer: Answer, trying: float, now: datetime, chance: float
) -> dict[str, object]:
    """The columns that an answer changes."""
    if answer.delivered:
        return {"state": NotificationState.SENT, "reason": "", "settled_at": now}
    told = _told(row, answer)
    wait = backoff.delay(row.attempts + 1, trying, chance, answer.retry_after)
    if told and (answer.permanent or wait is None or trying + wait > PATIENCE_SECONDS or _is_followed(row)):
        return {"state": NotificationState.SENT, "reason": answer.text[:300], "settled_at": now, "told": told}
    if answer.permanent:
        return {"state": NotificationState.FAILED, "reason": answer.text[:300], "settled_at": now}
    if wait is None:
        reason = (GIVEN_UP + answer.text)[:300]
        return {"state": NotificationState.EXPIRED, "reason": reason, "settled_at": now}
    due = now + timedelta(seconds=wait)
    reason = answer.text[:300]
    return {"state": NotificationState.PENDING, "reason": reason, "next_attempt_at": due, "told": told}


def _told(row: Notification, answer: Answer) -> str:
    """Addresses that need no further try, after this one and those before it."""
    return " ".join(dict.fromkeys([*row.told.split(), *answer.told]))


def _is_followed(row: Notification) -> bool:
    """Whether those who have the message wait for the next one of its alert."""
    later = Notification.objects.filter(receiver=row.receiver_id, alert=row.alert_id, pk__gt=row.pk)
    return later.filter(settled_at=None).exists()


def _judge(row: Notification, answer: Answer, now: datetime) -> None:
    """Keep the receiver's own record: when it last took a message, since when it does not."""
    receiver = Receiver.objects.filter(notifications=row)
    if answer.delivered or answer.told:
        receiver.update(delivered_at=now, failing_since=None, failure="")
        return
    if row.told:  # it works for the others
        return
    receiver.update(failing_since=Coalesce("failing_since", Value(now)), failure=answer.text[:300])
    if answer.retry_after and not answer.permanent:  # it asks for patience with all that waits for it
        until = now + timedelta(seconds=min(answer.retry_after, backoff.LONGEST_SECONDS))
        waiting = Notification.objects.filter(receiver=row.receiver_id, state=NotificationState.PENDING)
        waiting.update(next_attempt_at=Greatest("next_attempt_at", Value(until)))

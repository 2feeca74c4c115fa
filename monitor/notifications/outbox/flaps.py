"""Flapping as rows: one message when it begins, a digest when it is calm again, nothing between."""

from __future__ import annotations

from datetime import datetime

from monitor.alerts.models import Alert, Change, Transition
from monitor.notifications.domain.flapping import CALM_AFTER, WITHIN, is_calm, is_flapping
from monitor.notifications.models import Flapping, Notification, NotificationKind, NotificationState
from monitor.notifications.outbox.audience import audience
from monitor.notifications.outbox.rows import put
from monitor.notifications.silences import Silences

COUNTED = (Change.FIRED, Change.RESOLVED, Change.ENDED_UNSEEN)


def standing(alert: Alert) -> Flapping | None:
    """The flapping of the alert's rule and host that has not ended."""
    if alert.rule_id is None or alert.is_test:
        return None
    return Flapping.objects.filter(host=alert.host_id, rule=alert.rule_id, ended_at=None).first()


def goes_on(alert: Alert, now: datetime) -> bool:
    """Whether the alert's rule flaps at `now`."""
    flapping = standing(alert)
    return flapping is not None and not is_calm(flapping.last_change_at, now)


def note(alert: Alert, transition: Transition, quiet: Silences) -> tuple[Flapping | None, bool]:
    """Count one change in; return the flapping that stands after it, and whether it begins with this change.

    Load tests make alerts on purpose: they are never counted. Nor is the end of a rule, which is no change of load.
    """
    if alert.rule_id is None or alert.is_test:
        return None, False
    flapping = standing(alert)
    if flapping is not None and is_calm(flapping.last_change_at, transition.at):
        begins = alert.pk if transition.change == Change.FIRED else 0
        calm_down(flapping, transition.stored_at, quiet, but=begins)
        flapping = None
    if transition.change not in COUNTED:
        return flapping, False
    if flapping is not None:
        flapping.changes += 1
        flapping.last_change_at = max(flapping.last_change_at, transition.at)
        flapping.save(update_fields=["changes", "last_change_at"])
        return flapping, False
    times = _times(alert, transition)
    if not is_flapping(times, transition.at):
        return None, False
    begun = Flapping.objects.create(
        host_id=alert.host_id,
        rule_id=alert.rule_id,
        began_at=min(times),
        last_change_at=transition.at,
        changes=len(times),
    )
    return begun, True


def calm_down(flapping: Flapping, now: datetime, quiet: Silences, but: int = 0) -> None:
    """End `flapping` and put the digest into the outbox; `but` is the id of an alert that fires only now.

    The caller holds a transaction. Of two notifiers that see the calm at once one ends it.
    """
    ended_at = min(now, flapping.last_change_at + CALM_AFTER)
    if not Flapping.objects.filter(pk=flapping.pk, ended_at=None).update(ended_at=ended_at):
        return
    alerts = Alert.objects.filter(host=flapping.host_id, rule=flapping.rule_id, is_test=False)
    alert = alerts.exclude(pk=but).order_by("-fired_at", "-pk").first()
    if alert is None:
        return
    for receiver in audience(alert, NotificationKind.DIGEST):
        put(alert, receiver, NotificationKind.DIGEST, f"digest{flapping.pk}", now, quiet=quiet)


def flapping_of(notification: Notification) -> Flapping | None:
    """The flapping that a message of the kind flapping or digest tells of; None where its rule was deleted."""
    alert = notification.alert
    if alert.rule_id is None:
        return None
    rows = Flapping.objects.filter(host=alert.host_id, rule=alert.rule_id)
    if notification.kind == NotificationKind.DIGEST:  # the next may have begun in the very moment of its end
        return rows.filter(ended_at__lte=notification.created_at).order_by("-ended_at").first()
    return rows.filter(began_at__lte=notification.created_at).order_by("-began_at").first()


def was_told(notification: Notification) -> NotificationState | None:
    """What became of the message that told this receiver of the flapping whose digest `notification` is."""
    flapping = flapping_of(notification)
    if flapping is None:
        return None
    told = Notification.objects.filter(
        receiver=notification.receiver_id,
        kind=NotificationKind.FLAPPING,
        alert__host=flapping.host_id,
        alert__rule=flapping.rule_id,
        created_at__gte=flapping.began_at,
    )
    state = told.order_by("-pk").values_list("state", flat=True).first()
    return None if state is None else NotificationState(state)


def _times(alert: Alert, transition: Transition) -> list[datetime]:
    """When the alert's rule fired or resolved on its host in the half hour up to `transition`."""
    recent = Transition.objects.filter(
        alert__host=alert.host_id,
        alert__rule=alert.rule_id,
        alert__is_test=False,
        change__in=COUNTED,
        at__gt=transition.at - WITHIN,
        at__lte=transition.at,
    )
    return list(recent.values_list("at", flat=True))

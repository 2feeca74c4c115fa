"""Upkeep of the outbox as time passes: receivers go, silences end, flapping calms down, alerts are told again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from monitor.alerts.models import Alert
from monitor.notifications import silences
from monitor.notifications.domain.backoff import LONGEST_SECONDS
from monitor.notifications.domain.flapping import is_calm
from monitor.notifications.models import Flapping, Notification, NotificationKind, NotificationState, Receiver
from monitor.notifications.outbox import flaps
from monitor.notifications.outbox.audience import audience
from monitor.notifications.outbox.claiming import LEASE_SECONDS
from monitor.notifications.outbox.rows import TELLING, drop, idle, put
from monitor.notifications.silences import Silences
from monitor.rules.domain.severity import up_to

ENDED_IN_SILENCE = "It recovered while the silence held it back."
LESS_SEVERE = "It has stepped down while the silence held it back."
OVERTAKEN = "A later message tells the same alert."
BEGINNINGS = (
    NotificationKind.FIRED,
    NotificationKind.ESCALATED,
    NotificationKind.REPEAT,
    NotificationKind.FLAPPING,
)
LEASE = timedelta(seconds=LEASE_SECONDS)
# What waits longer was written before the clock was set back.
FARTHEST = timedelta(seconds=LONGEST_SECONDS) + LEASE
TRIED = (NotificationState.SENT, NotificationState.FAILED, NotificationState.EXPIRED)


def tend(now: datetime) -> int:
    """Bring the outbox up to date; return how many rows changed or came. Safe to be called by two at once."""
    quiet = Silences(now)
    changed = 0
    if Notification.objects.filter(settled_at=None).exists():  # nearly never
        changed = _let_receivers_go(now) + _free(quiet) + _bring_near(now, now + FARTHEST, now + 2 * LEASE)
    return changed + _calm(quiet) + _repeat(quiet)


def hasten(now: datetime) -> int:
    """Let every message that waits for a later try be tried now: the clock was set back, and its time may be far off.

    A lease that a notifier left behind ends within a lease's time.
    """
    return _bring_near(now, now, now + LEASE)


def _bring_near(now: datetime, due: datetime, leased: datetime) -> int:
    """Let what waits for a try after `due` be tried now, and what is leased beyond `leased` be free after one lease."""
    open_ones = Notification.objects.filter(settled_at=None)
    later = open_ones.filter(state=NotificationState.PENDING, next_attempt_at__gt=due)
    longer = open_ones.filter(state=NotificationState.LEASED, leased_until__gt=leased)
    count = later.update(next_attempt_at=now) if later.exists() else 0
    return count + (longer.update(leased_until=now + LEASE) if longer.exists() else 0)


def _let_receivers_go(now: datetime) -> int:
    gone = drop(idle(now).filter(receiver=None), "Its receiver was deleted.", now)
    return gone + drop(idle(now).filter(receiver__enabled=False), "Its receiver was switched off.", now)


def _free(quiet: Silences) -> int:
    """Let go what was held back and is so no more."""
    held = Notification.objects.filter(settled_at=None).filter(state=NotificationState.HELD)
    count = 0
    for alert in Alert.objects.filter(pk__in=held.order_by().values("alert")).order_by("pk"):
        if not quiet.is_quiet(alert.rule_id, alert.host_id):
            count += _free_alert(alert, quiet.now)
    return count


def _free_alert(alert: Alert, now: datetime) -> int:
    """Of one alert whose silence ended: what still fires or flaps is told, by the newest message alone."""
    held = Notification.objects.filter(alert=alert, state=NotificationState.HELD)
    for reason in held.order_by().values_list("reason", flat=True).distinct():
        held.filter(reason=reason).update(held_back=silences.in_the_past(reason, now))
    beginnings = held.filter(kind__in=BEGINNINGS)
    if alert.resolved_at is not None:
        flaps_on = [NotificationKind.FLAPPING] if flaps.goes_on(alert, now) else []
        over = beginnings.exclude(kind__in=flaps_on)
        count = drop(over, ENDED_IN_SILENCE, now)
    else:
        count = _let_the_present_speak(alert, beginnings, now)
    return count + held.update(state=NotificationState.PENDING, reason="", next_attempt_at=now)


def _let_the_present_speak(alert: Alert, beginnings: QuerySet[Notification], now: datetime) -> int:
    """Of the held messages to each receiver keep the newest that is still true, with the severity of now."""
    worse = Q(kind=NotificationKind.ESCALATED) & ~Q(severity__in=up_to(alert.severity))
    unasked = ~Q(receiver__minimum_severity__in=up_to(alert.severity)) & ~Q(kind=NotificationKind.FLAPPING)
    count = drop(beginnings.filter(worse | unasked), LESS_SEVERE, now)
    newest = beginnings.values("receiver").annotate(newest=Max("pk")).values_list("newest", flat=True)
    count += drop(beginnings.exclude(pk__in=list(newest)), OVERTAKEN, now)
    beginnings.exclude(severity=alert.severity).update(severity=alert.severity)
    return count


def _calm(quiet: Silences) -> int:
    calm = [one for one in Flapping.objects.filter(ended_at=None) if is_calm(one.last_change_at, quiet.now)]
    for flapping in calm:
        with transaction.atomic():
            flaps.calm_down(flapping, quiet.now, quiet)
    return len(calm)


def _repeat(quiet: Silences) -> int:
    """Tell again what stands unacknowledged, where the receiver's time since the last message is over."""
    count = 0
    standing = Alert.objects.filter(resolved_at=None, acknowledged_at=None).select_related("host")
    for alert in standing.order_by("host_id", "rule_id"):  # in the order of the index of open alerts
        if alert.host.is_synthetic or quiet.is_quiet(alert.rule_id, alert.host_id) or flaps.standing(alert):
            continue
        for receiver in audience(alert, NotificationKind.REPEAT).filter(repeat_hours__gt=0):
            count += _repeat_to(alert, receiver, quiet.now)
    return count


def _repeat_to(alert: Alert, receiver: Receiver, now: datetime) -> bool:
    """Tell `receiver` once more where all before is settled; the key names what it follows, so two do it once."""
    rows = alert.notifications.filter(receiver=receiver)
    last = rows.filter(kind__in=TELLING, state__in=TRIED).order_by("-pk").first()
    if last is None or last.settled_at is None or rows.filter(settled_at=None).exists():
        return False
    if abs(now - last.settled_at) < timedelta(hours=receiver.repeat_hours):  # ahead: the clock was set back
        return False
    return put(alert, receiver, NotificationKind.REPEAT, f"repeat{last.pk}", now)

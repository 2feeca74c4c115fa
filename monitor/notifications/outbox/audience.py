"""Audience of an alert: the receivers that are told of it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from monitor.alerts.models import Alert
from monitor.notifications.models import NotificationKind, Receiver
from monitor.rules.domain.severity import up_to


def audience(alert: Alert, kind: NotificationKind) -> QuerySet[Receiver]:
    """The receivers of a message of `kind`.

    What begins goes to those who ask for this severity and this rule; what ends goes to those whom anything of this
    alert was meant for. News of flapping concerns both.
    """
    if kind == NotificationKind.RESOLVED:
        return _addressed(alert)
    if kind in (NotificationKind.FLAPPING, NotificationKind.DIGEST):
        return (_asking(alert) | _addressed(alert)).distinct()
    return _asking(alert)


def _asking(alert: Alert) -> QuerySet[Receiver]:
    wanted = Q(pk__in=Receiver.rules.through.objects.filter(rule=alert.rule).values("receiver_id"))
    every = Q(only_chosen_rules=False) & ~Q(pk__in=Receiver.rules.through.objects.values("receiver_id"))
    asking = Receiver.objects.filter(wanted | every, enabled=True, minimum_severity__in=up_to(alert.severity))
    return asking.filter(wants_drills=True) if alert.is_test else asking


def _addressed(alert: Alert) -> QuerySet[Receiver]:
    return Receiver.objects.filter(pk__in=alert.notifications.values("receiver_id"))

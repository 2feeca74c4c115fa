"""What a row of the outbox says: the message of a notification, made when it is sent."""

from __future__ import annotations

from monitor.domain.delivery import Message
from monitor.models import Notification
from monitor.shapes import at_ms


def message(notification: Notification) -> Message:
    """The message of `notification`, whose alert and host must be selected with it."""
    alert = notification.alert
    told = notification.get_kind_display()
    subject = f"{notification.severity.capitalize()}: {alert.rule_name} on {alert.host.name}: {told}"
    return Message(
        key=notification.key,
        kind=notification.kind,
        severity=notification.severity,
        subject=subject,
        text=subject,
        payload={"alert": alert.pk, "host": alert.host.name, "fired_at": at_ms(alert.fired_at)},
    )

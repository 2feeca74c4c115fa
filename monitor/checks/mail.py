"""Checks of how messages leave: the mail server, and receivers that cannot be reached or can be overheard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
from django.db import DatabaseError

from monitor.access.domain import is_loopback
from monitor.checks.database import file_problem
from monitor.checks.messages import TAG, error, warning
from monitor.notifications import composing
from monitor.notifications.models import Receiver, ReceiverKind

Messages = list[CheckMessage]


@register(TAG)
def mail_has_a_sender(**kwargs: Any) -> Messages:
    """E030: mail servers refuse what comes from nobody."""
    if not settings.EMAIL_HOST or settings.LOADMON_MAIL_FROM:
        return []
    return error(
        30,
        "EMAIL_URL is set, but LOADMON_MAIL_FROM is not: no mail server takes mail from nobody.",
        "Set LOADMON_MAIL_FROM to an address such as loadmon@example.org.",
    )


@register(Tags.database)
def receivers_can_be_reached(databases: Sequence[str] | None = None, **kwargs: Any) -> Messages:
    """W029: a receiver that no message can reach, or whose messages everybody on the way can read."""
    if not databases or "default" not in databases or file_problem():
        return []
    try:
        rows = list(Receiver.objects.filter(enabled=True))
    except DatabaseError:
        return []  # E018 says what is wrong
    return [*_without_server(rows), *_in_clear(rows), *_leading_nowhere(rows)]


@register(Tags.database)
def receivers_take_messages(databases: Sequence[str] | None = None, **kwargs: Any) -> Messages:
    """W041: a receiver that has refused, or not answered, since its last delivery."""
    if not databases or "default" not in databases or file_problem():
        return []
    try:
        rows = list(Receiver.objects.filter(enabled=True, failing_since__isnull=False))
    except DatabaseError:
        return []  # E018 says what is wrong
    return [message for row in rows for message in _failing(row)]


@register(TAG, Tags.database)
def receivers_hear_of_something(databases: Sequence[str] | None = None, **kwargs: Any) -> Messages:
    """W042: a receiver that was limited to rules which were all deleted."""
    if not databases or "default" not in databases or file_problem():
        return []
    try:
        rows = list(Receiver.objects.filter(enabled=True, only_chosen_rules=True, rules=None))
    except DatabaseError:
        return []  # E018 says what is wrong
    return [message for row in rows for message in _deaf(row)]


def _deaf(row: Receiver) -> Messages:
    return warning(
        42,
        f"The receiver {row.name} hears of nothing: the rules that it was limited to were deleted.",
        "Choose other rules for it in the admin, or let it hear of every rule.",
    )


def _failing(row: Receiver) -> Messages:
    return warning(
        41,
        f"The receiver {row.name} has taken no message since {row.failing_since:%Y-%m-%d %H:%M} UTC: {row.failure}",
        "Look at its messages in the admin, and send it a test.",
    )


def _without_server(rows: list[Receiver]) -> Messages:
    names = [row.name for row in rows if row.kind == ReceiverKind.EMAIL]
    if not names or settings.EMAIL_HOST:
        return []
    return warning(29, f"No mail can be sent to {', '.join(names)}: EMAIL_URL is empty.", "Set EMAIL_URL.")


def _in_clear(rows: list[Receiver]) -> Messages:
    names = [row.name for row in rows if row.kind == ReceiverKind.WEBHOOK and _is_in_clear(row.address)]
    if not names:
        return []
    return warning(
        29,
        f"Messages to {', '.join(names)} cross the network in clear: the address begins with http://.",
        "Give an https:// address.",
    )


def _is_in_clear(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")


def _leading_nowhere(rows: list[Receiver]) -> Messages:
    if not rows or not is_loopback(urlsplit(composing.site_url()).hostname or ""):
        return []
    return warning(
        29,
        f"Messages link to {composing.site_url()}, which opens on this machine only.",
        "Set LOADMON_URL to the address by which people reach this site.",
    )

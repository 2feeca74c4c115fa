"""Actions of people on an alert: acknowledgement, end, note, share link; each is stored with who did it and when.

An acknowledgement needs no end of its own: it ends with its alert.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction

from monitor.access import permissions
from monitor.alerts.domain import unseen
from monitor.alerts.models import Alert, AlertState, Change, Transition
from monitor.alerts.recording import Tell, nobody, write
from monitor.alerts.sharelinks import ShareLink
from monitor.database.alone import only_writer
from monitor.metrics.text import is_storable, visible_lines

LONGEST_NOTE = 1000
SHARE_DAYS = (1, 7, 30)
MOST_LINKS = 20
MOST_NOTES = 200
OVER_ALREADY = "This alert is over already."
LONGEST_TOKEN = 100
Person = AbstractBaseUser | AnonymousUser


class Refused(Exception):
    """The deed was not done; the message is a sentence for whoever tried."""


class NotAllowed(Refused):
    """This person may not do it."""


class Unusable(Refused):
    """What was given cannot be used."""


class TooLate(Refused):
    """The alert does not stand as the deed needs it."""


def check_allowed(user: Person) -> None:
    """Raise NotAllowed unless `user` may acknowledge, annotate and share alerts."""
    if not permissions.may_acknowledge(user):
        raise NotAllowed("Your account may not acknowledge, annotate or share alerts.")


def acknowledge(alert: Alert, user: Any, note: str, at: datetime) -> Transition:
    """Take an open alert on: repeats stop, the page says who. Raise TooLate where it has ended or is taken on already."""
    check_allowed(user)
    text = usable_note(note)
    standing = Alert.objects.filter(pk=alert.pk, resolved_at=None, acknowledged_at=None)
    with transaction.atomic():
        if standing.update(acknowledged_at=at, acknowledged_by=user):
            return _deed(alert, Change.ACKNOWLEDGED, user, text, at)
    alert.refresh_from_db()
    if alert.resolved_at is not None:
        raise TooLate("This alert is over: there is nothing left to acknowledge. A note can still be added.")
    who = alert.acknowledged_by.get_username() if alert.acknowledged_by else "Somebody"
    raise TooLate(f"{who} has acknowledged this alert already.")


def end(alert: Alert, user: Any, note: str, at: datetime, tell: Tell) -> Transition:
    """End an open alert of which something is not measured any more: a disk that was removed for good.

    Raise TooLate where it has ended, or where all that it is of is measured: then it ends by itself.
    """
    check_allowed(user)
    text = usable_note(note)
    alert.refresh_from_db()
    gone = [one["name"] for one in alert.members if one["gone_at"] is not None]
    if alert.resolved_at is not None:
        raise TooLate(OVER_ALREADY)
    if not gone:
        raise TooLate("All that this alert is of is measured: it ends by itself, once that is calm.")
    ended = {"state": AlertState.RESOLVED, "resolved_at": at, "end_observed": False,
             "note": f"Ended by hand: {unseen.named(gone)} was not measured any more."}  # fmt: skip
    with transaction.atomic():
        if not Alert.objects.filter(pk=alert.pk, resolved_at=None).update(**ended):
            raise TooLate(OVER_ALREADY)
        alert.refresh_from_db()
        return write(alert, Change.ENDED, at, tell, severity=alert.severity, note=text, by=user)


def add_note(alert: Alert, user: Any, note: str, at: datetime) -> Transition:
    """Write a note beside an alert, open or over."""
    check_allowed(user)
    text = usable_note(note)
    if not text:
        raise Unusable("The note is empty.")
    with only_writer(Transition):
        if Transition.objects.filter(alert=alert, change=Change.NOTE).count() >= MOST_NOTES:
            raise TooLate(f"This alert has {MOST_NOTES} notes already; there is no room for more.")
        return _deed(alert, Change.NOTE, user, text, at)


def usable_note(note: str) -> str:
    """`note` as its writer means it; raise Unusable where it cannot be stored, or holds nothing that can be seen."""
    if not is_storable(note):
        raise Unusable("The note holds characters that cannot be stored.")
    text = visible_lines(note)
    if note.strip() and not text:
        raise Unusable("The note holds nothing that can be seen.")
    if len(text) > LONGEST_NOTE:
        raise Unusable(f"A note has at most {LONGEST_NOTE} characters, not {len(text)}.")
    return text


def share(alert: Alert, user: Any, days: int, now: datetime) -> tuple[ShareLink, str]:
    """A link to a read-only page of `alert` for `days` days, and its token, which is stored nowhere."""
    check_allowed(user)
    if days not in SHARE_DAYS:
        raise Unusable(f"A link lasts 1, 7 or 30 days, not {days}.")
    token = secrets.token_urlsafe(32)
    ends = now + timedelta(days=days)
    living = ShareLink.objects.filter(alert=alert, revoked_at=None, expires_at__gt=now)
    with only_writer(ShareLink):
        if living.count() >= MOST_LINKS:
            raise TooLate(f"This alert has {MOST_LINKS} links already: revoke one of them first.")
        link = ShareLink.objects.create(
            alert=alert, token_hash=token_hash(token), created_by=user, expires_at=ends
        )
    return link, token


def revoke(alert: Alert, link_id: int, user: Any, now: datetime) -> None:
    """End a link of `alert` at once; one that has ended stays as it is. Raise TooLate where there is no such link."""
    check_allowed(user)
    links = ShareLink.objects.filter(pk=link_id, alert=alert)
    if not links.filter(revoked_at=None).update(revoked_at=now) and not links.exists():
        raise TooLate("This alert has no such link.")


def find_shared(token: str) -> ShareLink | None:
    """The link of `token` with its alert; it may have ended. Found by hash: the time that takes tells nothing."""
    if len(token) > LONGEST_TOKEN:
        return None
    links = ShareLink.objects.select_related("alert__host", "alert__rule", "alert__acknowledged_by")
    return links.filter(token_hash=token_hash(token)).first()


def token_hash(token: str) -> str:
    """SHA-256 of a token in hex: all that is stored of it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _deed(alert: Alert, change: Change, user: Any, note: str, at: datetime) -> Transition:
    return write(alert, change, at, nobody, severity="", note=note, by=user)

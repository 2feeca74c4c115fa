"""Sessions: whether the login behind an open socket still stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare


def digest(session_key: str) -> str:
    """What may travel in an event instead of the session key itself."""
    return hashlib.sha256(session_key.encode()).hexdigest()


def living(session_keys: Iterable[str]) -> set[str]:
    """Those sessions that still belong to an active user whose password has not changed since; two queries in all."""
    rows = Session.objects.filter(session_key__in=list(session_keys), expire_date__gt=timezone.now())
    sessions = {row.session_key: row.get_decoded() for row in rows}
    ids = {data[SESSION_KEY] for data in sessions.values() if SESSION_KEY in data}
    users = {str(user.pk): user for user in get_user_model().objects.filter(pk__in=ids, is_active=True)}
    return {
        key
        for key, data in sessions.items()
        if (user := users.get(data.get(SESSION_KEY, "")))
        and constant_time_compare(data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    }

"""Whether the login behind an open socket still stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib import import_module
from types import SimpleNamespace

from django.conf import settings
from django.contrib.auth import get_user


def digest(session_key: str) -> str:
    """What may travel in an event instead of the session key itself."""
    return hashlib.sha256(session_key.encode()).hexdigest()


def living(session_keys: Iterable[str]) -> set[str]:
    """Those sessions that still belong to an active user whose password has not changed since."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return {
        key
        for key in session_keys
        if get_user(SimpleNamespace(session=store(session_key=key), META={})).is_authenticated  # type: ignore[arg-type]
    }

"""Login throttle: failed logins are bounded, 5 in 5 minutes per account (django-axes' own rule) and 20 per address."""

from __future__ import annotations

import threading
import weakref
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username, get_cool_off, get_failure_limit
from axes.models import AccessAttempt
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

FAILURES_PER_ADDRESS = 20
LONGEST_NAME = 255  # as django-axes stores it; a database may refuse a longer one


class LoginThrottle(AxesDatabaseHandler):  # type: ignore[misc]
    """django-axes counts failures per account; this adds a limit per address, and counts tries under way.

    Hashing a password takes half a second. Without the second count a burst of requests would be hashed
    side by side, each before the failure of any other is stored. One-time links are not passwords: they
    cannot be guessed, cost nothing, and are the way in for an owner whose account somebody else locked.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._trying: weakref.WeakKeyDictionary[HttpRequest, tuple[str | None, str | None]]
        self._trying = weakref.WeakKeyDictionary()

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Whether this account or address fails too often; if not, `request` counts until it is judged."""
        if credentials and "sesame" in credentials:
            return False
        name, address = get_client_username(request, credentials), _address(request)
        with self._lock:
            others = [who for other, who in self._trying.items() if other is not request]
            of_account = sum(who[0] == name for who in others) + self.get_failures(request, credentials)
            of_address = sum(who[1] == address for who in others) + _failures_from(address, request)
            locked = (
                of_account >= get_failure_limit(request, credentials) or of_address >= FAILURES_PER_ADDRESS
            )
            if not locked:
                self._trying[request] = (name, address)
        request.axes_locked_out = locked  # type: ignore[attr-defined]
        return bool(locked)

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        """Store the failure; what was refused unheard is not one, so it does not prolong the lock."""
        if request is None or getattr(request, "axes_locked_out", False):
            return
        super().user_login_failed(sender, credentials, request, **kwargs)
        self._judged(request)

    def user_logged_in(self, sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
        """Forget the failures of this account."""
        super().user_logged_in(sender, request, user, **kwargs)
        self._judged(request)

    def _judged(self, request: HttpRequest) -> None:
        with self._lock:
            self._trying.pop(request, None)


def tried_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """The user name that somebody tries, no longer than it can be stored."""
    name = (credentials or request.POST).get("username")
    return None if name is None else str(name)[:LONGEST_NAME]


def refuse(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """The answer to a locked account or address, the same on the login page and in the admin."""
    seconds = round(get_cool_off(request).total_seconds())
    answer = render(request, "429.html", {"minutes": seconds // 60}, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _address(request: HttpRequest) -> str | None:
    address: str | None = request.axes_ip_address  # type: ignore[attr-defined]
    return address


def _failures_from(address: str | None, request: HttpRequest) -> int:
    recent = AccessAttempt.objects.filter(
        ip_address=address, attempt_time__gte=get_cool_off_threshold(request)
    )
    return recent.aggregate(total=Sum("failures_since_start"))["total"] or 0

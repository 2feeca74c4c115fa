"""Bounds failed logins: 5 in 5 minutes per account (django-axes' own rule) and 20 per address."""

from __future__ import annotations

from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.db.models import Sum
from django.http import HttpRequest

FAILURES_PER_ADDRESS = 20


class LoginThrottle(AxesDatabaseHandler):  # type: ignore[misc]
    """django-axes counts one limit per account; this adds a wider one per address, before any password is hashed."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Whether this account or this address has failed too often."""
        if super().is_locked(request, credentials):
            return True
        address = request.META.get("REMOTE_ADDR")
        recent = AccessAttempt.objects.filter(
            ip_address=address, attempt_time__gte=get_cool_off_threshold(request)
        )
        failures = recent.aggregate(total=Sum("failures_since_start"))["total"] or 0
        return bool(failures >= FAILURES_PER_ADDRESS)

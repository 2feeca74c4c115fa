"""Time zone of whoever reads a page: the browser tells it in a cookie, so that pages without scripts know it too."""

from __future__ import annotations

import re
from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest
from django.utils import timezone

COOKIE = "loadmon_zone"
NAME = re.compile(r"[A-Za-z0-9_+\-]{1,30}(/[A-Za-z0-9_+\-]{1,30}){0,2}")


def reader_zone(request: HttpRequest) -> tzinfo:
    """The zone that the browser told; that of LOADMON_TIME_ZONE where it told none that is known here."""
    name = request.COOKIES.get(COOKIE, "")
    if not NAME.fullmatch(name):
        return timezone.get_default_timezone()
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return timezone.get_default_timezone()

"""Authentication of the JSON API: who may read and who may change something; and how an answer is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.errors import HttpError
from ninja.utils import check_csrf

from monitor.access import permissions
from monitor.metrics import json

READ_ERRORS = frozenset({400, 401, 404, 503})
CHANGE_ERRORS = frozenset({400, 401, 403, 404, 409, 503})


def reader(request: HttpRequest) -> bool:
    """Whether the request may read."""
    return permissions.request_may_read(request)


def actor(request: HttpRequest) -> Any:
    """The user who wants to change something: logged in, from this very site, with a CSRF token."""
    if permissions.is_cross_site(request):
        raise HttpError(403, "Another site may not change anything here.")
    if not (request.user.is_authenticated and request.user.is_active):
        return None
    if check_csrf(request) is not None:
        raise HttpError(403, "CSRF check failed: send the page's token in the header X-CSRFToken.")
    return request.user


def answer(shape: Mapping[str, object], status: int = 200) -> HttpResponse:
    """JSON of `shape`; a NaN would be our fault and raises ValueError."""
    return HttpResponse(json.encode(shape), status=status, content_type="application/json")

"""The pages: dashboard, log-in, health and Prometheus text."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_safe
from sesame.views import LoginView as LinkLoginView

from monitor.history import freshness
from monitor.hosts import lookup
from monitor.runtime import clock
from monitor.web import errors

DEAD_LINK = (
    "This login link does not work any more: each works once, and for ten minutes. "
    "On the server, `.venv/bin/python manage.py loginlink` prints another."
)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 only while this host's samples are fresh; says no more than what must be mended, so that anyone may ask."""
    well, error = False, ""
    try:
        well = freshness.is_fresh(lookup.find_host(None), clock.now_ms())
    except lookup.UnknownHost:
        pass
    except (DatabaseError, InterfaceError) as failure:
        error = errors.lasting(failure)
    shape = {"ok": well, "error": error} if error else {"ok": well}
    answer = JsonResponse(shape, status=200 if well else 503)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # Django would log an error at each probe
    return answer


class LogInByLink(LinkLoginView):  # type: ignore[misc]
    """Log in by a one-time link."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Use the link up and go to the dashboard."""
        response: HttpResponseBase = super().get(request)
        return response

    def login_failed(self) -> HttpResponse:
        """Say what is the matter with the link."""
        return errors.forbidden(self.request, PermissionDenied(DEAD_LINK))

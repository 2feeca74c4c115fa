"""Login by a one-time link."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from sesame.views import LoginView as LinkLoginView

from monitor.web import errors

DEAD_LINK = (
    "This login link does not work any more: each works once, and for ten minutes. "
    "On the server, `.venv/bin/python manage.py loginlink` prints another."
)


class LogInByLink(LinkLoginView):  # type: ignore[misc]
    """Log in by a one-time link."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Use the link up and go to the dashboard."""
        response: HttpResponseBase = super().get(request)
        return response

    def login_failed(self) -> HttpResponse:
        """Say what is the matter with the link."""
        return errors.forbidden(self.request, PermissionDenied(DEAD_LINK))

"""Login by a one-time link: a page with one button, since whatever opens links to look at them presses none."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.views import RedirectURLMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.generic import View

from monitor.access import login_links
from monitor.web import errors

PARAMETER = "sesame"
"""Where the token stands in a link, and in the form that uses it up."""
DEAD_LINK = (
    "This login link does not work any more: each works once, and for ten minutes. "
    "On the server, `.venv/bin/python manage.py loginlink` prints another."
)


class LogInByLink(RedirectURLMixin, View):
    """Log in by a one-time link: GET and HEAD show whom, POST uses the link up."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page with the button; the link stays as good as it was."""
        token = request.GET.get(PARAMETER, "")
        user = login_links.owner(token)
        if user is None:
            return self._refusal()
        context = {
            "token": token,
            "name": user.get_username(),
            "next": self.get_redirect_url(),
            "parameter": PARAMETER,
        }
        return _guarded(render(request, "registration/login_link.html", context))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Use the link up and go to the dashboard, or to the page of this site that was asked for."""
        user = login_links.spend(request.POST.get(PARAMETER, ""))
        if user is None:
            return self._refusal()
        login(request, user)
        return HttpResponseRedirect(self.get_redirect_url() or resolve_url("dashboard"))

    def _refusal(self) -> HttpResponse:
        return _guarded(errors.forbidden(self.request, PermissionDenied(DEAD_LINK)))


def _guarded(answer: HttpResponse) -> HttpResponse:
    """Keep the address, which is as good as a password, out of search engines and other sites' logs."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = (
        "same-origin"  # with "no-referrer" the form would have no Origin to check
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer

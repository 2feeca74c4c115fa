"""Shared page of an alert under a secret address: read-only, no command lines, receivers or people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from monitor.alerts import actions
from monitor.web.alerts import chart, panel
from monitor.web.alerts.detail import Sight
from monitor.web.zones import reader_zone


@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """The alert of a link that stands; else a page that says no more than that it does not."""
    link, now = actions.find_shared(token), timezone.now()
    if link is None or link.has_ended(now):
        return _guarded(
            render(request, "monitor/alerts/shared_over.html", status=404 if link is None else 410)
        )
    zone = reader_zone(request)
    with timezone.override(zone):
        context = {
            **panel.parts(link.alert, Sight.SHARED, now),
            "page": chart.chart(link.alert, now, live=False),
            "expires_at": link.expires_at,
            "zone": str(zone),
        }
        return _guarded(render(request, "monitor/alerts/alert.html", context))


def _guarded(answer: HttpResponse) -> HttpResponse:
    """Keep the secret address out of search engines and out of the next site's log."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer

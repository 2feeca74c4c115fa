"""Forms on the page of an alert: they work without scripts; login, CSRF token and permission needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from asgiref.sync import async_to_sync
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from monitor.access import permissions
from monitor.alerts import actions
from monitor.alerts.models import Alert
from monitor.live import publishing
from monitor.notifications import outbox
from monitor.web.alerts.pages import find_alert, render_page
from monitor.web.ids import id_of

STATUS = {actions.NotAllowed: 403, actions.Unusable: 400, actions.TooLate: 409}
Deed = Callable[[HttpRequest, Alert], HttpResponse]


def _form(name: str) -> Callable[[Deed], Callable[[HttpRequest, int], HttpResponse]]:
    """A view of the deed of one form; a refusal shows the page again, with a sentence and what was typed."""

    def view_of(deed: Deed) -> Callable[[HttpRequest, int], HttpResponse]:
        @require_POST
        @wraps(deed)
        def view(request: HttpRequest, alert_id: int) -> HttpResponse:
            if permissions.is_cross_site(request):
                raise PermissionDenied("Another site may not change anything here.")
            if not (request.user.is_authenticated and request.user.is_active):
                answer: HttpResponse = redirect_to_login(reverse("alert", args=[alert_id]))
                return answer
            alert = find_alert(alert_id)
            try:
                return deed(request, alert)
            except actions.NotAllowed as error:
                raise PermissionDenied(str(error)) from error
            except actions.Refused as error:
                typed = {"form": name, "note": request.POST.get("note", ""), "problem": str(error)}
                return render_page(request, find_alert(alert_id), STATUS.get(type(error), 400), **typed)

        return view

    return view_of


@_form("acknowledge")
def acknowledge(request: HttpRequest, alert: Alert) -> HttpResponse:
    """Take the alert on."""
    actions.acknowledge(alert, request.user, request.POST.get("note", ""), timezone.now())
    async_to_sync(publishing.publish)(publishing.alerts_event(alert.host.name))
    return _back(alert)


@_form("end")
def end(request: HttpRequest, alert: Alert) -> HttpResponse:
    """End an alert of which something is not measured any more."""
    actions.end(alert, request.user, request.POST.get("note", ""), timezone.now(), outbox.enqueue)
    async_to_sync(publishing.publish)(publishing.alerts_event(alert.host.name))
    return _back(alert)


@_form("note")
def note(request: HttpRequest, alert: Alert) -> HttpResponse:
    """Write a note."""
    actions.add_note(alert, request.user, request.POST.get("note", ""), timezone.now())
    return _back(alert)


@_form("share")
def share(request: HttpRequest, alert: Alert) -> HttpResponse:
    """Make a link; it is shown once, for only its hash is stored."""
    text = request.POST.get("days", "")
    days = int(text) if text in {str(days) for days in actions.SHARE_DAYS} else 0
    _, token = actions.share(alert, request.user, days, timezone.now())
    address = request.build_absolute_uri(reverse("alert_shared", args=[token]))
    return render_page(request, alert, 201, form="share", link=address)


@_form("revoke")
def revoke(request: HttpRequest, alert: Alert) -> HttpResponse:
    """End a link."""
    link_id = id_of(request.POST.get("link", "")) or 0
    actions.revoke(alert, link_id, request.user, timezone.now())
    return _back(alert)


def _back(alert: Alert) -> HttpResponse:
    return HttpResponseRedirect(reverse("alert", args=[alert.pk]))

"""Receivers in the admin: whom alerts are told to, with addresses that are written and never shown again."""

from __future__ import annotations

import time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from monitor.admin.readonly import Bounded
from monitor.admin.receiver_form import ReceiverForm
from monitor.admin.times import local_time, to_the_second
from monitor.notifications import composing, transports
from monitor.notifications.domain.delivery import Target
from monitor.notifications.models import Receiver, ReceiverKind
from monitor.notifications.transports import webhook

HIDDEN_LOOKUPS = ("address", "secret")


@admin.register(Receiver)
class ReceiverAdmin(Bounded):
    """Whom alerts are told to."""

    most = 100
    form = ReceiverForm
    list_display = ("name", "kind", "to", "minimum_severity", "wants_drills", "enabled", "health")
    list_filter = ("kind", "enabled", "minimum_severity")
    search_fields = ("name",)
    readonly_fields = ("to", "signature", "health", to_the_second("created_at"))
    fieldsets = (
        (None, {"fields": ("name", "enabled", "kind", "address", "signature")}),
        (
            "Which alerts",
            {"fields": ("minimum_severity", "only_chosen_rules", "rules", "wants_drills", "repeat_hours")},
        ),
        ("How it goes", {"fields": ("health", readonly_fields[3])}),
    )

    @property
    def media(self) -> forms.Media:
        """The buttons' style."""
        return super().media + forms.Media(css={"all": ["monitor/css/admin/receivers.css"]})

    @admin.display(description="address")
    def to(self, row: Receiver) -> str:
        """As much of the address as may be seen."""
        return transports.shown(row.kind, row.address)

    @admin.display(description="signing key")
    def signature(self, row: Receiver) -> str:
        """Whether messages are signed."""
        if row.kind != ReceiverKind.WEBHOOK:
            return "Only the messages of webhooks are signed."
        if row.secret:
            return "There is one; messages are signed with it. A new one takes its place."
        if row.pk:
            return "There is none: messages are not signed. Make one."
        return "One is made when the webhook is saved, and shown once."

    @admin.display(description="deliveries")
    def health(self, row: Receiver) -> str:
        """Whether messages arrive."""
        if row.only_chosen_rules and not row.rules.exists():
            return "It hears of nothing: the rules that it was limited to were deleted."
        if row.failing_since is not None:
            return f"Failing since {local_time(row.failing_since)}: {row.failure}"
        if row.delivered_at is not None:
            return f"Last delivered {local_time(row.delivered_at)}"
        return "Nothing has been sent yet."

    def get_fieldsets(self, request: HttpRequest, obj: Receiver | None = None) -> Any:
        """With the hidden address for whoever may only look: Django's read-only page would show the stored one."""
        found = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return found
        return [(title, {**part, "fields": tuple(map(_hidden, part["fields"]))}) for title, part in found]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """No secret is guessed letter by letter through the filters of the list."""
        return not lookup.startswith(HIDDEN_LOOKUPS) and super().lookup_allowed(lookup, value, request)

    def formfield_for_dbfield(self, *args: Any, **kwargs: Any) -> Any:
        """The rules without a button that adds another in a window of its own."""
        field: Any = super().formfield_for_dbfield(*args, **kwargs)
        if hasattr(getattr(field, "widget", None), "can_add_related"):
            field.widget.can_add_related = False
        return field

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, told what the address was refused for."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.why_refused = getattr(request, "why_refused", "")
        return form

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:  # fmt: skip
        """Judge the address before Django begins its transaction: Apprise takes seconds, and the sampler would wait."""
        may = self.has_change_permission(request) if object_id else self.has_add_permission(request)
        address = request.POST.get("address", "").strip()
        if request.method == "POST" and may and address:
            why = transports.refusal(request.POST.get("kind", ""), address)
            request.why_refused = why  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Receiver, form: Any, change: bool) -> None:
        """Store it; a new webhook is signed from its first message on. Says what is still missing."""
        if obj.kind != ReceiverKind.WEBHOOK:
            obj.secret = ""
        elif "kind" in form.changed_data and not obj.secret:
            obj.secret = request.new_secret = webhook.new_secret()  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)
        if obj.kind == ReceiverKind.EMAIL and not settings.EMAIL_HOST:
            messages.warning(request, "No mail can be sent yet: set EMAIL_URL and start loadmon again.")

    def response_add(
        self, request: HttpRequest, obj: Receiver, post_url_continue: Any = None
    ) -> HttpResponse:
        """After a new webhook, its signing key, this once."""
        return self._new_key(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Receiver) -> HttpResponse:
        """After a change to a webhook, its signing key, this once."""
        return self._new_key(request, obj) or super().response_change(request, obj)

    def get_urls(self) -> list[URLPattern]:
        """Add the two buttons."""
        own = [
            path("<int:pk>/test/", self.admin_site.admin_view(self.test), name="monitor_receiver_test"),
            path("<int:pk>/key/", self.admin_site.admin_view(self.make_key), name="monitor_receiver_key"),
        ]
        return [*own, *super().get_urls()]

    @method_decorator([require_POST, never_cache])
    def test(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Send a test now, and show what the other side answered and how long it took."""
        row = self._may_change(request, pk)
        started = time.monotonic()
        target = Target(row.name, row.kind, row.address, row.secret)
        answer = transports.deliver(target, composing.test_message(row.name))
        milliseconds = round((time.monotonic() - started) * 1000)
        outcome = "delivered" if answer.delivered else "not delivered"
        self.log_change(request, row, f"Sent a test: {outcome}.")
        return self._page(request, row, "Test", "tested", answer=answer, milliseconds=milliseconds)

    @method_decorator([require_POST, never_cache])
    def make_key(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Make a new signing key, and show it this once."""
        row = self._may_change(request, pk)
        if row.kind != ReceiverKind.WEBHOOK:
            return HttpResponse("Only webhooks have a signing key.", status=400, content_type="text/plain")
        secret = webhook.new_secret()
        Receiver.objects.filter(pk=row.pk).update(secret=secret)
        self.log_change(request, row, "Made a new signing key.")
        return self._page(request, row, "Signing key", "key", secret=secret)

    def _new_key(self, request: HttpRequest, row: Receiver) -> HttpResponse | None:
        """The page with the key that was made while `row` was saved; None where none was."""
        secret = getattr(request, "new_secret", "")
        return self._page(request, row, "Signing key", "key", secret=secret) if secret else None

    def _may_change(self, request: HttpRequest, pk: int) -> Receiver:
        row = get_object_or_404(Receiver, pk=pk)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        return row

    def _page(self, request: HttpRequest, row: Receiver, title: str, name: str, **found: Any) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "receiver": row,
        }
        return TemplateResponse(request, f"admin/monitor/receiver/{name}.html", context | found)


def _hidden(field: Any) -> Any:
    """What stands for `field` on a page that nobody can write into."""
    return "to" if field == "address" else field

"""Messages in the admin: what was sent to whom, when, how often it was tried, and what was answered."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from monitor.admin.readonly import ReadOnly
from monitor.admin.times import local_time, to_the_second
from monitor.notifications.models import Attempt, Notification


def tried(row: Notification) -> SafeString | str:
    """Every try of a message as a line: when, how long it took, what was answered; row.tries is prefetched."""
    lines = [(f"{local_time(one.started_at)}, {one.duration_ms} ms, {one}",) for one in row.tries.all()]
    return format_html_join(SafeString("<br>"), "{}", lines) or "-"


class ReadOnlyInline(admin.TabularInline):  # type: ignore[type-arg]
    """Rows below another row: whoever may see that one may see these; nobody changes them."""

    can_delete = False
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As the page above, which has been asked before."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody may."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody may."""
        return False


class AttemptInline(ReadOnlyInline):
    """The tries of one message, oldest first."""

    model = Attempt
    fields = (to_the_second("started_at"), "duration_ms", "delivered", "answer")
    readonly_fields = fields
    verbose_name = "try"
    verbose_name_plural = "tries"


class NotificationInline(ReadOnlyInline):
    """The messages about one alert with their fates, oldest first."""

    model = Notification
    fields = (
        to_the_second("created_at"),
        "kind",
        "receiver_name",
        "state",
        "reason",
        "held_back",
        "tries_text",
    )
    readonly_fields = fields
    verbose_name = "message"
    verbose_name_plural = "messages"

    @admin.display(description="tries")
    def tries_text(self, row: Notification) -> SafeString | str:
        """Every try and its answer."""
        return tried(row)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        """With the tries."""
        return super().get_queryset(request).prefetch_related("tries")


@admin.register(Notification)
class NotificationAdmin(ReadOnly):
    """The outbox: every message with its fate."""

    CREATED, NEXT, SETTLED = (
        to_the_second("created_at"), to_the_second("next_attempt_at"), to_the_second("settled_at"),
    )  # fmt: skip
    list_display = ("__str__", CREATED, "severity", "state", "about", "attempts", "last_answer")
    ordering = ("-id",)
    list_filter = ("state", "receiver", "kind", "severity")
    list_select_related = ("alert__host",)
    search_fields = ("receiver_name", "alert__rule_name", "alert__host__name")
    search_help_text = "Words of the receiver's, the rule's or the host's name."
    inlines = (AttemptInline,)
    fields = (
        "about",
        "kind",
        "severity",
        "receiver_name",
        "state",
        "reason",
        "held_back",
        CREATED,
        NEXT,
        SETTLED,
        "attempts",
        "key",
    )
    readonly_fields = ("about", CREATED, NEXT, SETTLED)

    @admin.display(description="alert")
    def about(self, row: Notification) -> str:
        """The alert that it tells of."""
        url = reverse("admin:monitor_alert_change", args=[row.alert_id])
        return format_html('<a href="{}">{} on {}</a>', url, row.alert.rule_name, row.alert.host.name)

    @admin.display(description="last answer")
    def last_answer(self, row: Notification) -> str:
        """What the other side said to the last try."""
        tries = list(row.tries.all())
        return tries[-1].answer if tries else "-"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        """With the tries."""
        return super().get_queryset(request).prefetch_related("tries")

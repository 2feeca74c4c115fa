"""Alerts in the admin: list, filters, CSV, and each alert with what happened to it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.handlers.asgi import ASGIRequest
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils import timezone

from monitor.admin.evidence import EvidenceInline, ShareLinkInline
from monitor.admin.notifications import NotificationInline, ReadOnlyInline
from monitor.admin.readonly import ReadOnly, Unusable
from monitor.admin.times import local_time, to_the_second
from monitor.alerts.models import Alert, Transition
from monitor.metrics.catalogue import JUDGED
from monitor.rules.models import Severity
from monitor.web.alerts import csv, summary, words

STARTED, FIRED = to_the_second("started_at"), to_the_second("fired_at")


class TransitionInline(ReadOnlyInline):
    """What happened to an alert, oldest first; whoever may see the alert may see this."""

    model = Transition
    fields = (
        to_the_second("at"),
        "happened",
        "value_text",
        "severity",
        "by",
        "note",
        to_the_second("stored_at"),
    )
    readonly_fields = fields

    @admin.display(description="change")
    def happened(self, row: Transition) -> str:
        """What happened, in words."""
        return words.change(row.change, row.severity)

    @admin.display(description="value")
    def value_text(self, row: Transition) -> str:
        """The value that caused it, with its unit."""
        return "" if row.value is None else words.amount(row.value, row.alert.unit)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transition]:
        """With the alert, which knows the unit, and with who did it."""
        return super().get_queryset(request).select_related("alert", "by")


class SeverityFilter(admin.SimpleListFilter):
    """By the severity that the list shows: the present one of open alerts, the worst one of those that are over."""

    title = "severity"
    parameter_name = "severity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Each severity."""
        return list(Severity.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alert]) -> QuerySet[Alert]:
        """The alerts that show the chosen one."""
        wanted = self.value()
        if wanted is None:
            return queryset
        return queryset.filter(
            Q(resolved_at=None, severity=wanted) | Q(resolved_at__isnull=False, worst_severity=wanted)
        )


@admin.register(Alert)
class AlertAdmin(ReadOnly):
    """Past and open alerts, kept for ever."""

    list_display = ("rule_name", "state", "shown", "host", FIRED, "duration", "peak_text", "test")
    list_filter = (
        "state",
        SeverityFilter,
        "host",
        ("rule_name", admin.AllValuesFieldListFilter),
        "is_test",
        "fired_at",
    )
    list_select_related = ("host",)
    search_fields = ("rule_name", "host__name", "explanation")
    search_help_text = "Words of the rule's or the host's name, or of the explanation."
    date_hierarchy = "fired_at"
    actions = ("export_selected",)
    inlines = (EvidenceInline, TransitionInline, NotificationInline, ShareLinkInline)
    fieldsets = (
        (None, {"fields": ("rule_name", "state", "severity", "worst_severity", "host", "test")}),
        ("When", {"fields": (STARTED, FIRED, "end", "duration")}),
        ("Numbers", {"fields": ("metric_text", "threshold_text", "value_text", "peak_text")}),
        ("Why", {"fields": ("explanation", "unseen", "acknowledgement", "note")}),
    )
    readonly_fields = (
        STARTED,
        FIRED,
        "unseen",
        "acknowledgement",
        "test",
        "end",
        "duration",
        "metric_text",
        "threshold_text",
        "value_text",
        "peak_text",
    )

    @admin.display(ordering="is_test")
    def test(self, row: Alert) -> str:
        """A mark where a load test was running."""
        return "load test" if row.is_test else ""

    @admin.display(description="severity")
    def shown(self, row: Alert) -> str:
        """The present severity, or the worst one of an alert that is over."""
        return Severity(row.shown_severity).label if row.shown_severity in Severity else row.shown_severity

    @admin.display(ordering=Alert.KNOWN_END - F("fired_at"))
    def duration(self, row: Alert) -> str:
        """From the moment it fired until it was resolved, or until now."""
        length = summary.lasted(row, timezone.now())
        return f"{length}, open" if row.resolved_at is None else length

    @admin.display(description="resolved at")
    def end(self, row: Alert) -> str:
        """When it ended, or between which times if nobody looked."""
        if row.resolved_at is None:
            return "It is still open."
        if row.end_observed:
            return local_time(row.resolved_at)
        return f"Between {local_time(row.last_seen_at)} and {local_time(row.resolved_at)}, not observed."

    @admin.display(description="acknowledged")
    def acknowledgement(self, row: Alert) -> str:
        """By whom and when."""
        if row.acknowledged_at is None:
            return "Nobody has."
        return f"By {row.acknowledged_by or 'somebody'}, {local_time(row.acknowledged_at)}"

    def view_on_site(self, row: Alert) -> str:
        """The alert's own page."""
        return reverse("alert", args=[row.pk])

    @admin.display(description="metric")
    def metric_text(self, row: Alert) -> str:
        """The metric's label and name."""
        label = f"{JUDGED[row.metric].label} ({row.metric})" if row.metric in JUDGED else row.metric
        if not row.window_seconds:
            return label
        return f"{label}, {row.get_statistic_display()}, of {row.window_seconds} s"

    @admin.display(description="thresholds")
    def threshold_text(self, row: Alert) -> str:
        """The absolute numbers it was judged by."""
        beyond, calm = words.sides(row.comparison)
        fires, clears = words.amount(row.threshold, row.unit), words.amount(row.clear_threshold, row.unit)
        text = f"fired at {fires} or {beyond}, clears {calm} {clears}"
        return f"{text}, {row.critical_words}" if row.critical_words else text

    @admin.display(description="last value")
    def value_text(self, row: Alert) -> str:
        """The latest value, or the one at which it resolved."""
        return words.amount(row.value, row.unit)

    @admin.display(description="peak", ordering="peak")
    def peak_text(self, row: Alert) -> str:
        """The worst value of the episode."""
        return words.amount(row.peak, row.unit)

    @admin.action(description="Export the selected alerts as CSV", permissions=["view"])
    def export_selected(self, request: HttpRequest, queryset: QuerySet[Alert]) -> HttpResponseBase:
        """What is ticked."""
        return _csv(request, queryset)

    def get_urls(self) -> list[Any]:
        """Add the export of everything that the list's filters leave."""
        view = self.admin_site.admin_view(self.export_matching)
        return [path("export/", view, name="monitor_alert_export"), *super().get_urls()]

    def export_matching(self, request: HttpRequest) -> HttpResponseBase:
        """All alerts that the list would show on all its pages."""
        if not self.has_view_permission(request):
            return HttpResponse("You may not see alerts.", status=403, content_type="text/plain")
        try:
            return _csv(request, self.get_changelist_instance(request).get_queryset(request))
        except (IncorrectLookupParameters, Unusable):
            return HttpResponseBadRequest("These filters are not understood.", content_type="text/plain")


def _csv(request: HttpRequest, alerts: QuerySet[Alert]) -> HttpResponseBase:
    content = csv.alines(alerts) if isinstance(request, ASGIRequest) else csv.lines(alerts)
    answer = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    # Compressed piece by piece it would be many gzip members, of which browsers read only the first.
    answer.headers["Content-Encoding"] = "identity"
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="alerts-{timezone.now():%Y%m%d-%H%M%S}.csv"'
    )
    return answer

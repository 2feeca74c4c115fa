"""Load tests in the admin: who put load on which machine, when, for how long, and what it proved."""

from __future__ import annotations

from django.contrib import admin
from django.utils import timezone

from monitor.admin.readonly import ReadOnly
from monitor.admin.times import to_the_second
from monitor.domain.quantities import span
from monitor.models import LoadTest


@admin.register(LoadTest)
class LoadTestAdmin(ReadOnly):
    """Who put load on which machine, when, for how long, and what it proved."""

    list_display = (
        to_the_second("requested_at"),
        "host",
        "kind",
        "state",
        "passed",
        "requested_by",
        "length",
        "workers",
        "report",
    )
    list_filter = ("state", "kind", "expects_alert", "passed", "host")
    list_select_related = ("host", "requested_by")
    date_hierarchy = "requested_at"

    @admin.display(description="how long", ordering="seconds")
    def length(self, row: LoadTest) -> str:
        """How long it ran, and how long it was meant to."""
        if row.started_at is None:
            return f"0 s of {span(row.seconds)}"
        ran = (row.ended_at or timezone.now()) - row.started_at
        return f"{span(ran.total_seconds())} of {span(row.seconds)}"

"""Load tests in the admin: who put load on which machine, when, for how long, and what it proved."""

from __future__ import annotations

from django.contrib import admin
from django.utils import timezone
from django.utils.text import Truncator

from monitor.admin.readonly import ReadOnly
from monitor.admin.times import to_the_second
from monitor.history.domain.age import age
from monitor.loadtests.models import LoadTest
from monitor.metrics.quantities import span

SHOWN_CHARACTERS = 240


@admin.register(LoadTest)
class LoadTestAdmin(ReadOnly):
    """Who put load on which machine, when, for how long, and what it proved."""

    list_display = (
        to_the_second("requested_at"),
        "host",
        "length",
        "outcome",
        "requested_by",
        "report_text",
    )
    list_filter = ("state", "kind", "expects_alert", "passed", "host")
    list_select_related = ("host", "requested_by")
    date_hierarchy = "requested_at"

    @admin.display(description="load", ordering="seconds")
    def length(self, row: LoadTest) -> str:
        """What it drove, how long it ran, and how long it was meant to."""
        what = f"{row.get_kind_display()} with {row.workers} worker{'' if row.workers == 1 else 's'}"
        if row.started_at is None:
            return f"{what}, 0 s of {span(row.seconds)}"
        ran = age(row.started_at, row.ended_at or timezone.now())
        told = "not known how much" if ran is None else span(ran)
        return f"{what}, {told} of {span(row.seconds)}"

    @admin.display(description="state", ordering="state")
    def outcome(self, row: LoadTest) -> str:
        """Its state, and of a drill whether it proved what it should."""
        verdict = {True: ", passed", False: ", not passed", None: ""}[row.passed]
        return f"{row.get_state_display()}{verdict}"

    @admin.display(description="report")
    def report_text(self, row: LoadTest) -> str:
        """The beginning of the report; all of it is on the page of the test."""
        return Truncator(row.report).chars(SHOWN_CHARACTERS)

"""Evidence and share links of an alert in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join

from monitor.admin.notifications import ReadOnlyInline
from monitor.admin.times import to_the_second
from monitor.alerts.models import Evidence
from monitor.alerts.sharelinks import ShareLink
from monitor.diagnosis.listing import Listing
from monitor.diagnosis.reader import read
from monitor.web.alerts import words

SHOWN = 5


class EvidenceInline(ReadOnlyInline):
    """The moments of an alert, each with its sentence and who was busiest; all of it is on the alert's own page."""

    model = Evidence
    fields = ("time", to_the_second("at"), "sentence", "busiest", "waiting")
    readonly_fields = fields
    verbose_name_plural = "evidence: who kept the machine busy"

    @admin.display(description="moment")
    def time(self, row: Evidence) -> str:
        """Which time it tells of, and what cannot be seen of that."""
        parts = (row.title, row.told_of, Listing(read(row.document)).hidden)
        return "; ".join(part for part in parts if part)

    @admin.display(description="busiest by CPU")
    def busiest(self, row: Evidence) -> str:
        """The first few processes by CPU."""
        found = Listing(read(row.document)).by_cpu[:SHOWN]
        told = [
            (one.name, one.pid, words.share(one.cpu_percent), f", {Listing.GONE}" if one.gone else "")
            for one in found
        ]
        return format_html_join("", "<div>{} ({}) {}{}</div>", told)

    @admin.display(description="waiting uninterruptibly")
    def waiting(self, row: Evidence) -> str:
        """The first few tasks that waited, with what they waited in."""
        told = [(one.name, one.waits_in or "not known") for one in read(row.document).blocked[:SHOWN]]
        return format_html_join("", "<div>{} in {}</div>", told)


class ShareLinkInline(ReadOnlyInline):
    """The links under which the alert was shared; the token is not stored, and revoking is done on the alert's own page."""

    model = ShareLink
    fields = (to_the_second("created_at"), "created_by", to_the_second("expires_at"), "standing")
    readonly_fields = fields

    @admin.display(description="state")
    def standing(self, row: ShareLink) -> str:
        """Whether it still leads to the alert."""
        if row.revoked_at is not None:
            return "revoked"
        return "expired" if row.expires_at <= timezone.now() else "valid"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShareLink]:
        """With who made it."""
        return super().get_queryset(request).select_related("created_by")

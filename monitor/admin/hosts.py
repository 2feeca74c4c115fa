"""Hosts in the admin: facts to read, and the way to let go of a host with all that is stored of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from monitor.admin.readonly import ReadOnly
from monitor.admin.times import to_the_second
from monitor.alerts.models import Alert
from monitor.history import freshness
from monitor.history.models import Sample
from monitor.hosts.models import Host
from monitor.loadtests.models import LoadTest
from monitor.metrics.quantities import number
from monitor.runtime import clock

GRACE_SECONDS = 60.0
RENAMED = to_the_second("renamed_at")
BOOTED, CREATED = to_the_second("booted_at"), to_the_second("created_at")
STARTED, STOPPED = to_the_second("sampler_started_at"), to_the_second("sampler_stopped_at")


@admin.register(Host)
class HostAdmin(ReadOnly):
    """The machines, as their samplers described them."""

    list_display = ("name", "cores", BOOTED, STARTED, "dashboard")
    fields = (
        "name", "renamed_from", RENAMED, "dashboard", "cores", "memory_reason", "interval", BOOTED, "boot_id", STARTED,
        STOPPED, CREATED,
    )  # fmt: skip
    readonly_fields = fields
    search_fields = ("name", "renamed_from")

    @admin.display(ordering="effective_cores")
    def cores(self, row: Host) -> str:
        """Effective cores, and why so many."""
        if row.effective_cores is None:
            return "unknown"
        return f"{number(row.effective_cores)} ({row.cores_reason})"

    @admin.display(description="dashboard")
    def dashboard(self, row: Host) -> str:
        """A link to its page."""
        return format_html('<a href="{}?{}">live</a>', reverse("dashboard"), urlencode({"host": row.name}))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A superuser may, unless its sampler is at work."""
        user = request.user
        return user.is_active and user.is_superuser and not (isinstance(obj, Host) and _is_sampled_now(obj))

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Count what goes with the hosts; Django's own would list every single sample."""
        going = list(objs)
        counts = {"hosts": len(going)}
        for model in (Sample, Alert, LoadTest):
            counts[str(model._meta.verbose_name_plural)] = model.objects.filter(host__in=going).count()
        busy = {f"{host} (its sampler is at work: stop it first)" for host in going if _is_sampled_now(host)}
        return [f"Host {host}, with all that is stored of it" for host in going], counts, busy, []


def _is_sampled_now(host: Host) -> bool:
    newest = freshness.newest(host)
    fresh = newest is not None and newest.is_fresh(clock.now_ms(), GRACE_SECONDS)
    return host.sampler_stopped_at is None and fresh

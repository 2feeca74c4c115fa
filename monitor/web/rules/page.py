"""Page of one rule, to be read: what it says, what it would have done, its last alerts."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from monitor.access.permissions import may_open_admin, readers_only
from monitor.alerts.models import Alert
from monitor.hosts import lookup
from monitor.metrics.times import moment
from monitor.rules.blind import blind
from monitor.rules.models import Rule
from monitor.runtime import clock
from monitor.web.alerts import summary, words
from monitor.web.ids import LARGEST_ID
from monitor.web.rules.panel import panel
from monitor.web.zones import reader_zone

LAST_ALERTS = 20


@require_safe
@readers_only
def rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """The page of the rule, its numbers tried on one host."""
    if rule_id > LARGEST_ID:
        raise Http404("There is no such rule.")
    row = get_object_or_404(Rule, pk=rule_id)
    now_ms = clock.now_ms()
    try:
        backtest = panel(row, request.GET.get("host"), now_ms)
    except lookup.UnknownHost as error:
        raise Http404(str(error)) from error
    may_edit = may_open_admin(request.user, "monitor.change_rule")
    zone = reader_zone(request)
    context = {
        "rule": row,
        "zone": str(zone),
        "backtest": backtest,
        "blind": _blind(row, backtest["data"]["host"]),
        "alerts": _alerts(row, now_ms),
        "edit_url": reverse("admin:monitor_rule_change", args=[row.pk]) if may_edit else "",
    }
    with timezone.override(zone):
        return render(request, "monitor/rules/rule.html", context)


def _blind(row: Rule, host_name: str | None) -> str:
    """Why the rule cannot be judged now on the host that is shown; "" where it can be."""
    host = lookup.named(host_name) if host_name else None
    return blind(host).get(row.name, "") if host else ""


class LastAlert(TypedDict):
    """One row of the table; resolved_at: its end where that was observed, unseen: where it was not."""

    id: int
    host: str
    fired_at: datetime
    resolved_at: datetime | None
    unseen: bool
    lasted: str
    peak: str
    is_test: bool


def _alerts(row: Rule, now_ms: int) -> list[LastAlert]:
    """The last alerts of the rule, newest first, on whichever host."""
    found = Alert.objects.filter(rule=row).select_related("host").order_by("-fired_at")[:LAST_ALERTS]
    return [
        {
            "id": alert.pk,
            "host": alert.host.name,
            "fired_at": alert.fired_at,
            "resolved_at": alert.resolved_at if alert.end_observed else None,
            "unseen": not alert.end_observed,
            "lasted": _lasted(alert, moment(now_ms)),
            "peak": words.amount(alert.peak, alert.unit),
            "is_test": alert.is_test,
        }
        for alert in found
    ]


def _lasted(alert: Alert, now: datetime) -> str:
    length = summary.lasted(alert, now)
    return f"{length}, open" if alert.resolved_at is None else length

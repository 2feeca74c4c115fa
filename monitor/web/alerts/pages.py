"""Pages of alerts, for readers: the list, each one, what moves on an open one, and its JSON to keep."""

from __future__ import annotations

from datetime import date
from typing import Any, TypedDict

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from monitor.access import permissions
from monitor.access.permissions import readers_only
from monitor.alerts import search
from monitor.alerts.actions import LONGEST_NOTE, SHARE_DAYS
from monitor.alerts.domain import calendar
from monitor.alerts.models import Alert
from monitor.metrics import json
from monitor.web.alerts import chart, detail, panel, query, summary
from monitor.web.alerts.calendar import YearCell
from monitor.web.alerts.query import STATES
from monitor.web.alerts.words import SEVERITY_WORDS
from monitor.web.ids import LARGEST_ID
from monitor.web.zones import reader_zone

PAGE = 50
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Calendar(TypedDict):
    """A year of alerts up to the day `last`: cells by weekday, its months, how many, and `of` what."""

    rows: list[tuple[str, list[YearCell | None]]]
    months: list[tuple[str, int]]
    total: int
    of: str
    last: date


@require_safe
@readers_only
def listing(request: HttpRequest) -> HttpResponse:
    """The alerts that the address asks for, newest first, below a calendar of the year."""
    zone, now = reader_zone(request), timezone.now()
    with timezone.override(zone):
        asked = query.read(request.GET, zone)
        found = [] if asked.problems else search.page(asked.wanted, PAGE + 1, asked.before)
        shown = found[:PAGE]
        older = asked.address(before=str(shown[-1].pk)) if len(found) > PAGE else ""
        context = {
            "asked": asked,
            "rows": [summary.summary(row, now) for row in shown],
            "older": older,
            "newest": asked.address() if asked.before is not None else "",
            "count": _counted(asked, None if asked.before or older else len(shown)),
            "is_empty": not shown and not Alert.objects.exists(),
            "calendar": _calendar(asked, now.astimezone(zone).date()),
            "choices": {"state": STATES, "severity": SEVERITY_WORDS, **search.choices()},
            "list_admin_url": reverse("admin:monitor_alert_changelist") if _may_browse(request.user) else "",
            "longest_text": search.LONGEST_TEXT,
            "zone": str(zone),
        }  # fmt: skip
        return render(request, "monitor/alerts/alerts.html", context, status=400 if asked.problems else 200)


@require_safe
@readers_only
def page(request: HttpRequest, alert_id: int) -> HttpResponse:
    """All that is known of one alert."""
    return render_page(request, find_alert(alert_id))


@require_safe
@readers_only
def parts(request: HttpRequest, alert_id: int) -> HttpResponse:
    """What moves on the page of an open alert, as the page itself renders it."""
    alert = find_alert(alert_id)
    with timezone.override(reader_zone(request)):
        context = {**panel.parts(alert, detail.sight_of(request.user), timezone.now())}
        return render(request, "monitor/alerts/parts.html", context)


@require_safe
@readers_only
def export(request: HttpRequest, alert_id: int) -> HttpResponse:
    """The alert with everything that the reader may see of it, as a JSON file."""
    alert = find_alert(alert_id)
    text = json.encode(detail.detail(alert, detail.sight_of(request.user)))
    answer = HttpResponse(text, content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="alert-{alert.pk}.json"'
    return answer


def find_alert(alert_id: int) -> Alert:
    """The alert of an address; Http404 with a sentence where there is none."""
    found = detail.find(alert_id) if alert_id <= LARGEST_ID else None
    if found is None:
        raise Http404(f"There is no alert {alert_id}.")
    return found


def render_page(request: HttpRequest, alert: Alert, status: int = 200, **more: Any) -> HttpResponse:
    """The page of `alert`; `more` tells what a form led to: problem, form, note, link."""
    user, now, zone = request.user, timezone.now(), reader_zone(request)
    rule = alert.rule
    with timezone.override(zone):
        context = {
            **panel.parts(alert, detail.sight_of(user), now),
            "page": chart.chart(alert, now, live=True),
            "may_act": permissions.may_acknowledge(user),
            "links": panel.links(alert, now) if permissions.may_acknowledge(user) else [],
            "share_days": SHARE_DAYS,
            "longest_note": LONGEST_NOTE,
            "rule_url": reverse("rule", args=[rule.pk]) if rule else "",
            "admin_url": reverse("admin:monitor_alert_change", args=[alert.pk]) if _may_browse(user) else "",
            "zone": str(zone),
        }
        return render(request, "monitor/alerts/alert.html", context | more, status=status)


def _may_browse(user: Any) -> bool:
    return permissions.may_open_admin(user, "monitor.view_alert")


def _counted(asked: query.Asked, known: int | None) -> str:
    if asked.problems:
        return ""
    count, is_more = search.count(asked.wanted) if known is None else (known, False)
    if is_more:
        return f"More than {count} alerts"
    return "1 alert" if count == 1 else f"{count} alerts"


def _calendar(asked: query.Asked, last: date) -> Calendar:
    year = search.year(asked.wanted, last, timezone.get_current_timezone())
    rows = zip(WEEKDAYS, year.grid(), strict=True)
    chosen = asked.given["since"] if asked.given["since"] == asked.given["until"] else ""
    kept = (asked.given[name] for name in ("host", "rule", "severity"))
    return Calendar(
        rows=[(name, [_cell(asked, day, chosen) for day in days]) for name, days in rows],
        months=year.months(),
        total=year.total,
        of=", ".join(text for text in kept if text),
        last=last,
    )


def _cell(asked: query.Asked, day: calendar.Day | None, chosen: str) -> YearCell | None:
    if day is None:
        return None
    name = day.date.isoformat()
    return YearCell(
        name, day.level, day.worst, day.words, asked.address(since="", until="", day=name), name == chosen
    )

"""Search of alerts: filtered, page by page, and counted by the day; fast with a hundred thousand of them.

Nothing here writes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Any

from django.core.cache import cache
from django.db.models import Case, Count, F, Func, IntegerField, Q, QuerySet, Value, When

from monitor.alerts.domain import calendar
from monitor.alerts.domain.calendar import Year
from monitor.alerts.models import Alert, Transition
from monitor.hosts.models import Host
from monitor.metrics.text import is_storable

LONGEST_TEXT = 200
COUNTED = 1000
CALENDAR_SECONDS = 60
DAY_SECONDS = 86_400
RULES_KEY = "rules-that-fired"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which alerts; "" and None mean any. since and until bound fired_at, until itself excluded; text is found literally."""

    state: str = ""
    severity: str = ""
    host: str = ""
    rule: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def is_any(self) -> bool:
        """Whether nothing is left out."""
        return self == Filter()


class EpochSeconds(Func):
    """Whole seconds since the epoch; told by the database itself."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """With SQLite's own strftime, a tenth of the time of Django's functions."""
        template = "CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Without the fraction."""
        template = "CAST(FLOOR(EXTRACT(EPOCH FROM %(expressions)s)) AS bigint)"
        return self.as_sql(compiler, connection, template=template, **extra)


def page(wanted: Filter, limit: int, before: int | None = None) -> list[Alert]:
    """Up to `limit` alerts with host, rule and people, newest first; before: id of the last alert of the page before."""
    rows = matching(wanted)
    if before is not None:
        rows = rows.filter(_after(before))
    return list(rows.select_related("host", "rule", "acknowledged_by").order_by("-fired_at", "-id")[:limit])


def count(wanted: Filter) -> tuple[int, bool]:
    """How many alerts match, and whether there are more than that: counting ends at 1,000."""
    found = matching(wanted)[: COUNTED + 1].count()
    return min(found, COUNTED), found > COUNTED


def matching(wanted: Filter) -> QuerySet[Alert]:
    """The alerts that `wanted` leaves."""
    rows = Alert.objects.all()
    if wanted.state == "open":
        # By their few ids: the order of the list would walk through all that are over.
        rows = rows.filter(pk__in=list(rows.filter(resolved_at=None).order_by().values_list("pk", flat=True)))
    if wanted.state == "resolved":
        rows = rows.filter(resolved_at__isnull=False)
    if wanted.severity:
        rows = rows.filter(worst_severity=wanted.severity)
    if wanted.host:
        rows = rows.filter(host__in=list(Host.objects.filter(name=wanted.host).values_list("pk", flat=True)))
    if wanted.rule:
        rows = rows.filter(rule_name=wanted.rule)
    if wanted.since:
        rows = rows.filter(fired_at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(fired_at__lt=wanted.until)
    return rows.filter(_says(wanted.text)) if wanted.text else rows


def year(wanted: Filter, last: date, zone: tzinfo) -> Year:
    """The 365 days that end with `last`, counted by host, rule and severity of `wanted` alone; up to a minute old."""
    kept = replace(wanted, state="", text="", since=None, until=None)
    name = repr((kept.host, kept.rule, kept.severity, last, str(zone)))
    key = f"alerts-of-the-year-{hashlib.sha256(name.encode()).hexdigest()}"
    found: Year | None = cache.get(key)
    if found is None:
        found = _counted(kept, last, zone)
        cache.set(key, found, CALENDAR_SECONDS)
    return found


def choices() -> dict[str, list[str]]:
    """What there is to filter by: the names of every host and of every rule that ever fired."""
    return {"host": list(Host.objects.order_by("name").values_list("name", flat=True)), "rule": _rules()}


def _rules() -> list[str]:
    """The names of every rule that ever fired, those of deleted ones too; up to a minute old."""
    found: list[str] | None = cache.get(RULES_KEY)
    if found is None:
        names = Alert.objects.order_by("rule_name").values_list("rule_name", flat=True).distinct()
        found = list(names)
        cache.set(RULES_KEY, found, CALENDAR_SECONDS)
    return found


def is_searchable(text: str) -> bool:
    """Whether `text` can be looked for."""
    return len(text) <= LONGEST_TEXT and is_storable(text)


def _counted(wanted: Filter, last: date, zone: tzinfo) -> Year:
    """One query: the day is worked out by the database, with the offset that the zone had at that time."""
    since = datetime.combine(calendar.first(last), datetime.min.time(), zone)
    *changes, (_, present) = calendar.offsets(last, zone)
    offset = Case(
        *(When(epoch__lt=until, then=Value(seconds)) for until, seconds in changes),
        default=Value(present),
        output_field=IntegerField(),
    )
    rows = matching(replace(wanted, since=since)).order_by().annotate(epoch=EpochSeconds(F("fired_at")))
    numbered = rows.annotate(day=(F("epoch") + offset) / DAY_SECONDS)
    return calendar.year(numbered.values_list("day", "worst_severity").annotate(count=Count("id")), last)


def _after(before: int) -> Q:
    """What comes behind the alert with the id `before` in the order of the list."""
    fired_at = Alert.objects.filter(pk=before).values_list("fired_at", flat=True).first()
    if fired_at is None:
        return Q(pk__lt=before)
    return Q(fired_at__lte=fired_at) & (Q(fired_at__lt=fired_at) | Q(pk__lt=before))


def _says(text: str) -> Q:
    """Where rule, host, explanation or a note of a person holds `text`."""
    hosts = list(Host.objects.filter(name__icontains=text).values_list("pk", flat=True))
    named = [name for name in _rules() if text.casefold() in name.casefold()]
    noted = Transition.objects.filter(value=None, note__icontains=text).values_list("alert", flat=True)
    found = Q(explanation__icontains=text) | Q(pk__in=list(noted))
    return found | Q(rule_name__in=named) | Q(host__in=hosts)

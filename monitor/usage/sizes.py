"""Sizes of usage: what its tables take on disk, and what they will take, for the page on storage."""

from __future__ import annotations

from collections.abc import Callable

from django.db import models

from monitor.history import retention
from monitor.history.storage import Beside, Size
from monitor.hosts.models import Host
from monitor.usage.domain.tiers import KEPT_WITH, MINUTE_MS, TIERS
from monitor.usage.models import Consumer, Part, PartUsage, Usage, UsageBucket

DAY_MINUTES = 1440
TABLES: dict[str, tuple[type[models.Model], ...]] = {
    "Usage by consumer": (Usage, UsageBucket, Consumer),
    "Usage by part": (PartUsage, Part),
}
"""By what the page calls them; the first one of each has the rows."""


def look(measure: Callable[[type[models.Model]], Size]) -> list[Beside]:
    """Measure each kind of usage, all its tiers together."""
    return [_beside(name, tables, measure) for name, tables in TABLES.items()]


def _beside(
    name: str, tables: tuple[type[models.Model], ...], measure: Callable[[type[models.Model]], Size]
) -> Beside:
    sizes = [measure(table) for table in tables]
    size = Size(sizes[0].rows, sum(one.bytes for one in sizes), sizes[0].exact)
    width = size.bytes / size.rows if size.rows else 0.0
    hosts = list(Host.objects.all())
    a_day = {tier: sum(_rows_of_a_day(tables[0], host, tier) for host in hosts) * width for tier in TIERS}
    full = sum(each * retention.kept_ms(KEPT_WITH[tier]) / MINUTE_MS for tier, each in a_day.items())
    starts = [
        start for host in hosts for tier in TIERS if (start := _first(tables[0], host, tier)) is not None
    ]
    oldest_ms = min(starts) * MINUTE_MS if starts else None
    return Beside(name, size, oldest_ms, sum(a_day.values()), full / DAY_MINUTES)


def _first(table: type[models.Model], host: Host, tier: int, order: str = "start") -> int | None:
    rows = table._default_manager.filter(host=host, tier=tier).order_by(order)
    return rows.values_list("start", flat=True).first()


def _rows_of_a_day(table: type[models.Model], host: Host, tier: int) -> float:
    """Rows that a day brings at the pace of the newest one, of a shorter past at its pace."""
    first, last = _first(table, host, tier), _first(table, host, tier, "-start")
    if first is None or last is None:
        return 0.0
    length = min(DAY_MINUTES, last + tier - first)
    count = table._default_manager.filter(host=host, tier=tier, start__gt=last + tier - 1 - length).count()
    return count * DAY_MINUTES / length

"""Retention: each tier is kept within its time, and all of the history within the size; the oldest goes first."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from monitor.history import arrivals, freshness
from monitor.history.domain import tiers
from monitor.history.models import RollupProgress, Sample
from monitor.history.rollups import TABLES
from monitor.hosts.models import Host

logger = logging.getLogger(__name__)

BATCH = 500
BATCH_OF_ROLLUPS = 100  # each row is as wide as four samples
FEW_ROWS = 100
PAGES_A_STEP = 64
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
LEFT_ALONE_MS = HOUR_MS // 6
TIERS = (0, *tiers.RESOLUTIONS)
COARSER = dict(pairwise(TIERS))  # tier -> the one that is rolled up from it
LEAST_MS = {0: HOUR_MS, tiers.MINUTE: DAY_MS, tiers.QUARTER: 7 * DAY_MS, tiers.HOUR: 30 * DAY_MS}


@dataclass(frozen=True, slots=True)
class Pruned:
    """What one step removed: rows, and whether the size limit, not the age, made it necessary."""

    rows: int
    over_limit: bool


def kept_ms(resolution: int) -> int:
    """How long a tier is kept; 0 is the samples themselves."""
    hours = {
        0: settings.LOADMON_RAW_HOURS,
        tiers.MINUTE: settings.LOADMON_MINUTE_DAYS * 24,
        tiers.QUARTER: settings.LOADMON_QUARTER_DAYS * 24,
        tiers.HOUR: settings.LOADMON_HOUR_DAYS * 24,
    }
    return round(hours[resolution] * HOUR_MS)


def prune(host: Host, now_ms: int, left: Host | None = None) -> Pruned:
    """Delete up to a batch of each tier that is too old, and of the finest that the size limit allows to go.

    left: another host, whose own sampler runs no more: its history grows old all the same.
    """
    hosts = [host] if left is None else [host, left]
    rows = sum(_delete_before(one, tier, now_ms - kept_ms(tier)) for one in hosts for tier in TIERS)
    over = database_bytes() > settings.LOADMON_MAX_DATABASE_SIZE * 1_000_000
    if over:
        rows += _shorten([host, *left_alone(host, now_ms)], now_ms)
    if rows <= FEW_ROWS:  # one kind of work at a time, so that no step is long
        _give_pages_back()
    return Pruned(rows, over)


def left_alone(host: Host, now_ms: int) -> list[Host]:
    """The hosts beside `host` that nothing has sampled of late: renamed, imported or made up ones."""
    others = list(Host.objects.exclude(pk=host.pk).order_by("pk"))
    newest = freshness.newest_of(others)
    return [
        one for one in others if one.pk not in newest or newest[one.pk].taken_at_ms < now_ms - LEFT_ALONE_MS
    ]


def can_shorten() -> bool:
    """Whether the size limit is kept: only where deleted rows make a database smaller at once."""
    return connection.vendor == "sqlite"


def database_bytes() -> int:
    """Bytes of the database that hold anything: pages that were freed count no more. 0 where it cannot be told cheaply."""
    if not can_shorten():
        return 0
    with connection.cursor() as cursor:
        pages, free, size = (
            int(cursor.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("page_count", "freelist_count", "page_size")
        )
    return (pages - free) * size


def _shorten(hosts: Sequence[Host], now_ms: int) -> int:
    """Delete a batch of the oldest of the finest tier that is longer than its least; return how many rows went."""
    for tier in TIERS:
        end_ms = now_ms - LEAST_MS[tier]
        known = [(oldest, host) for host in hosts if (oldest := oldest_ms(host, tier)) is not None]
        for _, host in sorted(known, key=lambda one: one[0]):
            deleted = _delete_before(host, tier, end_ms)
            if deleted:
                return deleted
    return 0


def oldest_ms(host: Host, tier: int) -> int | None:
    """The time of the oldest row of a tier."""
    field = "start_ms" if tier else "taken_at_ms"
    return _rows(tier).filter(host=host).order_by(field).values_list(field, flat=True).first()


def _delete_before(host: Host, tier: int, end_ms: int) -> int:
    """Delete up to a batch of the oldest rows before `end_ms` that the next tier has taken in."""
    if (oldest_ms(host, tier) or end_ms) >= end_ms:  # nearly always
        return 0
    coarser = COARSER.get(tier)
    progress = None
    if coarser is not None:
        progress = RollupProgress.objects.filter(host=host, resolution=coarser).first()
        end_ms = min(end_ms, progress.pending_from_ms if progress else 0)
        if tier == 0 and progress:
            end_ms = min(end_ms, _unseen_ms(host, progress.seen_id, end_ms))
    field = "start_ms" if tier else "taken_at_ms"
    old = _rows(tier).filter(host=host, **{f"{field}__lt": end_ms}).order_by(field)
    found = list(old.values_list("pk", field)[: BATCH_OF_ROLLUPS if tier else BATCH])
    if not found:
        return 0
    with transaction.atomic():
        deleted, _ = _rows(tier).filter(pk__in=[pk for pk, _ in found]).delete()
        if progress is not None:
            progress.pruned_until_ms = max(progress.pruned_until_ms, found[-1][1] + 1)
            progress.save()
    return deleted


def _unseen_ms(host: Host, seen_id: int, otherwise: int) -> int:
    """The time of the oldest sample that came late, or was imported, and is not rolled up yet."""
    new = arrivals.since(host, seen_id)
    return otherwise if new is None else new[0]


def _rows(tier: int) -> QuerySet[Any]:
    return TABLES[tier]._default_manager.all() if tier else Sample.objects.all()


def _give_pages_back() -> None:
    """Shrink the file a little where freed pages wait; never a VACUUM, which would stop everybody."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        if int(cursor.execute("PRAGMA freelist_count").fetchone()[0]) > PAGES_A_STEP:
            cursor.execute(f"PRAGMA incremental_vacuum({PAGES_A_STEP})").fetchall()

"""Retention: each tier is kept within its time; what grew old goes, the oldest first, paid for by time that passed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Greatest

from monitor.history import arrivals, freshness, passing
from monitor.history.domain import tiers
from monitor.history.models import Passing, RollupProgress, Sample
from monitor.history.rollups import TABLES
from monitor.hosts.models import Host

BATCH = 500
BATCH_OF_ROLLUPS = 100  # each row is as wide as four samples
HOUR_MS = 3_600_000
TIERS = (0, *tiers.RESOLUTIONS)
COARSER = dict(pairwise(TIERS))  # tier -> the one that is rolled up from it


def kept_ms(resolution: int) -> int:
    """How long a tier is kept; 0 is the samples themselves."""
    hours = {
        0: settings.LOADMON_RAW_HOURS,
        tiers.MINUTE: settings.LOADMON_MINUTE_DAYS * 24,
        tiers.QUARTER: settings.LOADMON_QUARTER_DAYS * 24,
        tiers.HOUR: settings.LOADMON_HOUR_DAYS * 24,
    }
    return round(hours[resolution] * HOUR_MS)


def prune(passed: Passing, now_ms: int) -> int:
    """Delete up to a batch of each tier of a host that is too old, as far as time has passed for it; the rows that went."""
    return sum(_prune_tier(passed, tier, now_ms) for tier in TIERS)


def oldest_ms(host: Host, tier: int) -> int | None:
    """The time of the oldest row of a tier."""
    field = time_of(tier)
    return rows_of(tier).filter(host=host).order_by(field).values_list(field, flat=True).first()


def whole_from(tier: int, oldest_ms: int, pruned_until_ms: int) -> int:
    """The first whole bucket of the next tier of which nothing was pruned, as far as rows go back.

    Older rows are single ones that were stored later: by a clock that was wrong, or by import.
    """
    return max(oldest_ms, tiers.bucket_after(pruned_until_ms, COARSER[tier]) if tier in COARSER else 0)


def rolled_up(host: Host, tier: int) -> QuerySet[Any]:
    """The rows of a tier that the next one has taken in; all of the last tier."""
    found = rows_of(tier).filter(host=host)
    if tier not in COARSER:
        return found
    progress = RollupProgress.objects.filter(host=host, resolution=COARSER[tier]).first()
    if progress is None:
        return found.none()
    found = found.filter(**{f"{time_of(tier)}__lt": progress.pending_from_ms})
    new = arrivals.times_since(host, progress.seen_id) if tier == 0 else None
    if new is None:
        return found
    first_ms, last_ms = (tiers.bucket_of(at_ms, tiers.MINUTE) for at_ms in new)
    # what came late is not taken in yet, and its minutes will be computed again
    return found.filter(pk__lte=progress.seen_id).exclude(
        taken_at_ms__range=(first_ms, last_ms + tiers.MINUTE * 1000 - 1)
    )


def delete(
    host: Host, tier: int, found: list[tuple[int, int]], paid: tuple[Passing, int] | None = None
) -> int:
    """Delete rows of a tier, (id, time in ms) each, in one transaction with what is `paid` for them; return how many."""
    if not found:
        return 0
    newest_ms = _newest_ms(host)
    last_ms = max((at_ms + 1 for _, at_ms in found if at_ms <= newest_ms), default=0)
    with transaction.atomic():
        deleted, _ = rows_of(tier).filter(pk__in=[pk for pk, _ in found]).delete()
        if tier in COARSER:
            progress = RollupProgress.objects.filter(host=host, resolution=COARSER[tier])
            progress.update(pruned_until_ms=Greatest("pruned_until_ms", last_ms))
        if paid is not None:
            passing.spend(paid[0], tier, paid[1])
    return deleted


def rows_of(tier: int) -> QuerySet[Any]:
    """All rows of a tier, of every host."""
    return TABLES[tier]._default_manager.all() if tier else Sample.objects.all()


def time_of(tier: int) -> str:
    """The field of a tier's rows that says when."""
    return "start_ms" if tier else "taken_at_ms"


def _newest_ms(host: Host) -> int:
    """When the newest sample was taken: what lies after it was told by a clock that has been set back since."""
    newest = freshness.newest(host)
    return 0 if newest is None else newest.taken_at_ms


def _prune_tier(passed: Passing, tier: int, now_ms: int) -> int:
    host, end_ms = passed.host, now_ms - kept_ms(tier)
    if passing.credit(passed, tier) <= 0 or (oldest_ms(host, tier) or end_ms) >= end_ms:  # nearly always
        return 0
    field = time_of(tier)
    old = rolled_up(host, tier).filter(**{f"{field}__lt": end_ms}).order_by(field)
    young = rows_of(tier).filter(host=host, **{f"{field}__range": (end_ms, now_ms)}).order_by(field)
    first = young.values_list("pk", flat=True).first()
    if first is not None:  # what was stored after it only seems old: the clock was wrong, or it was imported
        old = old.filter(pk__lt=first)
    found = old.values_list("pk", field, "weight" if tier else "covered_ms")
    going, spent = _affordable(host, tier, list(found[: BATCH_OF_ROLLUPS if tier else BATCH]), passed)
    return delete(host, tier, going, (passed, spent))


def _affordable(
    host: Host, tier: int, found: list[tuple[int, int, int]], passed: Passing
) -> tuple[list[tuple[int, int]], int]:
    """As many of the oldest rows as the credit pays for, and what they cost: the time that they cover.

    A row costs something even where it covers nothing, and never more than its tier's length.
    """
    length = tier * 1000 or round(host.interval * 1000)
    least, most = (length // 60, length) if tier else (length, 10 * length)
    credit, spent, going = passing.credit(passed, tier), 0, []
    for pk, at_ms, covers_ms in found:
        price = min(max(covers_ms, least), most)
        if spent + price > credit:
            break
        spent += price
        going.append((pk, at_ms))
    return going, spent

"""Retention of usage: each tier goes with a tier of the samples, so that it is paid for by the same time that passed.

What the size limit takes from the samples takes the usage of that time with it, too.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from monitor.database import turns
from monitor.history import progress, retention
from monitor.history.models import Sample
from monitor.hosts.models import Host
from monitor.metrics.times import LATEST_MS
from monitor.usage.domain.tiers import KEPT_WITH, MINUTE, MINUTE_MS, TIERS
from monitor.usage.models import Consumer, Part, PartUsage, Usage, UsageBucket

BUCKETS_A_STEP = 100
AHEAD_MINUTES = 1440
"""So far ahead of the newest sample usage may lie that has no samples of its time; further it was made by hand."""


def prune(host: Host, most: int | None = None) -> int:
    """Delete up to `most` buckets of each tier of which the samples are gone; return how many went.

    A minute stays until the coarser tiers hold it.
    """
    return sum(_prune_tier(host, tier, most or BUCKETS_A_STEP) for tier in TIERS)


def empty(host: Host, most: int = BUCKETS_A_STEP) -> None:
    """Delete all usage of a host that is let go of, in short turns beside which others come to write."""
    for table in (UsageBucket, Usage, PartUsage):
        for tier in TIERS:
            while starts := _first(table._default_manager.filter(host=host, tier=tier), most):
                with turns.short_turn():
                    _delete(host, tier, starts)
    for names in (Consumer, Part):
        rows = names._default_manager.filter(host=host)
        while keys := list(rows.values_list("pk", flat=True)[: turns.ROWS_A_TURN]):
            with turns.short_turn():
                rows.filter(pk__in=keys).delete()


def _prune_tier(host: Host, tier: int, most: int) -> int:
    old = Q(start__lte=_gone_before_ms(host, tier) // MINUTE_MS - tier)
    ahead = Q(start__gt=_newest_ms(host, tier) // MINUTE_MS + AHEAD_MINUTES)
    starts: set[int] = set()
    for table in (UsageBucket, PartUsage):
        rows: QuerySet[Any] = table._default_manager.filter(host=host, tier=tier)
        for some in (rows.filter(old), rows.filter(ahead)):
            if some.exists():  # nearly never
                settled = some.filter(is_taken=True) if table is UsageBucket and tier == MINUTE else some
                starts |= {*_first(_without_samples(settled, host, tier), most)}
    if tier == MINUTE:
        waiting = UsageBucket.objects.filter(host=host, tier=tier, start__in=starts, is_taken=False)
        starts -= set(waiting.values_list("start", flat=True))
    if not starts:
        return 0
    with transaction.atomic():
        _delete(host, tier, starts)
    return len(starts)


def _newest_ms(host: Host, tier: int) -> int:
    """The latest time of which there are samples; without any the latest that can be."""
    samples = Sample.objects.filter(host=host).aggregate(at=Max("taken_at_ms"))["at"]
    buckets = retention.rows_of(KEPT_WITH[tier]).filter(host=host).aggregate(at=Max("start_ms"))["at"]
    return max((at for at in (samples, buckets) if at is not None), default=LATEST_MS)


def _gone_before_ms(host: Host, tier: int) -> int:
    """Before this time the samples are gone that a tier of usage is kept with, but for single ones that came later."""
    of = KEPT_WITH[tier]
    oldest_ms, own = retention.oldest_ms(host, of), progress.of(host, of)
    if oldest_ms is None and own is None:
        has_samples = Sample.objects.filter(host=host).exists()
        return 0 if has_samples else _own_end_ms(host, tier) - retention.kept_ms(of)
    if oldest_ms is None and own is not None:
        return own.pending_from_ms  # all of it is gone
    after = progress.of(host, retention.COARSER[of]) if of in retention.COARSER else None
    return max(oldest_ms or 0, after.pruned_until_ms if after else 0)


def _own_end_ms(host: Host, tier: int) -> int:
    """When the newest bucket of a tier begins: all that tells the age of usage where there are no samples."""
    newest = UsageBucket.objects.filter(host=host, tier=tier).order_by("-start")
    return MINUTE_MS * (newest.values_list("start", flat=True).first() or 0)


def _without_samples(found: QuerySet[Any], host: Host, tier: int) -> QuerySet[Any]:
    samples = retention.rows_of(KEPT_WITH[tier]).filter(
        host=host,
        start_ms__gte=OuterRef("start") * MINUTE_MS,
        start_ms__lt=(OuterRef("start") + tier) * MINUTE_MS,
    )
    return found.filter(~Exists(samples))


def _first(found: QuerySet[Any], most: int) -> list[int]:
    return list(found.order_by("start").values_list("start", flat=True).distinct()[:most])


def _delete(host: Host, tier: int, starts: Collection[int]) -> None:
    for table in (Usage, UsageBucket, PartUsage):
        table._default_manager.filter(host=host, tier=tier, start__in=starts).delete()

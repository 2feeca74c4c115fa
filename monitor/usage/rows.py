"""Rows of usage: how a bucket grows, is thinned and becomes part of coarser ones. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from monitor.hosts.models import Host
from monitor.metrics.usage import HIGHEST, Used
from monitor.usage import adding
from monitor.usage.domain.thinning import thinned
from monitor.usage.domain.tiers import COARSER, MINUTE, start_of
from monitor.usage.models import NAMED, SUMS, Usage, UsageBucket

BUCKET_KEY = ("host_id", "tier", "start")
KEY = (*BUCKET_KEY, "consumer_id")


def add_used(rows: Sequence[Sequence[Any]]) -> None:
    """Add rows of KEY and then of what was used."""
    adding.add(Usage, KEY, Used._fields, HIGHEST, rows)


def add_buckets(rows: Sequence[Sequence[Any]], is_taken: bool) -> None:
    """Add rows of BUCKET_KEY, SUMS, and then of what the others used; is_taken: of those that are new."""
    adding.add(UsageBucket, BUCKET_KEY, (*SUMS, *Used._fields), HIGHEST, rows, {"is_taken": is_taken})


def is_taken(host: Host, tier: int, start: int) -> bool:
    """Whether a bucket is done."""
    return UsageBucket.objects.filter(host=host, tier=tier, start=start, is_taken=True).exists()


def reopen(host: Host, minute: int) -> None:
    """Let the coarser buckets of a minute be thinned again where they were: they have grown since."""
    for tier in COARSER:
        place = UsageBucket.objects.filter(host=host, tier=tier, start=start_of(minute, tier))
        place.filter(is_taken=True).update(is_taken=False)


def take(host: Host, minute: int) -> bool:
    """Add a minute that is over to the coarser tiers, once, and thin it; whether that was still to be done."""
    place = UsageBucket.objects.filter(host=host, tier=MINUTE, start=minute)
    if not place.filter(is_taken=False).update(is_taken=True):
        return False
    thin(host, MINUTE, minute)
    used = Usage.objects.filter(host=host, tier=MINUTE, start=minute)
    found = list(used.values_list("consumer_id", *Used._fields))
    sums = place.values_list(*SUMS, *Used._fields).get()
    for tier in COARSER:
        start = start_of(minute, tier)
        add_buckets([(host.pk, tier, start, *sums)], is_taken=False)
        add_used([(host.pk, tier, start, *row) for row in found])
    reopen(host, minute)
    return True


def close(host: Host, tier: int, start: int) -> None:
    """Thin a bucket of a coarser tier that is over."""
    thin(host, tier, start)
    UsageBucket.objects.filter(host=host, tier=tier, start=start).update(is_taken=True)


def clear(host: Host, tier: int, start: int) -> None:
    """Let go of a bucket."""
    for table in (Usage, UsageBucket):
        table._default_manager.filter(host=host, tier=tier, start=start).delete()


def thin(host: Host, tier: int, start: int) -> None:
    """Let the heaviest consumers of a bucket keep their rows; what all others used is added to its others."""
    rows = Usage.objects.filter(host=host, tier=tier, start=start)
    by_name = rows.order_by(*NAMED).values_list("consumer_id", *Used._fields)
    used = {key: Used(*one) for key, *one in by_name}
    kept, others = thinned(used)
    if len(kept) == len(used):
        return
    rows.filter(consumer_id__in=used.keys() - kept.keys()).delete()
    add_buckets([(host.pk, tier, start, 0, 0, 0, *others)], is_taken=False)

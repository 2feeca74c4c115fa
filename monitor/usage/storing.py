"""Storing of usage: the account of a span of time goes into the minute of its middle, in the transaction of its sample."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from monitor.hosts.models import Host
from monitor.metrics.usage import Account, Consumer, Used, merged
from monitor.usage import rows
from monitor.usage.dictionary import Dictionary
from monitor.usage.domain.thinning import thinned
from monitor.usage.domain.tiers import COARSER, MINUTE, MINUTE_MS, TIERS, Bucket, start_of
from monitor.usage.models import UsageBucket


class Ledger:
    """Usage of one host as it comes in; for one thread only. growing: the minute that was added to last, None before."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.names = Dictionary(host)
        self.growing: int | None = None

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Around a transaction: what was entered in it is forgotten where it fails."""
        try:
            yield
        except BaseException:
            self.names.forget()
            raise

    def add(self, account: Account) -> None:
        """Add what was used in one span of time; belongs into a transaction.

        What comes late, for a minute that the coarser tiers hold already, is added to them as well.
        """
        minute = account.middle_ms // MINUTE_MS
        if minute != self.growing:
            self.names.forget()  # some may have gone
        keys = self.names.keys_of(account.used, minute)
        used, others = _by_key(account.used, keys, account.others)
        sums = (account.covered_ms, account.machine_cpu_ms, account.not_seen_ms)
        rows.add_buckets([(self.host.pk, MINUTE, minute, *sums, *others)], is_taken=False)
        tiers = (MINUTE, *COARSER) if rows.is_taken(self.host, MINUTE, minute) else (MINUTE,)
        for tier in tiers:
            place = (self.host.pk, tier, start_of(minute, tier))
            rows.add_used([(*place, key, *one) for key, one in used.items()])
            if tier != MINUTE:
                rows.add_buckets([(*place, *sums, *others)], is_taken=False)
        if len(tiers) > 1:
            rows.thin(self.host, MINUTE, minute)
            rows.reopen(self.host, minute)
        self.growing = minute


def add(host: Host, account: Account) -> None:
    """Add what was used in one span of time; belongs into a transaction."""
    Ledger(host).add(account)


def put(host: Host, buckets: Sequence[Bucket]) -> None:
    """Add whole buckets of any tiers, `thin` ones; belongs into a transaction.

    Each tier is as it is given: what is put into a minute goes into no coarser tier by itself.
    """
    keys = Dictionary(host).enter(consumer for bucket in buckets for consumer in bucket.used)
    found = [(one, *_by_key(one.used, keys, one.others)) for one in buckets]
    for is_taken in (True, False):
        rows.add_buckets(
            [
                (host.pk, one.tier, one.start, one.covered_ms, one.machine_cpu_ms, one.not_seen_ms, *others)
                for one, _, others in found
                if one.is_taken == is_taken
            ],
            is_taken,
        )
    rows.add_used(
        [(host.pk, one.tier, one.start, key, *each) for one, used, _ in found for key, each in used.items()]
    )


def keep_fuller(host: Host, buckets: Sequence[Bucket]) -> int:
    """Store whole buckets that are not there, or of which less time is told; return how many. Belongs into a transaction.

    So what is stored twice is there once, and the later state of a bucket that grew takes the place of the earlier one. A
    minute that the coarser tiers hold, here or where it comes from, is never added to them again.
    """
    fuller = {
        (one.tier, one.start): one for one in sorted(buckets, key=lambda one: (one.covered_ms, one.is_taken))
    }
    for tier in TIERS:
        starts = [start for length, start in fuller if length == tier]
        there = UsageBucket.objects.filter(host=host, tier=tier, start__in=starts)
        for start, covered_ms, is_taken in list(there.values_list("start", "covered_ms", "is_taken")):
            one = fuller[tier, start]
            is_new = one.is_taken and not is_taken and tier == MINUTE
            if one.covered_ms < covered_ms or (one.covered_ms == covered_ms and not is_new):
                del fuller[tier, start]
            else:
                fuller[tier, start] = replace(one, is_taken=one.is_taken or is_taken)
                rows.clear(host, tier, start)
    put(host, [thin(one) for one in fuller.values()])
    return len(fuller)


def thin(bucket: Bucket) -> Bucket:
    """The bucket as it is kept: who used little in it is told among its others."""
    kept, others = thinned(bucket.used)
    return replace(bucket, used=kept, others=merged([bucket.others, others]))


def _by_key(
    used: Mapping[Consumer, Used], keys: Mapping[Consumer, int], others: Used
) -> tuple[dict[int, Used], Used]:
    """What was used by the keys of those that have one, and what all others used."""
    found: dict[int, list[Used]] = {}
    for consumer, one in used.items():
        if consumer in keys:
            found.setdefault(keys[consumer], []).append(one)
    nameless = [one for consumer, one in used.items() if consumer not in keys]
    return {key: merged(parts) for key, parts in found.items()}, merged([others, *nameless])

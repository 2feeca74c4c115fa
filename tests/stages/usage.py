"""Usage as it is stored: consumers, and buckets of any tier that hold what they used."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.hosts.models import Host
from monitor.metrics.usage import NOTHING, Consumer, Kind, Used
from monitor.usage import storing
from monitor.usage.domain.tiers import MINUTE, MINUTE_MS, Bucket
from monitor.usage.models import UsageBucket

NGINX = Consumer(Kind.SERVICE, "nginx.service")
BACKUP = Consumer(Kind.SERVICE, "backup.service")
MAKE_OF_ANN, MAKE_OF_BOB = (Consumer(Kind.PROGRAM, "make", user) for user in ("ann", "bob"))
KSWAPD = Consumer(Kind.KERNEL, "kswapd")


def bucket(
    at_ms: int,
    used: Mapping[Consumer, Used],
    *,
    tier: int = MINUTE,
    covered_ms: int | None = None,
    not_seen_ms: int = 0,
    others: Used = NOTHING,
) -> Bucket:
    """The bucket of a tier that begins at a time (ms), which the three together make the machine's CPU time of."""
    machine_cpu_ms = sum(one.cpu_ms for one in used.values()) + others.cpu_ms + not_seen_ms
    covered_ms = tier * MINUTE_MS if covered_ms is None else covered_ms
    return Bucket(tier, at_ms // MINUTE_MS, covered_ms, machine_cpu_ms, not_seen_ms, used, others)


def keep(host: Host, *buckets: Bucket, pending: bool = False) -> None:
    """Store buckets; pending: the minutes among them are in no coarser tier yet."""
    storing.put(host, buckets)
    if pending:
        starts = [one.start for one in buckets if one.tier == MINUTE]
        UsageBucket.objects.filter(host=host, tier=MINUTE, start__in=starts).update(is_taken=False)

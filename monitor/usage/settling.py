"""Settling of usage: what is over is thinned, and minutes become part of the coarser tiers, a few at a time.

No date decides: over is what does not grow now. What is added later all the same is added to all tiers at once.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from monitor.hosts.models import Host
from monitor.usage import rows
from monitor.usage.domain.tiers import COARSER, MINUTE, start_of
from monitor.usage.models import UsageBucket

BUCKETS_A_STEP = 5  # each some milliseconds of work: no tick waits visibly, two days catch up within minutes


def settle(host: Host, growing: int | None, most: int = BUCKETS_A_STEP) -> int:
    """Settle up to `most` buckets of each kind, but none that holds the minute `growing`; return how many."""
    minutes = _open(host, MINUTE, growing, most)
    for minute in minutes:
        with transaction.atomic():
            rows.take(host, minute)
    if len(minutes) == most:
        return most  # the coarser ones still grow by what is left
    done = len(minutes)
    for tier in COARSER:
        for start in _open(host, tier, growing, most):
            with transaction.atomic():
                rows.close(host, tier, start)
            done += 1
    return done


def _open(host: Host, tier: int, growing: int | None, most: int) -> list[int]:
    """The first buckets of a tier that are not settled and do not grow."""
    # + 0: by the index of what is not settled, not by all that is kept
    found = UsageBucket.objects.annotate(own=F("host_id") + 0, length=F("tier") + 0)
    found = found.filter(own=host.pk, length=tier, is_taken=False)
    if growing is not None:
        found = found.exclude(start=start_of(growing, tier))
    return list(found.order_by("start").values_list("start", flat=True)[:most])

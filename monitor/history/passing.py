"""Passing of time, stored: looks at the clocks, and what of a host's history may go for what was seen to pass."""

from __future__ import annotations

import logging

from django.db.models import F

from monitor.history.domain import passing
from monitor.history.models import Passing
from monitor.hosts.models import Host
from monitor.metrics.gaps import Clocks

logger = logging.getLogger(__name__)
FIELDS = dict(zip(passing.TIERS, ("raw_ms", "minute_ms", "quarter_ms", "hour_ms"), strict=True))


def look(sampler: Host, host: Host, boot_id: str, now: Clocks) -> Passing:
    """The row of what `sampler` saw pass for `host`, after another look at the clocks."""
    row = Passing.objects.filter(sampler=sampler, host=host).first()
    before = None if row is None else _seen(row)
    if before is not None and (why := passing.doubt(before, boot_id, now)) and before.calm_ms:
        logger.warning("%s: nothing of %s goes for its age until time has passed for an hour", why, host)
    found = passing.looked(before, boot_id, now)
    fields = {
        "boot_id": found.boot_id,
        "boottime_ms": found.boottime_ms,
        "wall_ms": found.wall_ms,
        "calm_ms": found.calm_ms,
        **dict(zip(FIELDS.values(), found.credits, strict=True)),
    }
    if row is None:
        return Passing.objects.create(sampler=sampler, host=host, **fields)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))
    row.host = host  # else pruning asks for it again
    return row


def credit(row: Passing, tier: int) -> int:
    """How much (ms) of a tier may go."""
    found: int = getattr(row, FIELDS[tier])
    return found


def spend(row: Passing, tier: int, spent_ms: int) -> None:
    """Take what went from the credit; belongs into the transaction that deletes."""
    field = FIELDS[tier]
    setattr(row, field, credit(row, tier) - spent_ms)
    Passing.objects.filter(pk=row.pk).update(**{field: F(field) - spent_ms})


def _seen(row: Passing) -> passing.Passing:
    credits = tuple(credit(row, tier) for tier in passing.TIERS)
    return passing.Passing(row.boot_id, row.boottime_ms, row.wall_ms, row.calm_ms, credits)

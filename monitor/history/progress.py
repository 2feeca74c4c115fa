"""Progress of the tiers: how far each has come. Several processes change it, and none takes back what another wrote."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.history.domain import tiers
from monitor.history.models import RollupProgress
from monitor.hosts.models import Host

ALL_SEEN = 2**62
"""A `seen_id` for a tier that its maker fills by himself: nothing of it is news to anybody."""


def of(host: Host, resolution: int) -> RollupProgress | None:
    """How far a tier has come; None before it began."""
    return RollupProgress.objects.filter(host=host, resolution=resolution).first()


def begin(host: Host, resolution: int, **fields: int) -> bool:
    """Let a tier begin with `fields` and return true; of one that has begun, remember only what source is gone."""
    row, is_new = RollupProgress.objects.get_or_create(host=host, resolution=resolution, defaults=fields)
    if not is_new:
        _source_gone(row, fields.get("pruned_until_ms", 0))
    return is_new


def advance(read: RollupProgress | None, host: Host, resolution: int, fields: Mapping[str, int]) -> bool:
    """Set `fields` of a progress that is still as it was `read`, None where there was none; False where it is not.

    The caller holds the transaction that stores what the progress tells of, and stores nothing where this is False.
    """
    if read is None:
        return begin(host, resolution, **fields)
    same = RollupProgress.objects.filter(
        pk=read.pk,
        seen_id=read.seen_id,
        pending_from_ms=read.pending_from_ms,
        pruned_until_ms=read.pruned_until_ms,
    )
    return same.update(**fields) > 0


def compute_again(host: Host, resolution: int, start_ms: int, begins: bool) -> None:
    """Let the bucket of `start_ms` be computed again, unless its source is gone; begins: begin the tier if need be."""
    row = of(host, resolution)
    if row is None:
        if begins:
            begin(host, resolution, pending_from_ms=tiers.bucket_of(start_ms, resolution))
        return
    again = tiers.lowered(row.pending_from_ms, start_ms, row.pruned_until_ms, resolution)
    if again != row.pending_from_ms:
        RollupProgress.objects.filter(pk=row.pk).update(pending_from_ms=again)


def _source_gone(row: RollupProgress, until_ms: int) -> None:
    """Remember that what the tier is computed from is gone before `until_ms`."""
    RollupProgress.objects.filter(pk=row.pk, pruned_until_ms__lt=until_ms).update(pruned_until_ms=until_ms)

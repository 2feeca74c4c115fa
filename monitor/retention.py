"""Keeps the raw samples within their bound: the oldest go, a few at a time."""

from __future__ import annotations

from monitor.models import Host, Sample

BATCH = 500
HOUR_MS = 3_600_000


def prune(host: Host, now_ms: int, hours: float) -> int:
    """Delete up to BATCH samples of `host` older than `hours` before `now_ms`; return how many went."""
    oldest_kept = now_ms - round(hours * HOUR_MS)
    old = Sample.objects.filter(host=host, taken_at_ms__lt=oldest_kept).order_by("taken_at_ms")
    ids = list(old.values_list("pk", flat=True)[:BATCH])
    if not ids:
        return 0
    deleted, _ = Sample.objects.filter(pk__in=ids).delete()
    return deleted

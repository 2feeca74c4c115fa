"""Many samples as few buckets: the database adds them up, and says where samples are missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Avg, BigIntegerField, Case, F, Max, Min, QuerySet, Sum, When, Window
from django.db.models.functions import Lag

from monitor.domain.history import Bucket, Gap, Statistics
from monitor.models import Host, Sample

PARTS = ("weighted", "weight", "plain", "low", "high")


def between(host: Host, metrics: Sequence[str], start_ms: int, end_ms: int, width: int) -> dict[int, Bucket]:
    """The buckets of `width` seconds that hold samples of [start, end), by start.

    A mean weighs each value with the time that it speaks for; where none speaks for any, all weigh the same.
    """
    width_ms = width * 1000
    rows = (
        _samples(host, start_ms, end_ms)
        .annotate(bucket=F("taken_at_ms") - F("taken_at_ms") % width_ms)
        .values("bucket")
        .annotate(first=Min("taken_at_ms"), last=Max("taken_at_ms"), **_aggregates(metrics))
        .order_by("bucket")
        .values_list("bucket", "first", "last", *(f"{name}_{part}" for name in metrics for part in PARTS))
    )
    return {start: Bucket(first, last, _statistics(metrics, parts)) for start, first, last, *parts in rows}


def far_apart(host: Host, start_ms: int, end_ms: int, longest_step_ms: int) -> list[Gap]:
    """Neighbouring samples of [start, end] that lie more than the longest step apart."""
    before = Window(Lag("taken_at_ms"), order_by=F("taken_at_ms").asc())
    pairs = _samples(host, start_ms, end_ms + 1).annotate(before=before).order_by("taken_at_ms")
    far = pairs.filter(before__lt=F("taken_at_ms") - longest_step_ms)
    return list(far.values_list("before", "taken_at_ms"))


def known_around(host: Host, start_ms: int, end_ms: int) -> tuple[Gap | None, int | None]:
    """The first and last sample of [start, end) widened by one on either side; and the last one before it."""
    times = Sample.objects.filter(host=host).values_list("taken_at_ms", flat=True)
    before, last = (
        times.filter(taken_at_ms__lt=ms).order_by("-taken_at_ms").first() for ms in (start_ms, end_ms)
    )
    first, after = (
        times.filter(taken_at_ms__gte=ms).order_by("taken_at_ms").first() for ms in (start_ms, end_ms)
    )
    earliest = first if before is None else before
    latest = last if after is None else after
    return (None if earliest is None or latest is None else (earliest, latest)), before


def _samples(host: Host, start_ms: int, end_ms: int) -> QuerySet[Sample]:
    return Sample.objects.filter(host=host, taken_at_ms__gte=start_ms, taken_at_ms__lt=end_ms)


def _aggregates(metrics: Sequence[str]) -> dict[str, Any]:
    """Five sums and extremes for each metric, in the order of PARTS; unknown values count nowhere."""
    aggregates: dict[str, Any] = {}
    for name in metrics:
        known = Case(When(**{f"{name}__isnull": False}, then=F("covered_ms")), output_field=BigIntegerField())
        aggregates |= {
            f"{name}_weighted": Sum(F(name) * F("covered_ms")),
            f"{name}_weight": Sum(known),
            f"{name}_plain": Avg(name),
            f"{name}_low": Min(name),
            f"{name}_high": Max(name),
        }
    return aggregates


def _statistics(metrics: Sequence[str], parts: Sequence[Any]) -> dict[str, Statistics]:
    result: dict[str, Statistics] = {}
    for position, name in enumerate(metrics):
        weighted, weight, plain, low, high = parts[position * len(PARTS) : (position + 1) * len(PARTS)]
        mean = weighted / weight if weight and weighted is not None else plain
        result[name] = (None if mean is None else round(min(max(mean, low), high), 6), low, high)
    return result

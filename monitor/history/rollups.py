"""Rollups: samples become minutes, quarters and hours, a few buckets at a time, again whenever late data arrive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet

from monitor.database import bulk
from monitor.history import arrivals, freshness
from monitor.history.domain import steps, tiers
from monitor.history.domain.tiers import PARTS, Row, packed, unpacked
from monitor.history.models import (
    HourRollup,
    MinuteRollup,
    QuarterRollup,
    Rollup,
    RollupProgress,
    Sample,
    column,
    extreme_of,
    mean_of,
    weight_of,
)
from monitor.hosts.models import Host
from monitor.metrics.catalogue import NAMES

TABLES: dict[int, type[Rollup]] = {
    tiers.MINUTE: MinuteRollup,
    tiers.QUARTER: QuarterRollup,
    tiers.HOUR: HourRollup,
}
NUMBERS = (
    "weight",
    *(column(metric, part) for metric in NAMES for part in PARTS),
)  # in the order of tiers.packed()
BUCKETS_A_STEP = 2  # of minutes some 10 ms of work: no tick waits visibly, two days catch up in half an hour


def roll_up(host: Host, most: int = BUCKETS_A_STEP, is_left: bool = False) -> int:
    """Compute up to `most` buckets of each tier that are complete and not done; return how many were stored.

    A tier has news only where the finer one had, so that a call with nothing to do costs one look.
    is_left: nothing samples the host any more, so that its newest rows lie anywhere, and its last minute is complete.
    """
    stored = 0
    for resolution in tiers.RESOLUTIONS:
        buckets = _step(host, resolution, most, is_left)
        if not buckets:
            break
        stored += buckets
    return stored


def progress_of(host: Host, resolution: int) -> RollupProgress | None:
    """How far a tier has come; None before it began."""
    return RollupProgress.objects.filter(host=host, resolution=resolution).first()


def done_until(host: Host, resolution: int) -> int:
    """Before this time (ms) every bucket of the tier is stored; 0 before it began."""
    found = progress_of(host, resolution)
    return found.pending_from_ms if found else 0


def _step(host: Host, resolution: int, most: int, is_left: bool) -> int:
    progress = _noticed(host, resolution)
    if progress is None:
        return 0
    complete = _complete_until(host, resolution, is_left)
    start = _next_start(host, resolution, progress.pending_from_ms)
    if start is None or start >= complete:
        return 0
    end = min(complete, start + most * resolution * 1000)
    buckets = _computed(host, resolution, start, end)
    with transaction.atomic():
        store(host, resolution, buckets)
        progress.pending_from_ms = end
        progress.save()
        _tell_next_tier(host, resolution, start)
    return len(buckets)


def _noticed(host: Host, resolution: int) -> RollupProgress | None:
    """The tier's progress after looking for samples that arrived since; None while there is nothing to begin with."""
    progress = progress_of(host, resolution)
    if resolution != tiers.MINUTE:
        return progress
    new = arrivals.since(host, progress.seen_id if progress else 0)
    if new is None:
        return progress
    first_ms, newest_id = new
    if progress is None:
        first = tiers.bucket_of(first_ms, resolution)
        progress = RollupProgress(host=host, resolution=resolution, pending_from_ms=first)
    progress.seen_id = newest_id
    progress.pending_from_ms = tiers.lowered(
        progress.pending_from_ms, first_ms, progress.pruned_until_ms, resolution
    )
    return progress


def _complete_until(host: Host, resolution: int, is_left: bool) -> int:
    """Where the buckets end whose source can no longer grow in the ordinary way."""
    source = tiers.source_of(resolution)
    if source:
        return tiers.bucket_of(done_until(host, source), resolution)
    if is_left:
        last = Sample.objects.filter(host=host).aggregate(at=Max("taken_at_ms"))[
            "at"
        ]  # of all: none will come
        return tiers.bucket_of(last or 0, resolution) + resolution * 1000
    newest = freshness.newest(host)
    return tiers.bucket_of(newest.taken_at_ms if newest else 0, resolution)


def _next_start(host: Host, resolution: int, pending_from_ms: int) -> int | None:
    """The first bucket from `pending_from_ms` on that has any source; empty ones are skipped."""
    source = tiers.source_of(resolution)
    if source:
        starts = (
            TABLES[source]
            ._default_manager.filter(host=host, start_ms__gte=pending_from_ms)
            .order_by("start_ms")
        )
        first = starts.values_list("start_ms", flat=True).first()
    else:
        taken = Sample.objects.filter(host=host, taken_at_ms__gte=pending_from_ms).order_by("taken_at_ms")
        first = taken.values_list("taken_at_ms", flat=True).first()
    return None if first is None else tiers.bucket_of(first, resolution)


def _computed(host: Host, resolution: int, start: int, end: int) -> dict[int, Row]:
    """The buckets of [start, end) from all that their source holds."""
    source = tiers.source_of(resolution)
    if source:
        return tiers.grouped(summaries(host, source, start, end), resolution)
    rows = Sample.objects.filter(host=host, taken_at_ms__gte=start, taken_at_ms__lt=end)
    groups: dict[int, list[tuple[int, list[int | None]]]] = {}
    for at_ms, covered_ms, *values in rows.values_list("taken_at_ms", "covered_ms", *NAMES):
        bucket = tiers.bucket_of(at_ms, resolution)
        groups.setdefault(bucket, []).append((covered_ms, steps.of_reading(values)))
    return {bucket: tiers.of_readings(*zip(*group, strict=True)) for bucket, group in groups.items()}


def summaries(host: Host, resolution: int, start: int, end: int) -> Iterable[tuple[int, Row]]:
    """The stored buckets of a tier in [start, end), in order, with all metrics."""
    rows = TABLES[resolution]._default_manager.filter(host=host, start_ms__gte=start, start_ms__lt=end)
    for at_ms, *numbers in rows.order_by("start_ms").values_list("start_ms", *NUMBERS):
        yield at_ms, unpacked(numbers)


def known_values(
    host: Host, resolution: int, metric: str, wanted: Iterable[tuple[str, str]], start: int, end: int
) -> QuerySet[Any, tuple[Any, ...]]:
    """The buckets of a tier in [start, end) in which `metric` is known, in order: (start, weight, *values).

    The weight (ms) is that of `metric`; wanted: metrics, each with "mean", "low" or "high".
    """
    known = {f"{column(metric, 'total')}__isnull": False}
    rows = TABLES[resolution]._default_manager.filter(
        host=host, start_ms__gte=start, start_ms__lt=end, **known
    )
    values = [mean_of(name) if part == "mean" else extreme_of(name, part) for name, part in wanted]
    return rows.order_by("start_ms").values_list("start_ms", weight_of(metric), *values)


def store(host: Host, resolution: int, buckets: Mapping[int, Row]) -> None:
    """Store buckets by start, in place of what was there."""
    rows = [(host.pk, start, *packed(row)) for start, row in buckets.items()]
    columns = ("host_id", "start_ms", *NUMBERS)
    bulk.insert(TABLES[resolution], columns, rows, replacing=("host_id", "start_ms"))


def _tell_next_tier(host: Host, resolution: int, start: int) -> None:
    """The next tier has to compute the bucket of `start` again."""
    for coarser in tiers.RESOLUTIONS:
        if tiers.source_of(coarser) != resolution:
            continue
        progress = progress_of(host, coarser)
        if progress is None:
            first = tiers.bucket_of(start, coarser)
            RollupProgress.objects.create(host=host, resolution=coarser, pending_from_ms=first)
            continue
        again = tiers.lowered(progress.pending_from_ms, start, progress.pruned_until_ms, coarser)
        if again != progress.pending_from_ms:
            progress.pending_from_ms = again
            progress.save()

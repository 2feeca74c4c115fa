"""Rollups: samples become minutes, quarters and hours, a few buckets at a time, again whenever late data arrive.

What arrives for a time that is done already, after a clock was set or by import, has its own buckets computed again, and
nothing else: what comes in order is not held up by it.
"""

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
from monitor.history.progress import advance, compute_again
from monitor.history.progress import of as progress_of
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
FEW_BUCKETS = 10
"""So many are computed again one after the other where that costs less than to take the late ones by themselves."""
ARRIVALS_A_STEP = 2000
BUCKETS_A_STEP = 2  # of minutes some 10 ms of work: no tick waits visibly, two days catch up in half an hour


def roll_up(host: Host, most: int = BUCKETS_A_STEP, is_left: bool = False) -> int:
    """Compute up to `most` buckets of each tier that are complete and not done; return how many were stored.

    A tier has news only where the finer one had, so that a call with nothing to do costs one look.
    is_left: nothing samples the host any more, so that its newest rows lie anywhere, and its last minute is complete.
    """
    stored = _take_in_late_ones(host, most, is_left)
    for resolution in tiers.RESOLUTIONS:
        buckets = _step(host, resolution, most, is_left)
        if not buckets:
            break
        stored += buckets
    return stored


def done_until(host: Host, resolution: int) -> int:
    """Before this time (ms) every bucket of the tier is stored; 0 before it began."""
    found = progress_of(host, resolution)
    return found.pending_from_ms if found else 0


def _step(host: Host, resolution: int, most: int, is_left: bool) -> int:
    read = progress_of(host, resolution)
    noticed = _noticed(host, resolution, read)
    if noticed is None:
        return 0
    seen_id, pending_from_ms = noticed
    complete = _complete_until(host, resolution, is_left)
    start = _next_start(host, resolution, pending_from_ms)
    if start is None or start >= complete:
        return 0
    end = min(complete, start + most * resolution * 1000)
    buckets = _computed(host, resolution, start, end)
    with transaction.atomic():
        if not advance(read, host, resolution, {"seen_id": seen_id, "pending_from_ms": end}):
            return 0  # an import came between: what it brought belongs to the buckets
        store(host, resolution, buckets)
        for coarser in tiers.RESOLUTIONS:
            if tiers.source_of(coarser) == resolution:
                compute_again(host, coarser, start, begins=True)
    return len(buckets)


def _noticed(host: Host, resolution: int, read: RollupProgress | None) -> tuple[int, int] | None:
    """The newest sample that is considered and where the tier goes on, after a look for samples that arrived since.

    None while there is nothing to begin with.
    """
    known = None if read is None else (read.seen_id, read.pending_from_ms)
    if resolution != tiers.MINUTE:
        return known
    new = arrivals.since(host, read.seen_id if read else 0)
    if new is None or (read is not None and _are_apart(read, new[0])):
        return known
    first_ms, newest_id = new
    if read is None:
        return newest_id, tiers.bucket_of(first_ms, resolution)
    return newest_id, tiers.lowered(read.pending_from_ms, first_ms, read.pruned_until_ms, resolution)


def _are_apart(progress: RollupProgress, late_ms: int) -> bool:
    """Whether what arrived for `late_ms` lies so far behind what is done that it is taken in by itself."""
    start = tiers.bucket_of(late_ms, progress.resolution)
    if start >= progress.pending_from_ms:
        return False
    if start < progress.pruned_until_ms:
        return True
    between = TABLES[progress.resolution]._default_manager.filter(
        host=progress.host_id, start_ms__gte=start, start_ms__lt=progress.pending_from_ms
    )
    return len(between.values_list("pk")[: FEW_BUCKETS + 1]) > FEW_BUCKETS


def _take_in_late_ones(host: Host, most: int, is_left: bool) -> int:
    """Compute up to `most` of the buckets again that samples arrived for, in the order of storing; how many were stored.

    That of the newest sample waits until another begins, for it still grows.
    """
    progress = progress_of(host, tiers.MINUTE)
    new = None if progress is None else arrivals.since(host, progress.seen_id)
    if progress is None or new is None or not _are_apart(progress, new[0]):
        return 0
    arrived = arrivals.after(host, progress.seen_id, ARRIVALS_A_STEP, ("id", "taken_at_ms"))
    newest = arrived[-1] if arrived[-1][0] == new[1] and not is_left else None
    growing = None if newest is None else tiers.bucket_of(newest[1], tiers.MINUTE)
    while arrived and tiers.bucket_of(arrived[-1][1], tiers.MINUTE) == growing:
        arrived.pop()
    late: set[int] = set()
    seen_id = progress.seen_id
    for sample_id, at_ms in arrived:
        start = tiers.bucket_of(at_ms, tiers.MINUTE)
        if start < progress.pending_from_ms:
            if len(late) == most and start not in late:
                break
            late.add(start)
        seen_id = sample_id
    for resolution in tiers.RESOLUTIONS:
        _compute_again(host, resolution, {tiers.bucket_of(start, resolution) for start in late})
    RollupProgress.objects.filter(pk=progress.pk).update(seen_id=seen_id)
    return len(late)


def _compute_again(host: Host, resolution: int, starts: set[int]) -> None:
    """Store those of a tier's buckets anew that are done; one whose source was pruned stays as it is."""
    progress = progress_of(host, resolution)
    done = {start for start in starts if progress is not None and start < progress.pending_from_ms}
    if progress is None or not done:
        return
    there = TABLES[resolution]._default_manager.filter(host=host, start_ms__in=done)
    fixed = set(there.filter(start_ms__lt=progress.pruned_until_ms).values_list("start_ms", flat=True))
    for start in sorted(done - fixed):
        store(host, resolution, _computed(host, resolution, start, start + resolution * 1000))


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

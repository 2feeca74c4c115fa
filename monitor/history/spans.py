"""Spans: a part of the past from the tiers that hold it, whole buckets as far as they are done, the rest from finer ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.history import answers, arrivals, buckets, retention, rollups
from monitor.history.buckets import Found
from monitor.history.domain import bucketing, tiers
from monitor.history.domain.bucketing import Bucket
from monitor.history.models import Gap, RollupProgress
from monitor.hosts.models import Host
from monitor.metrics.reading import longest_step

MOST_STANDING = 50
Segment = tuple[int, int, int]  # resolution (0: the samples themselves), start, end (ms)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a span is read: buckets of `width` seconds at `starts`, each segment of time from its own tier.

    The segments reach a little further than the starts: an empty bucket may show the reading after it.
    """

    width: int
    starts: range
    segments: tuple[Segment, ...]
    oldest_ms: int | None
    longest_ms: int

    @property
    def reach_ms(self) -> int:
        """Where reading ends."""
        return self.segments[-1][2]

    @property
    def tier(self) -> int:
        """The coarsest resolution that anything is read from."""
        return max(resolution for resolution, _, _ in self.segments)


@dataclass(frozen=True, slots=True)
class Span:
    """What was read: one entry a start, None where there are no data, and the gaps in the shape of the API."""

    plan: Plan
    buckets: list[Bucket | None]
    gaps: list[answers.Gap]


def plan(host: Host, start_ms: int, end_ms: int, points: int) -> Plan:
    """The plan for [start, end) in at most `points` buckets aligned to the epoch."""
    oldest = _whole_from(host)
    choice = tiers.best_resolution(start_ms, end_ms, points, oldest)
    width = bucketing.resolution(start_ms, end_ms, points, host.interval, choice)
    starts = bucketing.bucket_starts(start_ms, end_ms, width)
    longest_ms = round(longest_step(host.interval) * 1000)
    width_ms = width * 1000
    more = -(-longest_ms // width_ms) if width_ms < longest_ms else 0
    segments = tiers.segments(starts[0], starts[-1] + width_ms * (1 + more), choice, done_until(host))
    known = [one for one in oldest.values() if one is not None]
    return Plan(width, starts, tuple(segments), min(known, default=None), longest_ms)


def tier_for(host: Host, start_ms: int, end_ms: int, points: int) -> int:
    """The tier that suits [start, end) in so many points and reaches its start: 0 for samples, else its resolution."""
    return tiers.best_resolution(start_ms, end_ms, points, _whole_from(host))


def _whole_from(host: Host) -> dict[int, int | None]:
    """From when on each tier lacks nothing that was ever stored; None where it is empty."""
    pruned = dict(RollupProgress.objects.filter(host=host).values_list("resolution", "pruned_until_ms"))
    return {
        tier: None
        if at is None
        else retention.whole_from(tier, at, pruned.get(retention.COARSER.get(tier, -1), 0))
        for tier, at in buckets.oldest(host).items()
    }


def done_until(host: Host) -> dict[int, int]:
    """Before which time (ms) each tier holds all that is stored, what came since it was rolled up included."""
    progress = {row.resolution: row for row in RollupProgress.objects.filter(host=host)}
    if tiers.MINUTE not in progress:
        return {}
    done: dict[int, int] = {}
    new = arrivals.since(host, progress[tiers.MINUTE].seen_id)
    late = None if new is None else new[0]
    for resolution in tiers.RESOLUTIONS:
        row = progress.get(resolution)
        if row is None:
            break
        done[resolution] = row.pending_from_ms
        if late is not None:
            done[resolution] = tiers.lowered(row.pending_from_ms, late, row.pruned_until_ms, resolution)
        late = done[resolution]
    return done


def finest(host: Host, start_ms: int, end_ms: int, most_rows: int | None = None) -> list[Segment]:
    """[start, end) in segments, oldest first, each from the finest tier that is kept of it; nothing is read twice.

    most_rows: of one tier; what goes beyond is left to the next, where that has it.
    """
    found: list[Segment] = []
    whole = _whole_from(host)
    for resolution in (0, *tiers.RESOLUTIONS):
        first = whole[resolution]
        if first is None or first >= end_ms or (found and first >= tiers.bucket_of(end_ms, resolution)):
            continue
        if found:  # the finer one begins where a bucket of this one ends: nothing counts twice
            finer, begin, end = found.pop()
            end_ms = min(tiers.bucket_after(end_ms, resolution), rollups.done_until(host, resolution))
            found.append((finer, max(begin, end_ms), end))
        begin = max(first, start_ms, _bound(host, resolution, end_ms, most_rows))
        found.append((resolution, begin, end_ms))
        end_ms = begin
        if begin <= start_ms:
            break
    return found[::-1]


def _bound(host: Host, resolution: int, end_ms: int, most_rows: int | None) -> int:
    """Before this a tier is too long to be read, and the next one has it."""
    coarser = next((one for one in tiers.RESOLUTIONS if one > resolution), None)
    if coarser is None or most_rows is None:
        return 0
    reach_ms = round(most_rows * (resolution or host.interval) * 1000)
    return min(end_ms - reach_ms, rollups.done_until(host, coarser))


def between(host: Host, metrics: Sequence[str], start_ms: int, end_ms: int, points: int, now_ms: int) -> Span:
    """What is stored of [start, end) in at most `points` whole buckets, and what lacks. The future is no gap."""
    how = plan(host, start_ms, end_ms, points)
    found = pieces(host, metrics, how)
    before, after = buckets.around(host, how.tier, how.starts[0], how.reach_ms)
    every = range(how.starts[0], how.reach_ms, how.width * 1000)
    shown = bucketing.filled(every, bucketing.merged(found), before, how.longest_ms)[: len(how.starts)]
    covered = [(bucket.first_ms, bucket.last_ms) for piece in found for bucket in piece.values()]
    empty = bucketing.apart(covered, before, after, how.longest_ms)
    if how.segments[-1][0] == 0:
        empty += _hidden(host, found[-1].values(), how.longest_ms)
    end_ms = min(end_ms, max(now_ms, start_ms))
    empty += bucketing.outside(covered, before, after, start_ms, end_ms, how.longest_ms)
    return Span(how, shown, _gaps(host, empty, start_ms, end_ms, how.longest_ms))


def whole(host: Host, metrics: Sequence[str], start_ms: int, end_ms: int, resolution: int) -> Found:
    """The whole buckets of `resolution` seconds that touch [start, end), from its tier and what is fresher, by start."""
    starts = bucketing.bucket_starts(start_ms, end_ms, resolution)
    segments = tiers.segments(starts[0], starts[-1] + resolution * 1000, resolution, done_until(host))
    return bucketing.merged(pieces(host, metrics, Plan(resolution, starts, tuple(segments), None, 0)))


def is_done(host: Host, resolution: int, end_ms: int) -> bool:
    """Whether a tier (the samples: the first tier) holds everything before `end_ms`, so that it changes no more."""
    return end_ms <= done_until(host).get(resolution or tiers.MINUTE, 0)


def standing_gaps(host: Host, since_ms: int) -> list[answers.Gap]:
    """The newest gaps with a reason that reach beyond `since_ms`, whole, oldest first: for the live view."""
    rows = (
        Gap.objects.filter(host=host).order_by("-start_ms").values_list("start_ms", "end_ms", "kind", "note")
    )
    return [_gap(*row) for row in reversed(rows[:MOST_STANDING]) if row[1] >= since_ms]


def pieces(host: Host, metrics: Sequence[str], how: Plan) -> list[Found]:
    """The buckets of each segment of a plan; two segments may hold parts of one bucket."""
    return [_segment(host, metrics, how, *segment) for segment in how.segments]


def _segment(host: Host, metrics: Sequence[str], how: Plan, resolution: int, start: int, end: int) -> Found:
    if resolution:
        return buckets.of_rollups(host, resolution, metrics, start, end, how.width)
    return buckets.of_samples(host, metrics, start, end, how.width)


def _hidden(host: Host, samples: Iterable[Bucket], longest_ms: int) -> list[bucketing.Gap]:
    """The gaps inside buckets whose samples speak for less time than they should."""
    suspect = bucketing.suspects(samples, longest_ms / 2)
    if suspect is None:
        return []
    return buckets.far_apart(host, *suspect, longest_ms)


def _gaps(
    host: Host, empty: Sequence[bucketing.Gap], start_ms: int, end_ms: int, longest_ms: int
) -> list[answers.Gap]:
    """The gaps with a reason, clipped, and what no reason explains of the empty times."""
    rows = Gap.objects.filter(host=host, start_ms__lt=end_ms, end_ms__gte=start_ms).order_by("start_ms")
    known = list(rows.values_list("start_ms", "end_ms", "kind", "note"))
    lacking = bucketing.lacking(empty, [row[:2] for row in known], start_ms, end_ms, longest_ms)
    found = [
        _gap(max(begin, start_ms), min(end, end_ms), kind, note)
        for begin, end, kind, note in known
        if end > start_ms or begin == start_ms
    ]
    found += [_gap(begin, end, "no_data", "") for begin, end in lacking]
    longest = sorted(found, key=lambda gap: gap["start_at"] - gap["end_at"])[: bucketing.MOST_GAPS]
    return sorted(longest, key=lambda gap: gap["start_at"])


def _gap(start_ms: int, end_ms: int, kind: str, note: str) -> answers.Gap:
    return {"start_at": start_ms, "end_at": end_ms, "kind": kind, "note": note}


def numbers(
    host: Host, metrics: Sequence[str], start_ms: int, end_ms: int, points: int, now_ms: int
) -> answers.Numbers:
    """What was measured on `host` over [start, end) in at most `points` buckets aligned to the epoch.

    Buckets are whole: the first may begin before `start_ms`. What lies in the future is no gap.
    """
    found = between(host, metrics, start_ms, end_ms, points, now_ms)
    return {
        "host": host.name,
        "start_at": start_ms,
        "end_at": end_ms,
        "resolution_seconds": found.plan.width,
        "tier_seconds": found.plan.tier,
        "oldest_at": found.plan.oldest_ms,
        "times": list(found.plan.starts),
        "series": {name: bucketing.columns(found.buckets, at) for at, name in enumerate(metrics)},
        "gaps": found.gaps,
    }

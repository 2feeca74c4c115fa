"""Bucketing: a span of time cut into buckets, how wide, where they start, what an empty one shows, where data lack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, NotRequired, TypedDict

from monitor.history.domain import tiers

MINUTE, HOUR, DAY = 60, 3600, 86400
DIVISORS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)
WIDTHS = (
    *DIVISORS,
    *(minutes * MINUTE for minutes in DIVISORS),
    *(hours * HOUR for hours in (1, 2, 3, 4, 6, 8, 12)),
    *(days * DAY for days in (1, 2, 3, 4, 5, 6, 7, 14, 28, 56, 112, 224, 448)),
)
MOST_GAPS = 1000
PARTS = len(tiers.PARTS)  # of each metric, as there, but of value x ms and flat, for there are thousands

UNKNOWN = (None,) * PARTS

Gap = tuple[int, int]


class Series(TypedDict):
    """One metric, one entry a bucket, null where there are no data; percentiles only where they were asked for."""

    mean: list[float | None]
    low: list[float | None]
    high: list[float | None]
    p5: NotRequired[list[float | None]]
    p95: NotRequired[list[float | None]]


@dataclass(frozen=True, slots=True)
class Bucket:
    """What one bucket holds: the time (ms) that its data reach from and to, how many ms of it they speak for, and PARTS
    numbers for each metric in turn."""

    first_ms: int
    last_ms: int
    covered_ms: int
    parts: Sequence[Any]


def resolution(start_ms: int, end_ms: int, points: int, interval: float, tier: int = 0) -> int:
    """Seconds: the narrowest bucket with at most `points` over the span, a multiple of `tier`, no less than `interval`."""
    for width in WIDTHS:
        if width < interval or (tier and width % tier):
            continue
        if len(bucket_starts(start_ms, end_ms, width)) <= points:
            return width
    raise ValueError(f"{points} points are too few for {(end_ms - start_ms) / 1000:.0f} s")


def bucket_starts(start_ms: int, end_ms: int, width: int) -> range:
    """The starts (ms) of the buckets, aligned to the epoch, that hold the span [start_ms, end_ms)."""
    width_ms = width * 1000
    return range(start_ms - start_ms % width_ms, end_ms, width_ms)


def joined(one: Bucket, other: Bucket) -> Bucket:
    """Two disjoint parts of one bucket as one: totals and weights add, extremes compare."""
    parts: list[Any] = []
    for at in range(0, len(one.parts), PARTS):
        left, right = one.parts[at : at + PARTS], other.parts[at : at + PARTS]
        if left[1] is None or right[1] is None:
            parts += right if left[1] is None else left
            continue
        parts += (left[0] + right[0], left[1] + right[1], min(left[2], right[2]), max(left[3], right[3]))
    return Bucket(
        min(one.first_ms, other.first_ms),
        max(one.last_ms, other.last_ms),
        one.covered_ms + other.covered_ms,
        parts,
    )


def merged(pieces: Iterable[Mapping[int, Bucket]]) -> dict[int, Bucket]:
    """Buckets by start, read from several tiers; where two tiers meet inside one bucket its parts are joined."""
    result: dict[int, Bucket] = {}
    for piece in pieces:
        for start, bucket in piece.items():
            result[start] = joined(result[start], bucket) if start in result else bucket
    return result


def filled(
    starts: Iterable[int], buckets: Mapping[int, Bucket], before_ms: int | None, longest_step_ms: int
) -> list[Bucket | None]:
    """The bucket of each start, None where there are no data.

    A bucket that merely fell between two readings takes the later one's: readings come a little off the
    grid, and each speaks for the time since the one before it. before_ms: the last reading before them all.
    """
    found = [buckets.get(start) for start in starts]
    later = list(accumulate(reversed(found), _own_or_later))[::-1]
    result: list[Bucket | None] = []
    for own, following in zip(found, later, strict=True):
        if own is None and following is not None and before_ms is not None:
            own = following if following.first_ms - before_ms <= longest_step_ms else None
        elif own is not None:
            before_ms = own.last_ms
        result.append(own)
    return result


def suspects(buckets: Iterable[Bucket], slack_ms: float) -> Gap | None:
    """The first and last time between which lie all buckets that speak for so little that a gap may hide inside."""
    thin = [one for one in buckets if one.last_ms - one.first_ms - one.covered_ms > slack_ms]
    return (thin[0].first_ms, thin[-1].last_ms) if thin else None


def apart(covered: Iterable[Gap], before_ms: int | None, after_ms: int | None, longest_ms: int) -> list[Gap]:
    """Where neighbours of `covered`, (first, last) in order, lie too far apart; the outermost ones are optional."""
    edges = [] if before_ms is None else [(before_ms, before_ms)]
    ends = [] if after_ms is None else [(after_ms, after_ms)]
    pieces = [*edges, *covered, *ends]
    return [(one[1], other[0]) for one, other in pairwise(pieces) if other[0] - one[1] > longest_ms]


def outside(
    covered: Sequence[Gap],
    before_ms: int | None,
    after_ms: int | None,
    start_ms: int,
    end_ms: int,
    longest_ms: int,
) -> list[Gap]:
    """What lacks from the start to the first data and from the last data to the end; all, where there are none at all."""
    known = [one for one in (before_ms, after_ms) if one is not None] + [
        one for pair in covered for one in pair
    ]
    if not known:
        return [(start_ms, end_ms)]
    edges = [(start_ms, min(known)), (max(known) if after_ms is None else end_ms, end_ms)]
    return [(begin, end) for begin, end in edges if end - begin > longest_ms]


def lacking(
    gaps: Iterable[Gap], explained: Iterable[Gap], start_ms: int, end_ms: int, least_ms: int
) -> list[Gap]:
    """What of `gaps` inside [start_ms, end_ms) no explanation covers, oldest first; at most MOST_GAPS, the longest.

    A remainder of up to `least_ms` beside an explanation is none; a gap that has no explanation is one at any length.
    """
    known = sorted(explained)
    rest: list[Gap] = []
    for begin, end in gaps:
        clipped = (max(begin, start_ms), min(end, end_ms))
        left = _without(clipped, known)
        rest += left if left == [clipped] else [one for one in left if one[1] - one[0] > least_ms]
    longest = sorted((gap for gap in rest if gap[0] < gap[1]), key=lambda gap: gap[0] - gap[1])
    return sorted(longest[:MOST_GAPS])


def columns(buckets: Sequence[Bucket | None], position: int) -> Series:
    """Mean, low and high of the metric at `position`, one entry a bucket."""
    at = position * PARTS
    parts = [UNKNOWN if bucket is None else bucket.parts[at : at + PARTS] for bucket in buckets]
    return {
        "mean": [None if one[1] is None else round(_mean(*one), 6) for one in parts],
        "low": [one[2] for one in parts],
        "high": [one[3] for one in parts],
    }


def _mean(total: float, weight: float, low: float, high: float) -> float:
    """The mean, never outside its extremes by rounding."""
    mean = total / weight
    return low if mean < low else min(mean, high)


def _without(gap: Gap, known: Iterable[Gap]) -> list[Gap]:
    """What is left of `gap` after the intervals of `known`, sorted, are taken out."""
    begin, end = gap
    left: list[Gap] = []
    for first, last in known:
        if last <= begin or first >= end:
            continue
        if first > begin:
            left.append((begin, first))
        begin = max(begin, last)
    return [*left, (begin, end)] if begin < end else left


def _own_or_later(later: Bucket | None, own: Bucket | None) -> Bucket | None:
    return own or later

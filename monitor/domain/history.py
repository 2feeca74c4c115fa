"""A span of time cut into buckets: how wide, where they start, what an empty one shows, where data lack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

MINUTE, HOUR, DAY = 60, 3600, 86400
DIVISORS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)
WIDTHS = (
    *DIVISORS,
    *(minutes * MINUTE for minutes in DIVISORS),
    *(hours * HOUR for hours in (1, 2, 3, 4, 6, 8, 12)),
    *(days * DAY for days in (1, 2, 3, 4, 5, 6, 7, 14, 28, 56, 112, 224, 448)),
)
MOST_GAPS = 1000

Statistics = tuple[float | None, float | None, float | None]
UNKNOWN: Statistics = (None, None, None)
Gap = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Bucket:
    """The readings of one bucket: their first and last time (ms), and (mean, low, high) of each metric."""

    first_ms: int
    last_ms: int
    statistics: Mapping[str, Statistics]


def resolution(start_ms: int, end_ms: int, points: int, interval: float) -> int:
    """Seconds: the narrowest bucket with at most `points` over the span, never narrower than `interval`."""
    for width in WIDTHS:
        if width >= interval and len(bucket_starts(start_ms, end_ms, width)) <= points:
            return width
    raise ValueError(f"{points} points are too few for {(end_ms - start_ms) / 1000:.0f} s")


def bucket_starts(start_ms: int, end_ms: int, width: int) -> range:
    """The starts (ms) of the buckets, aligned to the epoch, that hold the span [start_ms, end_ms)."""
    width_ms = width * 1000
    return range(start_ms - start_ms % width_ms, end_ms, width_ms)


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


def gaps(
    pairs: Iterable[Gap], known: Gap | None, start_ms: int, end_ms: int, longest_step_ms: int
) -> list[Gap]:
    """Where [start_ms, end_ms) lacks data, oldest first; at most MOST_GAPS, the longest.

    pairs: neighbouring readings that lie too far apart. known: the first and the last reading in or around
    the span; None where there is none at all.
    """
    found = [(start_ms, end_ms)]
    if known is not None:
        edges = [(start_ms, known[0]), (known[1], end_ms)]
        found = [(begin, end) for begin, end in edges if end - begin > longest_step_ms] + list(pairs)
    clipped = [(max(begin, start_ms), min(end, end_ms)) for begin, end in found]
    longest = sorted((gap for gap in clipped if gap[0] < gap[1]), key=lambda gap: gap[0] - gap[1])
    return sorted(longest[:MOST_GAPS])


def columns(buckets: Sequence[Bucket | None], metric: str) -> dict[str, list[float | None]]:
    """Mean, low and high of `metric`, one entry a bucket."""
    rows = [UNKNOWN if bucket is None else bucket.statistics[metric] for bucket in buckets]
    return {name: [row[position] for row in rows] for position, name in enumerate(("mean", "low", "high"))}


def _own_or_later(later: Bucket | None, own: Bucket | None) -> Bucket | None:
    return own or later

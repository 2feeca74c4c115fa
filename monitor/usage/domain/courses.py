"""Courses of use: one kind of use bucket by bucket, of consumers that are told and of all others together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from monitor.usage.domain.kinds import KindOfUse
from monitor.usage.domain.tiers import MINUTE_MS, start_of

Amount = int | None
"""Of one kind of use; None where nobody may know."""


class Bucket(NamedTuple):
    """One bucket: the time that it speaks for, what no consumer is known of, and what others had of one kind of use.

    together: what all consumers by name had, each: some of them, None where one has no row or its row does not know.
    lacking: how many rows of each do not know. start: minutes since the epoch.
    """

    start: int
    covered_ms: int
    not_seen_ms: int
    others: Amount
    together: Amount = None
    each: tuple[Amount, ...] = ()
    lacking: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """The mean in each bucket of a chart, None where nothing is known, and the highest of the buckets that were read."""

    series: list[float | None]
    highest: float | None = None
    highest_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Courses:
    """The courses of the consumers that were asked for, of all others, and of what was not seen (of CPU time alone)."""

    each: list[Course]
    others: Course
    not_seen: Course


def folded(buckets: Iterable[Bucket], tier: int) -> list[Bucket]:
    """Buckets of a tier and of finer ones, each time told once, as buckets of that tier, oldest first."""
    found: dict[int, Bucket] = {}
    for one in buckets:
        start = start_of(one.start, tier)
        whole = one if start == one.start else one._replace(start=start)
        found[start] = _joined(found[start], whole) if start in found else whole
    return [found[start] for start in sorted(found)]


def courses(buckets: Sequence[Bucket], kind: KindOfUse, starts: range, count: int, has_rest: bool) -> Courses:
    """The courses of `count` consumers over the buckets of a chart that begin at `starts` (ms).

    has_rest: what was not seen is known of this kind of use.
    """
    known = [one for one in buckets if one.covered_ms]
    chart = Chart(kind, len(starts), [_place(one, starts) for one in known])
    return Courses(
        [chart.course(amounts) for amounts in _each(known, kind)] if known else [chart.course(())] * count,
        chart.course([_others(one, kind) for one in known]),
        chart.course([one.not_seen_ms if has_rest else None for one in known]),
    )


class Place(NamedTuple):
    """Where a bucket that was read lies: in which of the chart's, from when on (ms), and the time that it speaks for."""

    at: int
    start_ms: int
    covered_ms: int


@dataclass(frozen=True, slots=True)
class Chart:
    """What courses are drawn into: so many buckets, and the place of each one that was read."""

    kind: KindOfUse
    count: int
    places: list[Place]

    def course(self, amounts: Sequence[Amount]) -> Course:
        """The course of amounts, one of each bucket that was read."""
        totals, covered = [0] * self.count, [0] * self.count
        highest, highest_at = 0.0, None
        for (at, start_ms, covered_ms), amount in zip(self.places, amounts, strict=False):
            if amount is None:
                continue
            totals[at] += amount
            covered[at] += covered_ms
            if amount > highest * covered_ms:
                highest, highest_at = amount / covered_ms, start_ms
        mean = self.kind.mean
        series = [
            mean(total, length) if length else None for total, length in zip(totals, covered, strict=True)
        ]
        return Course(series, None if highest_at is None else mean(highest, 1), highest_at)


class Tenths(NamedTuple):
    """The first and the last tenth of what is known of a span, [first, end) each, in minutes since the epoch."""

    first: tuple[int, int]
    last: tuple[int, int]


def tenths(buckets: Sequence[Bucket], tier: int) -> Tenths | None:
    """The tenths of buckets of a tier, in whole buckets; None where they are too few to have two."""
    known = [one.start for one in buckets if one.covered_ms]
    if len(known) < 2:
        return None
    begin, end = known[0], known[-1] + tier
    length = max(start_of((end - begin) // 10, tier), tier)
    return Tenths((begin, begin + length), (end - length, end))


def covered_ms(buckets: Iterable[Bucket], between: tuple[int, int]) -> int:
    """For how much time those speak that begin in [first, end)."""
    first, end = between
    return sum(one.covered_ms for one in buckets if first <= one.start < end)


def _place(bucket: Bucket, starts: range) -> Place:
    start_ms = bucket.start * MINUTE_MS
    return Place((start_ms - starts.start) // starts.step, start_ms, bucket.covered_ms)


def _each(buckets: Sequence[Bucket], kind: KindOfUse) -> list[Sequence[Amount]]:
    """The amounts of each consumer: nothing where no row tells of it, but unknown where its row, or no row at all, knows."""
    columns = zip(*(one.each for one in buckets), strict=True)
    if not kind.may_be_unknown:
        return [[amount or 0 for amount in column] for column in columns]
    lacking = zip(*(one.lacking for one in buckets), strict=True)
    known = [one.together is not None or one.others is not None for one in buckets]
    return [
        [
            amount if amount is not None or lacks or not is_known else 0
            for amount, lacks, is_known in zip(column, of_one, known, strict=True)
        ]
        for column, of_one in zip(columns, lacking, strict=True)
    ]


def _others(bucket: Bucket, kind: KindOfUse) -> Amount:
    """Of who is told by name and was not asked for, and of who is not."""
    if kind.may_be_unknown and bucket.together is None and bucket.others is None:
        return None
    beyond = (bucket.together or 0) - sum(one or 0 for one in bucket.each)
    return (bucket.others or 0) + beyond


def _joined(one: Bucket, other: Bucket) -> Bucket:
    return Bucket(
        one.start,
        one.covered_ms + other.covered_ms,
        one.not_seen_ms + other.not_seen_ms,
        _sum(one.others, other.others),
        _sum(one.together, other.together),
        tuple(map(_sum, one.each, other.each)),
        tuple(map(int.__add__, one.lacking, other.lacking)),
    )


def _sum(one: Amount, other: Amount) -> Amount:
    if one is None or other is None:
        return other if one is None else one
    return one + other

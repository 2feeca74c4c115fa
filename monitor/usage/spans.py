"""Spans of usage: a part of the past, read from the tier that suits it, and from the minutes that it does not hold yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from monitor.history.domain import bucketing
from monitor.hosts.models import Host
from monitor.metrics.usage import Used
from monitor.usage import reading
from monitor.usage.domain import courses, ranking
from monitor.usage.domain.courses import Bucket, Courses
from monitor.usage.domain.kinds import KINDS, By, KindOfUse
from monitor.usage.domain.ranking import Sum
from monitor.usage.domain.tiers import MINUTE, MINUTE_MS, TIERS, Piece, fitting, known_since, pieces, start_of
from monitor.usage.reading import Part, Pending

MOST_TRIES = 3
Choice = Callable[[dict[int, Sum]], list[int]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a span is read: all rows of a tier (minutes) that touch it, into buckets that begin at `starts` (ms)."""

    host: Host
    tier: int
    starts: range
    first: int
    end: int
    oldest_ms: int | None

    @property
    def whole(self) -> list[Piece]:
        """All of it, in the tier that its course is drawn of."""
        return [Piece(self.tier, self.first, self.end)]

    def parts(self, found: Sequence[Piece], pending: Pending) -> list[Part]:
        """What is read of some pieces of it: their tiers, and the minutes that those do not hold yet."""
        parts = [Part(self.host.pk, *one) for one in found]
        coarse = [one for one in found if one.tier != MINUTE]
        lacking = [start for start, *_ in pending if any(one.first <= start < one.end for one in coarse)]
        if lacking:
            parts.append(Part(self.host.pk, MINUTE, self.first, self.end, tuple(lacking)))
        return parts


@dataclass(frozen=True, slots=True)
class Span:
    """What was read: `chosen` are consumers by key, heaviest first, `growth` MiB by which each grew, None unknown."""

    plan: Plan
    chosen: list[int]
    sums: dict[int, Sum]
    rest: Used
    covered_ms: int
    not_seen_ms: int
    courses: Courses
    growth: dict[int, float]


def plan(host: Host, start_ms: int, end_ms: int, points: int) -> Plan:
    """The plan for [start, end) in at most `points` buckets aligned to the epoch."""
    oldest = reading.oldest(host)
    tier = fitting(oldest, start_ms, end_ms, points)
    width = bucketing.resolution(start_ms, end_ms, points, MINUTE_MS / 1000, 60 * tier)
    first, last = (start_of(at // MINUTE_MS, tier) for at in (start_ms, end_ms - 1))
    since = known_since(oldest)
    starts = bucketing.bucket_starts(start_ms, end_ms, width)
    return Plan(host, tier, starts, first, last + tier, None if since is None else since * MINUTE_MS)


def read(how: Plan, by: By, choice: Choice) -> Span:
    """What is stored of a span, of the consumers that `choice` takes of all that are told by name.

    Read again where a minute was stored or taken into the tiers meanwhile: it would count twice, or not at all.
    """
    pending = reading.pending(how.host, how.first, how.end)
    for _ in range(MOST_TRIES):
        found = _read(how, by, choice, pending)
        before, pending = pending, reading.pending(how.host, how.first, how.end)
        if pending == before:
            break
    return found


def _read(how: Plan, by: By, choice: Choice, pending: Pending) -> Span:
    kind, few = KINDS[by], _fewest(how, pending)
    parts = how.parts(few, pending)
    sums = ranking.summed(reading.sums(part, kind.peak) for part in parts)
    chosen = choice(sums)
    sums |= _closer(how.host, few, kind, {key: sums[key] for key in chosen if key in sums})
    whole = how.parts(how.whole, pending)
    found = [one for part in whole for one in reading.buckets(part, kind.field, chosen)]
    buckets = courses.folded(found, how.tier)
    return Span(
        plan=how,
        chosen=chosen,
        sums=sums,
        rest=ranking.rest(sums, chosen, map(reading.others, parts)),
        covered_ms=sum(one.covered_ms for one in buckets),
        not_seen_ms=sum(one.not_seen_ms for one in buckets),
        courses=courses.courses(buckets, kind, how.starts, len(chosen), has_rest=by == "cpu"),
        growth=_growth(how, buckets, pending, chosen),
    )


def _fewest(how: Plan, pending: Pending) -> list[Piece]:
    """The span in as few buckets as there can be, as far as those tell of the same as the tier of its course.

    What was imported need not be in every tier.
    """
    few = pieces(how.tier, how.first, how.end)
    told = [map(reading.spoken_for, how.parts(found, pending)) for found in (few, how.whole)]
    fewest, whole = ([sum(column) for column in zip(*one, strict=True)] for one in told)
    return few if fewest == whole else how.whole


def _closer(host: Host, found: Sequence[Piece], kind: KindOfUse, sums: dict[int, Sum]) -> dict[int, Sum]:
    """The sums with the start of their peak in ever finer tiers, as far as those tell of it."""
    if not kind.peak:
        return sums
    places = {key: _within(one.peak_at, found) for key, one in sums.items() if one.peak}
    for tier in reversed(TIERS):
        wanted = {key: (sums[key].peak, place) for key, place in places.items() if len(place) > tier}
        starts = reading.first_at(host, tier, kind.peak, wanted)
        places |= {key: range(at, at + tier) for key, at in starts.items()}
    return {key: sums[key]._replace(peak_at=place.start) for key, place in places.items()}


def _within(minute: int, found: Sequence[Piece]) -> range:
    """The minutes of the bucket of one of the pieces that holds one."""
    tier = next(one.tier for one in found if one.first <= minute < one.end)
    start = start_of(minute, tier)
    return range(start, start + tier)


def _growth(
    how: Plan, buckets: Sequence[Bucket], pending: Pending, chosen: Sequence[int]
) -> dict[int, float]:
    """By how many MiB the mean of the last tenth is more than that of the first, of those that have rows in both."""
    tenths = courses.tenths(buckets, how.tier)
    if tenths is None:
        return {}
    means = [
        _means(how.parts([Piece(how.tier, *one)], pending), chosen, courses.covered_ms(buckets, one))
        for one in tenths
    ]
    return {key: means[1][key] - means[0][key] for key in means[0].keys() & means[1].keys()}


def _means(parts: Sequence[Part], chosen: Sequence[int], covered_ms: int) -> dict[int, float]:
    """The mean MiB of each consumer that has rows in some parts."""
    held = Counter[int]()
    for part in parts:
        held.update(reading.held(part, chosen))
    return {key: 1000 * amount / covered_ms for key, amount in held.items()}

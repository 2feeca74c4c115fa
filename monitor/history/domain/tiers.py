"""Tiers: samples become ever coarser buckets; which there are, how values merge exactly, which tier suits a span.

A bucket keeps, for each metric, a total (steps x milliseconds), the weight (milliseconds that speak for it), the lowest
and the highest steps: whole numbers, see steps. Totals and weights add, extremes compare: so a year merges to
the same mean as its seconds, to the last digit, and no spike is lost. Buckets are aligned to the epoch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from typing import cast

PARTS = ("total", "weight", "low", "high")

UNKNOWN = (None,) * len(PARTS)

Number = float | None

MINUTE, QUARTER, HOUR = 60, 900, 3600
RESOLUTIONS = (MINUTE, QUARTER, HOUR)
NAMES = {MINUTE: "1-minute", QUARTER: "15-minute", HOUR: "1-hour"}
LEAST_SHARE = 4  # a tier may give so many times fewer buckets than were asked for
LEAST_WEIGHT_MS = 1  # a reading after a gap covers no time; it still counts where nothing else is known


@dataclass(frozen=True, slots=True)
class Summary:
    """One metric over one bucket: total is steps x ms, weight is ms, low and high are steps."""

    total: int
    weight: int
    low: int
    high: int

    @property
    def mean(self) -> float:
        """The time-weighted mean in steps, never outside its extremes by rounding."""
        return min(max(self.total / self.weight, self.low), self.high)


Row = tuple[Summary | None, ...]  # one entry a metric, None where nothing is known


def of_reading(steps: Sequence[int | None], covered_ms: int) -> Row:
    """The summaries of one sample."""
    return of_readings([covered_ms], [steps])


def of_readings(covered_ms: Sequence[int], readings: Sequence[Sequence[int | None]]) -> Row:
    """The summaries of samples together: each merged of its own would give the same, in five times the time."""
    weights = [max(covered, LEAST_WEIGHT_MS) for covered in covered_ms]
    whole = sum(weights)
    return tuple(_summary(column, weights, whole) for column in zip(*readings, strict=True))


def of_extremes(total: int, weight: int, low: int, high: int) -> Summary:
    """A summary of numbers that were rounded each for itself: the extremes give way where the mean lies outside."""
    return Summary(total, weight, min(low, total // weight), max(high, -(-total // weight)))


def merged(rows: Iterable[Row]) -> Row:
    """The summaries of several disjoint rows together."""
    return tuple(_merged([one for one in column if one is not None]) for column in zip(*rows, strict=True))


def _summary(column: Sequence[int | None], weights: Sequence[int], whole: int) -> Summary | None:
    known = cast("Sequence[int]", column)
    if None in column:
        known = [one for one in column if one is not None]
    if len(known) != len(column):
        weights = [weight for one, weight in zip(column, weights, strict=True) if one is not None]
        whole = sum(weights)
    return Summary(sum(map(mul, known, weights)), whole, min(known), max(known)) if known else None


def _merged(parts: list[Summary]) -> Summary | None:
    if not parts:
        return None
    return Summary(
        sum(part.total for part in parts),
        sum(part.weight for part in parts),
        min(part.low for part in parts),
        max(part.high for part in parts),
    )


def bucket_of(at_ms: int, resolution: int) -> int:
    """The start (ms) of the bucket of `resolution` seconds that holds `at_ms`."""
    return at_ms - at_ms % (resolution * 1000)


def bucket_after(at_ms: int, resolution: int) -> int:
    """The start of the first bucket that lies wholly at or after `at_ms`."""
    return -(-at_ms // (resolution * 1000)) * resolution * 1000


def grouped(rows: Iterable[tuple[int, Row]], resolution: int) -> dict[int, Row]:
    """Rows of (time in ms, summaries) as buckets by start."""
    groups: dict[int, list[Row]] = {}
    for at_ms, row in rows:
        groups.setdefault(bucket_of(at_ms, resolution), []).append(row)
    return {start: merged(group) for start, group in groups.items()}


def lowered(pending_from_ms: int, late_ms: int, pruned_until_ms: int, resolution: int) -> int:
    """Where rolling up must begin again after data arrived for `late_ms`.

    Buckets whose source was pruned, even in part, are never computed again: they would lose what is gone.
    """
    possible = max(bucket_of(late_ms, resolution), bucket_after(pruned_until_ms, resolution))
    return min(pending_from_ms, possible)


def source_of(resolution: int) -> int:
    """The resolution that `resolution` is rolled up from; 0 is the samples themselves."""
    return {MINUTE: 0, QUARTER: MINUTE, HOUR: QUARTER}[resolution]


def segments(start_ms: int, end_ms: int, choice: int, done: Mapping[int, int]) -> list[tuple[int, int, int]]:
    """[start, end) cut into (resolution, start, end), oldest first: the chosen tier as far as it is done, then finer ones.

    `done` says before which time each tier holds everything. 0 is the samples themselves; they are read to the end.
    """
    found = []
    for resolution in sorted((one for one in RESOLUTIONS if one <= choice), reverse=True):
        until = min(end_ms, bucket_of(done.get(resolution, 0), resolution))
        if until > start_ms:
            found.append((resolution, start_ms, until))
            start_ms = until
    return [*found, (0, start_ms, end_ms)] if start_ms < end_ms else found


def best_resolution(
    start_ms: int,
    end_ms: int,
    points: int,
    oldest_ms: Mapping[int, int | None],
    among: Sequence[int] = (0, *RESOLUTIONS),
) -> int:
    """The tier to read a span from: 0 for samples, else its resolution in seconds; one of `among`, from the finest on.

    The coarsest that still gives a quarter of `points` answers fastest and looks the same. `oldest_ms` says how
    far back each tier reaches (None: empty): one that does not reach the start loses to a coarser one that does.
    """
    span = (end_ms - start_ms) / 1000
    choice = max((one for one in among if LEAST_SHARE * span >= points * one), default=among[0])
    known = [(one, oldest) for one in among if one >= choice and (oldest := oldest_ms.get(one)) is not None]
    for resolution, oldest in known:
        further = [(one, since) for one, since in known if one > resolution]
        if oldest <= start_ms or all(bucket_of(oldest, one) <= since for one, since in further):
            return resolution
    return choice


def packed(row: Row) -> list[Number]:
    """The weight (ms) that most metrics have, then PARTS of each metric in turn; its own weight only where it differs."""
    weights = Counter(one.weight for one in row if one is not None)
    usual = max(weights, key=lambda weight: (weights[weight], weight), default=0)
    numbers: list[Number] = [usual]
    for one in row:
        if one is None:
            numbers += UNKNOWN
        else:
            own = None if one.weight == usual else float(one.weight)
            numbers += (float(one.total), own, float(one.low), float(one.high))
    return numbers


def unpacked(numbers: Sequence[Number]) -> Row:
    """The summaries that `packed` made these numbers of."""
    usual = numbers[0]
    return tuple(
        _unpacked_summary(usual, *numbers[at : at + len(PARTS)]) for at in range(1, len(numbers), len(PARTS))
    )


def _unpacked_summary(
    usual: Number, total: Number, weight: Number, low: Number, high: Number
) -> Summary | None:
    weight = usual if weight is None else weight
    if total is None or weight is None or low is None or high is None:
        return None
    return Summary(int(total), int(weight), int(low), int(high))

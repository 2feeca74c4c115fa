"""How samples become ever coarser buckets: which tiers there are, how values merge exactly, which tier suits a span.

A bucket keeps, for each metric, a total (value x milliseconds), the weight (milliseconds that speak for it), the lowest
and the highest value. Totals and weights add, extremes compare: so a year merges to the same mean as its seconds, and
no spike is lost. Buckets are aligned to the epoch.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MINUTE, QUARTER, HOUR = 60, 900, 3600
RESOLUTIONS = (MINUTE, QUARTER, HOUR)
LEAST_WEIGHT_MS = 1  # a reading after a gap covers no time; it still counts where nothing else is known


@dataclass(frozen=True, slots=True)
class Summary:
    """One metric over one bucket: total is value x ms, weight is ms."""

    total: float
    weight: int
    low: float
    high: float

    @property
    def mean(self) -> float:
        """The time-weighted mean, never outside its extremes by rounding."""
        return min(max(self.total / self.weight, self.low), self.high)


Row = tuple[Summary | None, ...]  # one entry a metric, None where nothing is known


def of_reading(values: Sequence[float | None], covered_ms: int) -> Row:
    """The summaries of one sample."""
    weight = max(covered_ms, LEAST_WEIGHT_MS)
    return tuple(None if value is None else Summary(value * weight, weight, value, value) for value in values)


def merged(rows: Iterable[Row]) -> Row:
    """The summaries of several disjoint rows together."""
    return tuple(_merged([one for one in column if one is not None]) for column in zip(*rows, strict=True))


def _merged(parts: list[Summary]) -> Summary | None:
    if not parts:
        return None
    return Summary(
        math.fsum(part.total for part in parts),
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


def best_resolution(start_ms: int, end_ms: int, points: int, oldest_ms: dict[int, int | None]) -> int:
    """The tier to read a span from: 0 for samples, else its resolution in seconds.

    The coarsest that still gives a third of `points` answers fastest and looks the same. `oldest_ms` says how
    far back each tier reaches (None: empty): one that does not reach the start loses to a coarser one that does.
    """
    span = (end_ms - start_ms) / 1000
    wanted = [0, *(resolution for resolution in RESOLUTIONS if 3 * span / resolution >= points)]
    choice = wanted[-1]
    reaches = [resolution for resolution in (0, *RESOLUTIONS) if resolution >= choice]
    known = [
        (oldest_ms[resolution], resolution) for resolution in reaches if oldest_ms.get(resolution) is not None
    ]
    if not known:
        return choice
    first = min(oldest for oldest, _ in known if oldest is not None)
    return next(
        resolution
        for oldest, resolution in known
        if oldest is not None and (oldest <= start_ms or bucket_of(oldest, resolution) <= first)
    )

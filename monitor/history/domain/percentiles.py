"""Percentiles: which value a metric did not exceed for a share of the time, in windows of rows enough to tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.history.domain import bucketing

LOW, HIGH = 5, 95
LEAST_ROWS = 20
"""Of fewer rows one is more than five in a hundred: the least of them would be the p5, and the greatest the p95."""

FINE_POINTS = 3000
"""The tier is one that would suit a span of so many points: so above a week there are some thirty windows at least."""


@dataclass(frozen=True, slots=True)
class Band:
    """What held at least for 5 and for 95 hundredths of the time."""

    p5: float
    p95: float


def window(width: int, tier: int) -> int | None:
    """Seconds: the least whole number of points of `width` seconds that holds LEAST_ROWS rows of a tier; None: none does."""
    wide = (one for one in bucketing.WIDTHS if one >= LEAST_ROWS * tier and one % width == 0)
    return next(wide, None)


def band(means: Sequence[float | None], weights: Sequence[float | None]) -> Band | None:
    """The p5 and the p95 of rows by the time that each weighs: the least value that was not exceeded for so much of it.

    None where fewer than LEAST_ROWS rows are known; a row is unknown where its mean is None.
    """
    known = [mean for mean in means if mean is not None]
    if len(known) < LEAST_ROWS:
        return None
    if len(known) == len(means) and weights.count(weights[0]) == len(weights):  # nearly always: half the work
        known.sort()
        return Band(known[-(-LOW * len(known) // 100) - 1], known[-(-HIGH * len(known) // 100) - 1])
    weighed = sorted(
        (mean, weight or 0) for mean, weight in zip(means, weights, strict=True) if mean is not None
    )
    whole = sum(weight for _, weight in weighed)
    return Band(_at(weighed, LOW * whole), _at(weighed, HIGH * whole))


def _at(weighed: Sequence[tuple[float, float]], hundredths: float) -> float:
    """The first value up to which so many hundredths of the weight lie."""
    reached = 0.0
    for mean, weight in weighed:
        reached += 100 * weight
        if reached >= hundredths:
            return mean
    return weighed[-1][0]

"""A bucket's summaries as the numbers of one database row, and back: a weight once, not for every metric again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .tiers import Row, Summary

PARTS = ("total", "weight", "low", "high")
UNKNOWN = (None,) * len(PARTS)

Number = float | None


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
    return tuple(_summary(usual, *numbers[at : at + len(PARTS)]) for at in range(1, len(numbers), len(PARTS)))


def _summary(usual: Number, total: Number, weight: Number, low: Number, high: Number) -> Summary | None:
    weight = usual if weight is None else weight
    if total is None or weight is None or low is None or high is None:
        return None
    return Summary(int(total), int(weight), int(low), int(high))

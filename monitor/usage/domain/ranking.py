"""Ranking of consumers: who used most of one kind, and what all the others used together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from monitor.metrics.usage import NOTHING, Used, merged
from monitor.usage.domain.kinds import KindOfUse


class Sum(NamedTuple):
    """What one consumer used over a span; its peak by one kind of use, and the start of that bucket, in minutes."""

    used: Used = NOTHING
    peak: int = 0
    peak_at: int = 0


NO_SUM = Sum()


def summed(parts: Iterable[Mapping[int, Sum]]) -> dict[int, Sum]:
    """The sums of disjoint parts of a span, by consumer."""
    found: dict[int, Sum] = {}
    for part in parts:
        for key, one in part.items():
            found[key] = _joined(found[key], one) if key in found else one
    return found


def heaviest(sums: Mapping[int, Sum], kind: KindOfUse, most: int) -> list[int]:
    """Who used most of one kind, heaviest first, at most so many; who used none of it is not among them."""
    return ranked(sums, kind, [key for key, one in sums.items() if amount_of(one.used, kind)], most)


def ranked(sums: Mapping[int, Sum], kind: KindOfUse, wanted: Iterable[int], most: int) -> list[int]:
    """The heaviest of the `wanted`, at most so many, heaviest first."""
    amounts = {key: amount_of(sums.get(key, NO_SUM).used, kind) or 0 for key in wanted}
    return sorted(amounts, key=lambda key: (-amounts[key], key))[:most]


def rest(sums: Mapping[int, Sum], chosen: Sequence[int], others: Iterable[Used]) -> Used:
    """What all but the `chosen` used, with others that are not told by name."""
    return merged([*others, *(one.used for key, one in sums.items() if key not in chosen)])


def amount_of(used: Used, kind: KindOfUse) -> int | None:
    """How much of one kind."""
    amount: int | None = getattr(used, kind.field)
    return amount


def _joined(one: Sum, other: Sum) -> Sum:
    higher = max(one, other, key=lambda each: (each.peak, -each.peak_at))
    return higher._replace(used=merged([one.used, other.used]))

"""Cascade of tiers: pieces of time, told in order, become buckets of a quarter, an hour, six hours and a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from monitor.usage.domain.tiers import COARSER, KEPT_WITH, MINUTE_MS, start_of


class Dated(Protocol):
    """What lies in one bucket of a tier; start: minutes since the epoch."""

    @property
    def tier(self) -> int: ...
    @property
    def start(self) -> int: ...


One = TypeVar("One", bound=Dated)


class Cascade(Generic[One]):
    """Buckets of all tiers; one is whole when the next of its tier begins."""

    def __init__(
        self, together: Callable[[int, int, Sequence[One]], One], kept_from: Mapping[int, int]
    ) -> None:
        """together: disjoint pieces as one bucket of a tier and start. kept_from: where each tier of samples begins, ms."""
        self.whole: list[One] = []
        """Those that are to be kept, finer ones first; whoever stores them takes them away."""
        self._together = together
        self._kept_from = kept_from
        self._open: dict[int, list[One]] = {tier: [] for tier in COARSER}

    def add(self, one: One) -> None:
        """Take one piece of time in, that of a minute or of some that begin with it."""
        self._take(one, COARSER)

    def close(self) -> None:
        """Let what is not whole yet be so, as far as it goes."""
        for at, tier in enumerate(COARSER):
            if self._open[tier]:
                self._take(self._closed(tier), COARSER[at + 1 :])

    def _take(self, one: One, coarser: Sequence[int]) -> None:
        if (one.start + one.tier) * MINUTE_MS > self._kept_from[KEPT_WITH[one.tier]]:
            self.whole.append(one)
        if not coarser:
            return
        tier = coarser[0]
        before = self._open[tier]
        if before and start_of(before[0].start, tier) != start_of(one.start, tier):
            self._take(self._closed(tier), coarser[1:])
        self._open[tier].append(one)

    def _closed(self, tier: int) -> One:
        pieces, self._open[tier] = self._open[tier], []
        return self._together(tier, start_of(pieces[0].start, tier), pieces)

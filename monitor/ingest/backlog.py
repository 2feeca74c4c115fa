"""Backlog of the door: readings that are evaluated but could not be stored yet, bounded, oldest first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from monitor.alerts import evidence
from monitor.metrics.gaps import GapSpec, Kind
from monitor.metrics.reading import Reading
from monitor.rules.domain.judge import Outcome


@dataclass(slots=True)
class Waiting:
    """A reading that is evaluated but not stored yet, with what goes into its transaction and its frame."""

    reading: Reading
    outcomes: list[Outcome]
    means: dict[str, float | None]
    gaps: list[GapSpec]
    findings: list[evidence.Finding] = field(default_factory=list)

    @property
    def at_ms(self) -> int:
        """The millisecond of the reading."""
        return self.reading.taken_at_ms


class Backlog:
    """At most `most` readings; over that the oldest goes, but never the alert changes that it caused."""

    def __init__(self, most: int) -> None:
        self.dropped = 0
        """Readings that were lost since the backlog was last empty."""
        self._most = most
        self._items: deque[Waiting] = deque()
        self._stored_ms: int | None = None

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Waiting]:
        return iter(self._items)

    @property
    def newest(self) -> Waiting:
        """The one that was added last; IndexError where nothing waits."""
        return self._items[-1]

    def oldest(self, most: int) -> list[Waiting]:
        """Up to `most` of those that wait longest, in order."""
        return list(islice(self._items, most))

    def add(self, item: Waiting) -> None:
        """Let `item` wait; what no longer fits goes."""
        self._items.append(item)
        while len(self._items) > self._most:
            self._drop_oldest()

    def stored(self, count: int) -> None:
        """Let go of the oldest `count`: they are stored."""
        for _ in range(count):
            self._stored_ms = self._items.popleft().at_ms
        if not self._items:
            self.dropped = 0

    def forget(self, item: Waiting) -> None:
        """Let go of one that turned out to be stored already."""
        self._items.remove(item)

    def _drop_oldest(self) -> None:
        oldest = self._items.popleft()
        heir = self._items[0]
        heir.outcomes[:0] = oldest.outcomes
        heir.findings[:0] = oldest.findings
        heir.gaps[:0] = self._with_loss(oldest.gaps, oldest.at_ms, heir.at_ms)
        self.dropped += 1

    def _with_loss(self, gaps: list[GapSpec], from_ms: int, to_ms: int) -> list[GapSpec]:
        """`gaps` and one more, or one made longer, for the readings that were dropped."""
        known = [gap for gap in gaps if gap.kind is Kind.STORAGE_FAILING]
        start = known[0].start_ms if known else self._stored_ms or from_ms
        others = [gap for gap in gaps if gap.kind is not Kind.STORAGE_FAILING]
        return [*others, GapSpec(min(start, to_ms), to_ms, Kind.STORAGE_FAILING)]

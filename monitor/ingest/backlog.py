"""Backlog of the door: readings that are evaluated but could not be stored yet, bounded, oldest first.

One thread adds, another stores: what it has in hand is never dropped meanwhile.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from monitor.alerts import evidence
from monitor.diagnosis.document import Document
from monitor.metrics.gaps import GapSpec, Kind
from monitor.metrics.parts import PartAccount
from monitor.metrics.reading import Reading
from monitor.metrics.usage import Account, GroupShare
from monitor.rules.domain.outcome import Outcome
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import Status


@dataclass(slots=True)
class Judged:
    """Where the rules stood after one reading; `ended`: those of which storing found that a person ended the alert."""

    rules: tuple[RuleSpec, ...]
    statuses: Mapping[int, Status]
    members: Mapping[int, Sequence[Mapping[str, object]]]
    ended: set[int] = field(default_factory=set)

    def forget(self, rule_id: int) -> None:
        """Note that a person ended the alert of a rule."""
        self.ended.add(rule_id)


@dataclass(slots=True)
class Waiting:
    """A reading that is evaluated but not stored yet, with what goes into its transaction and its frame.

    judged: None where nobody judged it in this process. standing: the alerts that are open with it, by name and severity.
    busy: what kept the host busy, is_look: as a look of this very moment found. since: when it was taken in, by the
    monotonic clock. is_told: its frame was published. after_id: of one that waited in a file, the newest sample that was
    stored as that was written; 0 where there was none. account: who used the machine in the time before, None where no
    look told of it. parts: what file systems, disks and interfaces held and moved in the time before.
    groups: which control groups used most of the CPU just then, None where nobody knows.
    """

    reading: Reading
    outcomes: list[Outcome]
    means: dict[str, float | None]
    gaps: list[GapSpec]
    findings: list[evidence.Finding] = field(default_factory=list)
    judged: Judged | None = None
    standing: tuple[tuple[str, str], ...] = ()
    busy: Document | None = None
    is_look: bool = False
    since: float = 0.0
    is_told: bool = False
    after_id: int | None = None
    account: Account | None = None
    parts: tuple[PartAccount, ...] = ()
    groups: tuple[GroupShare, ...] | None = None

    @property
    def at_ms(self) -> int:
        """The millisecond of the reading."""
        return self.reading.taken_at_ms


class Backlog:
    """At most `most` readings; over that the oldest goes, but never the alert changes that it caused."""

    def __init__(self, most: int) -> None:
        self.dropped = 0
        """Readings that were lost since the backlog was last empty."""
        self.after_id = 0
        """The newest sample of the host that was stored before these; 0 where there is none."""
        self._most = most
        self._items: deque[Waiting] = deque()
        self._in_hand = 0  # so many of the oldest are being stored
        self._stored_ms: int | None = None
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Waiting]:
        with self._lock:
            return iter(list(self._items))

    @property
    def newest(self) -> Waiting | None:
        """The one that was added last; None where nothing waits."""
        with self._lock:
            return self._items[-1] if self._items else None

    def oldest(self, most: int) -> list[Waiting]:
        """Up to `most` of those that wait longest, in order: they are in hand until they are stored or put back."""
        with self._lock:
            found = list(islice(self._items, most))
            self._in_hand = len(found)
            return found

    def add(self, item: Waiting) -> None:
        """Let `item` wait; what no longer fits goes."""
        with self._lock:
            self._items.append(item)
            self._shorten()

    def put_back(self) -> None:
        """Let what was in hand wait on: it could not be stored."""
        with self._lock:
            self._in_hand = 0
            self._shorten()

    def stored(self, count: int, newest_id: int) -> None:
        """Let go of the oldest `count`: they are stored, the last one as `newest_id`."""
        with self._lock:
            self.after_id = newest_id
            for _ in range(count):
                self._stored_ms = self._items.popleft().at_ms
            self._in_hand = 0
            if not self._items:
                self.dropped = 0

    def forget(self, item: Waiting) -> None:
        """Let go of one that turned out to be stored already."""
        with self._lock:
            self._items.remove(item)
            self._in_hand = max(0, self._in_hand - 1)

    def _shorten(self) -> None:
        while len(self._items) > self._most and len(self._items) - self._in_hand > 1:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        place = self._in_hand
        oldest, heir = self._items[place], self._items[place + 1]
        del self._items[place]
        before_ms = self._items[place - 1].at_ms if place else self._stored_ms
        heir.outcomes[:0] = oldest.outcomes
        heir.findings[:0] = oldest.findings
        heir.gaps[:] = _with_loss([*oldest.gaps, *heir.gaps], before_ms or oldest.at_ms, heir.at_ms)
        self.dropped += 1


def _with_loss(gaps: list[GapSpec], from_ms: int, to_ms: int) -> list[GapSpec]:
    """`gaps` and one more, or one made longer, for the readings that were dropped."""
    known = [gap.start_ms for gap in gaps if gap.kind is Kind.STORAGE_FAILING]
    others = [gap for gap in gaps if gap.kind is not Kind.STORAGE_FAILING]
    return [*others, GapSpec(min([known[0] if known else from_ms, to_ms]), to_ms, Kind.STORAGE_FAILING)]

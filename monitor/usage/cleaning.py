"""Cleaning of the dictionaries: names that no row tells of go, and where names are many those that hardly any row tells of.

No index leads from a name to its rows: all rows of a host are looked through, one window a step. A name without any is noted
at the end of a pass, and goes at the end of the next one, unless somebody used it meanwhile.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.db.models import Count, QuerySet

from monitor.hosts.models import Host
from monitor.metrics.usage import Used, merged
from monitor.usage import parts, rows
from monitor.usage.dictionary import MOST_NAMES
from monitor.usage.domain.tiers import TIERS
from monitor.usage.models import Consumer, Part, PartUsage, Usage

BUCKETS_A_STEP = 1000
PASS_SECONDS = 3600.0
"""So long lies between the beginnings of two passes at least: whoever remembers names reads them anew more often."""

FULL, EMPTIER = 0.75, 0.625
"""Where more than so much of the room for names is taken it is emptied to so much."""


@dataclass(frozen=True, slots=True)
class _Book:
    """One dictionary: its names, at most so many; the rows that tell of them by `key`; `state` changes when one is used."""

    names: type[models.Model]
    most: int
    state: str
    rows: type[models.Model]
    key: str


BOOKS = (
    _Book(Consumer, MOST_NAMES, "is_unused", Usage, "consumer_id"),
    _Book(Part, parts.MOST, "seen", PartUsage, "part_id"),
)


@dataclass(slots=True)
class _Look:
    """What is known of one dictionary of one host: its names by key, how many rows told of each in this pass, who goes.

    idle: names, with their state, of which no row told in the last pass. leaving: names whose rows go in this one.
    """

    host: Host
    book: _Book
    there: Mapping[int, Hashable] = field(default_factory=dict)
    counts: Counter[int] = field(default_factory=Counter)
    idle: Mapping[int, Hashable] = field(default_factory=dict)
    leaving: list[int] = field(default_factory=list)

    def windows(self) -> Iterator[None]:
        """One pass, a window of rows at a time."""
        self.there, self.counts = self._states(), Counter()
        for tier in TIERS:
            of_tier = self.book.rows._default_manager.filter(host=self.host, tier=tier)
            end = 0
            while (start := _next(of_tier, end)) is not None:
                end = start + BUCKETS_A_STEP * tier
                self._look(tier, of_tier.filter(start__gte=start, start__lt=end))
                yield
        self._end()

    def _look(self, tier: int, window: QuerySet[Any]) -> None:
        if self.leaving:
            with transaction.atomic():
                self._let_go(tier, window.filter(**{f"{self.book.key}__in": self.leaving}))
        counted = window.order_by().values_list(self.book.key).annotate(rows=Count("start"))
        self.counts.update(dict(counted))

    def _let_go(self, tier: int, going: QuerySet[Any]) -> None:
        """Delete rows; what a consumer used is told among the others of its bucket from now on."""
        if self.book.rows is Usage:
            used: defaultdict[int, list[Used]] = defaultdict(list)
            for start, *one in going.values_list("start", *Used._fields):
                used[start].append(Used._make(one))
            others = [(self.host.pk, tier, start, 0, 0, 0, *merged(every)) for start, every in used.items()]
            rows.add_buckets(others, is_taken=True)
        going.delete()

    def _end(self) -> None:
        without = {pk: state for pk, state in self.there.items() if not self.counts[pk]}
        going: defaultdict[Hashable, list[int]] = defaultdict(list)
        for pk, state in without.items():
            if pk in self.idle and self.idle[pk] == state:
                going[state].append(pk)
        for state, pks in going.items():
            self._names().filter(pk__in=pks, **{self.book.state: state}).delete()
        if self.book.names is Consumer:
            self._names().filter(pk__in=list(without)).update(is_unused=True)
        now = self._states()
        self.idle = {pk: now[pk] for pk in without if pk in now}
        self.leaving = self._hardly_used([pk for pk in now if self.counts[pk]])

    def _hardly_used(self, told: list[int]) -> list[int]:
        """Those whose rows are fewest, of equals who came first, where rows tell of too many names."""
        if len(told) <= FULL * self.book.most:
            return []
        return sorted(told, key=lambda pk: (self.counts[pk], pk))[: len(told) - int(EMPTIER * self.book.most)]

    def _names(self) -> QuerySet[Any]:
        return self.book.names._default_manager.filter(host=self.host)

    def _states(self) -> dict[int, Hashable]:
        return dict(self._names().values_list("pk", self.book.state))


@dataclass(slots=True)
class _Turn:
    """Where the cleaning of one host stands."""

    looks: list[_Look]
    due: float
    steps: Iterator[None] | None = None


class Cleaning:
    """Goes through the rows of hosts again and again; for one thread only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._turns: dict[int, _Turn] = {}

    def step(self, host: Host) -> bool:
        """Look through one window of the rows of a host; False where its next pass is not due yet, or one has ended."""
        turn = self._turns.get(host.pk)
        if turn is None:
            turn = self._turns[host.pk] = _Turn([_Look(host, book) for book in BOOKS], self._clock())
        if turn.steps is None:
            if self._clock() < turn.due:
                return False
            turn.due = self._clock() + PASS_SECONDS
            turn.steps = (step for look in turn.looks for step in look.windows())
        try:
            next(turn.steps)
        except StopIteration:
            turn.steps = None
            return False
        except BaseException:
            del self._turns[host.pk]  # a pass that broke tells nothing
            raise
        return True


def _next(found: QuerySet[Any], start: int) -> int | None:
    later = found.filter(start__gte=start).order_by("start")
    return later.values_list("start", flat=True).first()

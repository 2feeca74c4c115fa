"""Gathering of what the parts of a machine hold and move, tick by tick, into accounts of minutes.

A minute in which something moved has an account of its own. What stays as it is for longer is told at the end of the
quarter hour, once for all of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from monitor.metrics.parts import Kind, Part, PartAccount, PartNow, PartUsed, merged, stable
from monitor.metrics.reading import Reading

SLICE_MS, SLICES_A_MINUTE, MINUTES_A_QUARTER = 15_000, 4, 15
MOST = 200
"""Parts that are gathered at a time."""

LEAST_KIB, LEAST_SHARE, LEAST_PERMYRIAD = 64.0, 1e-4, 1.0
"""By less a file system is as full as it was: its sums are exact all the same, and told by the quarter hour."""


@dataclass(slots=True)
class _Sums:
    """One part in the present slice, before its sums are rounded."""

    seconds: float = 0.0
    sums: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    highest: dict[str, float] = field(default_factory=dict)
    now: PartNow = field(default_factory=PartNow)

    def add(self, now: PartNow, seconds: float) -> None:
        self.seconds += seconds
        self.now = now
        for column, value in (
            ("used_kib_s", now.used_kib),
            ("size_kib_s", now.size_kib),
            ("inodes_permyriad_s", now.inodes_permyriad),
            ("in_bytes", now.in_per_second),
            ("out_bytes", now.out_per_second),
            ("busy_ms", now.busy_permille),
        ):
            if value is not None:
                self.sums[column] += value * seconds
        for column, value in (
            ("used_highest_kib", now.used_kib),
            ("inodes_highest_permyriad", now.inodes_permyriad),
            ("in_highest", now.in_per_second),
            ("out_highest", now.out_per_second),
        ):
            if value is not None:
                self.highest[column] = max(value, self.highest.get(column, 0.0))

    @property
    def used(self) -> PartUsed:
        every = {name: round(value) for name, value in (self.sums | self.highest).items()}
        return PartUsed(round(1000 * self.seconds), **every)


@dataclass(slots=True)
class _Past:
    """What is known of one part and not told yet: at most two minutes, of which the first may speak for those before it."""

    told: PartNow
    told_minute: int
    waiting: list[PartAccount] = field(default_factory=list)

    def wait(self, one: PartAccount) -> None:
        """Keep it for later: nothing moved."""
        if self.waiting and self.waiting[-1].minute == one.minute:
            one = one._replace(used=merged([self.waiting.pop().used, one.used]))
        self.waiting.append(one)
        if len(self.waiting) > 2:
            first, second, last = self.waiting
            self.waiting = [second._replace(used=merged([first.used, second.used])), last]

    def all(self) -> list[PartAccount]:
        """All of it, which waits no longer."""
        found, self.waiting = self.waiting, []
        return found

    def at_once(self) -> list[PartAccount]:
        """The same as one: nothing moved in any of it."""
        found = self.all()
        return [found[-1]._replace(used=merged(one.used for one in found))] if found else []


class Gathering:
    """Takes the readings of one host in turn. For one thread only."""

    def __init__(self) -> None:
        self._slice: int | None = None
        self._sums: dict[Part, _Sums] = {}
        self._pasts: dict[Part, _Past] = {}

    def take(self, reading: Reading) -> tuple[PartAccount, ...]:
        """Take in what a reading told of the parts; return what is to be stored with it of the time before."""
        told: list[PartAccount] = []
        if reading.gap > 0:
            told += self.rest()
        at = round(reading.taken_at_ms - 500 * reading.covered) // SLICE_MS
        if at != self._slice:
            told += self._end_slice(at // SLICES_A_MINUTE // MINUTES_A_QUARTER)
            self._slice = at
        for part, now in _by_name(reading.parts).items():
            if reading.covered > 0 and (part in self._sums or len(self._sums) < MOST):
                self._sums.setdefault(part, _Sums()).add(now, reading.covered)
        return tuple(told)

    def rest(self) -> tuple[PartAccount, ...]:
        """All that is not told yet: nobody knows what comes next."""
        found = self._end_slice(None)
        self._slice = None
        return tuple(found)

    def _end_slice(self, quarter: int | None) -> list[PartAccount]:
        """What is to be told at the end of a slice, before one of another quarter hour, or None for the end of all."""
        told: list[PartAccount] = []
        sums, self._sums = self._sums, {}
        minute = (self._slice or 0) // SLICES_A_MINUTE
        for part, found in sums.items():
            told += self._settled(PartAccount(minute, part, found.used), found.now)
        for part, past in list(self._pasts.items()):
            if past.waiting and past.waiting[-1].minute // MINUTES_A_QUARTER != quarter:
                told += past.at_once()
            if quarter is None or (part not in sums and not past.waiting):
                del self._pasts[part]
        return told

    def _settled(self, one: PartAccount, now: PartNow) -> list[PartAccount]:
        past = self._pasts.get(one.part)
        if past is None:
            self._pasts[one.part] = _Past(now, one.minute)
            return [one]
        told = []
        if past.waiting and past.waiting[-1].minute // MINUTES_A_QUARTER != one.minute // MINUTES_A_QUARTER:
            told = past.at_once()
        if past.told_minute == one.minute or has_moved(one.used, past.told, now):
            told += past.all()
            past.told, past.told_minute = now, one.minute
            return [*told, one]
        past.wait(one)
        return told


def has_moved(used: PartUsed, before: PartNow, now: PartNow) -> bool:
    """Whether a part moved anything in a slice, or holds something else than `before`."""
    if used.in_bytes or used.out_bytes or used.busy_ms:
        return True
    least_kib = max(LEAST_KIB, LEAST_SHARE * (now.size_kib or 0.0))
    return any(
        (one is None) is not (other is None) or abs((one or 0.0) - (other or 0.0)) >= least
        for one, other, least in (
            (before.used_kib, now.used_kib, least_kib),
            (before.size_kib, now.size_kib, least_kib),
            (before.inodes_permyriad, now.inodes_permyriad, LEAST_PERMYRIAD),
        )
    )


def _by_name(parts: Mapping[Part, PartNow]) -> dict[Part, PartNow]:
    """Each under what stays the same of its name, those that share one together."""
    found: defaultdict[Part, list[PartNow]] = defaultdict(list)
    for part, now in parts.items():
        found[stable(part)].append(now)
    return {part: all_[0] if len(all_) == 1 else _together(part.kind, all_) for part, all_ in found.items()}


def _together(kind: Kind, parts: Iterable[PartNow]) -> PartNow:
    """What several move together; of file systems the one that is fullest."""
    if kind is Kind.FILE_SYSTEM:
        return max(parts, key=lambda one: (one.used_kib or 0.0) / (one.size_kib or 1.0))
    columns = ([value for value in column if value is not None] for column in zip(*parts, strict=True))
    found = PartNow._make(sum(column) if column else None for column in columns)
    return found._replace(
        busy_permille=None if found.busy_permille is None else min(1000.0, found.busy_permille)
    )

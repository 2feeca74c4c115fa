"""Episodes of overload: what was found of it in the tiers as whole episodes, and how much of a time is known at all.

Calm of less than a minute between ends no episode. A hole does: what was then is neither overload nor calm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

HOLD_MS = 60_000
Span = tuple[int, int]
"""A time [start, end) in ms."""


@dataclass(frozen=True, slots=True)
class Worst:
    """The worst value that a metric came to, and the lowest limit that it was judged by (of the load: the cores)."""

    value: float
    limit: float


@dataclass(frozen=True, slots=True)
class Episode:
    """A time of overload, as long as what it was read from: samples (resolution 0), or buckets of so many seconds.

    least_ms: how long it was so for certain, for a bucket counts as a whole; by the load alone and by the means alone.
    """

    start_ms: int
    end_ms: int
    resolution: int
    worst: Mapping[str, Worst]
    least_by_load_ms: int = 0
    least_by_means_ms: int = 0

    @property
    def least_ms(self) -> int:
        """How long at least."""
        return min(max(self.least_by_load_ms, self.least_by_means_ms), self.end_ms - self.start_ms)


@dataclass(slots=True)
class Found:
    """What was read of a time: runs of overload, where anything is known, the holes in that.

    thin: buckets that speak for less than their length, and how many ms they lack. longest_ms: beyond it lies a hole.
    """

    longest_ms: int
    runs: list[Episode] = field(default_factory=list)
    known: list[Span] = field(default_factory=list)
    holes: list[Span] = field(default_factory=list)
    thin: list[tuple[int, int, int]] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Take in what was read of another time."""
        self.runs += other.runs
        self.known += other.known
        self.holes += other.holes
        self.thin += other.thin

    def all_holes(self) -> list[Span]:
        """The holes, those between the times that were read included, oldest first."""
        known = sorted(self.known)
        between = [
            (one[1], other[0]) for one, other in pairwise(known) if other[0] - one[1] > self.longest_ms
        ]
        return sorted([*self.holes, *between])

    def episodes(self) -> list[Episode]:
        """Every episode, oldest first."""
        holes = self.all_holes()
        runs = [piece for run in self.runs for piece in _cut(run, holes)]
        found: list[Episode] = []
        for run in sorted(runs, key=lambda one: (one.start_ms, one.end_ms)):
            if found and _is_one(found[-1], run, holes):
                found[-1] = _joined(found[-1], run)
            else:
                found.append(run)
        return found

    def is_settled(self, edge_ms: int, at_ms: int) -> bool:
        """Whether what ends or begins at `at_ms` cannot go on beyond `edge_ms`, where reading began or ended."""
        first, last = min(edge_ms, at_ms), max(edge_ms, at_ms)
        hole = any(begin < last and end > first for begin, end in self.all_holes())
        return hole or last - first >= max(HOLD_MS, self.longest_ms)

    def unknown_ms(self, start_ms: int, end_ms: int) -> int:
        """How much of [start, end) nothing speaks for."""
        lacking = 0
        at = start_ms
        for begin, end in sorted(self.known):
            if begin >= end_ms or end <= at:
                continue
            lacking += _beyond(begin - at, self.longest_ms)
            at = end
        lacking += _beyond(end_ms - at, self.longest_ms)
        lacking += sum(_overlap(hole, start_ms, end_ms) for hole in self.holes)
        return lacking + sum(
            min(missing, _overlap((begin, end), start_ms, end_ms)) for begin, end, missing in self.thin
        )


def _beyond(length_ms: int, longest_ms: int) -> int:
    """A distance that is long enough to be a hole."""
    return length_ms if length_ms > longest_ms else 0


def _overlap(span: Span, start_ms: int, end_ms: int) -> int:
    return max(0, min(span[1], end_ms) - max(span[0], start_ms))


def _cut(run: Episode, holes: Iterable[Span]) -> list[Episode]:
    """The parts of a run beside the holes in it; the time that is certain is shared by their lengths."""
    inside = [(begin, end) for begin, end in holes if begin > run.start_ms and end < run.end_ms]
    if not inside:
        return [run]
    starts = [run.start_ms, *(end for _, end in inside)]
    ends = [*(begin for begin, _ in inside), run.end_ms]
    whole = sum(end - start for start, end in zip(starts, ends, strict=True)) or 1
    return [
        Episode(
            start, end, run.resolution, run.worst,
            run.least_by_load_ms * (end - start) // whole, run.least_by_means_ms * (end - start) // whole,
        )
        for start, end in zip(starts, ends, strict=True)
        if end > start
    ]  # fmt: skip


def _is_one(one: Episode, later: Episode, holes: Sequence[Span]) -> bool:
    """Whether a later run goes on with an episode: no minute of calm lies between them, and no hole."""
    if later.start_ms <= one.end_ms:
        return True
    if later.start_ms - one.end_ms >= HOLD_MS:
        return False
    return not any(begin < later.start_ms and end > one.end_ms for begin, end in holes)


def _joined(one: Episode, other: Episode) -> Episode:
    names = dict.fromkeys([*one.worst, *other.worst])
    return Episode(
        one.start_ms,
        max(one.end_ms, other.end_ms),
        max(one.resolution, other.resolution),
        {name: _worse(one.worst.get(name), other.worst.get(name)) for name in names},
        one.least_by_load_ms + other.least_by_load_ms,
        one.least_by_means_ms + other.least_by_means_ms,
    )


def _worse(one: Worst | None, other: Worst | None) -> Worst:
    if one is None or other is None:
        found = one or other
        assert found is not None  # noqa: S101  # a name is of one of the two
        return found
    return Worst(max(one.value, other.value), min(one.limit, other.limit))

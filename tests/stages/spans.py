"""Values over time as spans, so that those of different observers can be compared over the same seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

Reads = Sequence[tuple[float, float]]
"""(time in seconds since the epoch, value)."""


class Span(NamedTuple):
    """A value that holds from `start` to `end`, in seconds since the epoch."""

    start: float
    end: float
    value: float


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far what we say is from what another observer says: means of all, and of the differences in each window."""

    ours: float
    theirs: float
    mean: float
    greatest: float


def of_counter(reads: Reads, scale: float = 1.0) -> list[Span]:
    """The growth per second between reads."""
    return [
        Span(a, b, (after - before) * scale / (b - a)) for (a, before), (b, after) in pairwise(reads) if b > a
    ]


def of_share(part: Reads, whole: Reads) -> list[Span]:
    """The percentage of one counter's growth in that of another, both read at the same times."""
    return [
        Span(start, end, 100.0 * (part[n + 1][1] - part[n][1]) / (whole[n + 1][1] - whole[n][1]))
        for n, ((start, _), (end, _)) in enumerate(pairwise(part))
        if whole[n + 1][1] > whole[n][1]
    ]


def of_level(reads: Reads) -> list[Span]:
    """A level holds from half-way to the read before until half-way to the next."""
    times = [time for time, _ in reads]
    middles = [(a + b) / 2 for a, b in pairwise(times)]
    edges = [times[0], *middles, times[-1]] if times else []
    return [Span(a, b, value) for (a, b), (_, value) in zip(pairwise(edges), reads, strict=True) if b > a]


def mean(spans: Sequence[Span], start: float, end: float) -> float | None:
    """The mean weighted by time; None where less than half of the time is known."""
    known = [
        (min(one.end, end) - max(one.start, start), one.value) for one in spans if _overlap(one, start, end)
    ]
    seconds = sum(weight for weight, _ in known)
    return None if seconds < (end - start) / 2 else sum(weight * value for weight, value in known) / seconds


def deviation(ours: Sequence[Span], theirs: Sequence[Span], window: float) -> Deviation | None:
    """Of `ours` from `theirs` in windows of so many seconds, as far as both reach; None where nothing can be compared.

    What they saw counts where we saw something too: a reading that we lack is not a wrong one.
    """
    if not ours or not theirs:
        return None
    start, end = max(ours[0].start, theirs[0].start), min(ours[-1].end, theirs[-1].end)
    count = max(1, int((end - start) / window))
    edges = [start + n * (end - start) / count for n in range(count + 1)]
    pairs = [pair for a, b in pairwise(edges) if (pair := _pair(ours, theirs, a, b)) is not None]
    if not pairs:
        return None
    differences = [abs(mine - others) for mine, others in pairs]
    return Deviation(
        sum(mine for mine, _ in pairs) / len(pairs),
        sum(others for _, others in pairs) / len(pairs),
        sum(differences) / len(differences),
        max(differences),
    )


def _pair(
    ours: Sequence[Span], theirs: Sequence[Span], start: float, end: float
) -> tuple[float, float] | None:
    within = [
        Span(max(one.start, start), min(one.end, end), one.value) for one in ours if _overlap(one, start, end)
    ]
    both = [(one, found) for one in within if (found := mean(theirs, one.start, one.end)) is not None]
    seconds = sum(one.end - one.start for one, _ in both)
    if seconds <= 0 or seconds < (end - start) / 2:
        return None
    return (
        sum((one.end - one.start) * one.value for one, _ in both) / seconds,
        sum((one.end - one.start) * found for one, found in both) / seconds,
    )


def _overlap(one: Span, start: float, end: float) -> bool:
    return one.end > start and one.start < end

"""Tiers of usage: buckets of a minute, 15 minutes, an hour, six hours and a day, all added up from minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from monitor.history.domain import tiers as of_samples
from monitor.metrics.usage import NOTHING, Consumer, Used

MINUTE, QUARTER, HOUR, SIX_HOURS, DAY = TIERS = (1, 15, 60, 360, 1440)
"""How many minutes a bucket lasts."""
COARSER = TIERS[1:]
MINUTE_MS = 60_000
KEPT_WITH = {
    MINUTE: of_samples.MINUTE,
    QUARTER: of_samples.QUARTER,
    HOUR: of_samples.HOUR,
    SIX_HOURS: of_samples.HOUR,
    DAY: of_samples.HOUR,
}
"""The tier of the samples' history, in seconds, as long as which each tier of usage is kept."""


class Piece(NamedTuple):
    """Some of time: the buckets of a tier that begin in [first, end), in minutes since the epoch."""

    tier: int
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """What one bucket of a tier holds; start: minutes since the epoch.

    covered_ms: the time that it speaks for. used: by name; others: of all those that are not named. not_seen_ms: CPU time
    of the machine of which no consumer is known. All CPU time of these three is machine_cpu_ms. is_taken: of a minute, the
    coarser tiers hold it as well.
    """

    tier: int
    start: int
    covered_ms: int
    machine_cpu_ms: int
    not_seen_ms: int
    used: Mapping[Consumer, Used] = field(default_factory=dict)
    others: Used = NOTHING
    is_taken: bool = True


def start_of(minute: int, tier: int) -> int:
    """The start of the bucket that holds a minute; both in minutes since the epoch."""
    return minute - minute % tier


def known_since(oldest: Mapping[int, int | None]) -> int | None:
    """From when on something is kept, by the start of the oldest bucket of each tier; None where nothing is. In minutes.

    A coarse bucket may begin long before what it holds: where a finer tier reaches into it, that one knows better.
    """
    since = None
    for tier in TIERS:
        start = oldest.get(tier)
        if start is not None and (since is None or start < start_of(since, tier)):
            since = start
    return since


def fitting(oldest: Mapping[int, int | None], start_ms: int, end_ms: int, points: int) -> int:
    """The tier (minutes) to read a span from; oldest: the first bucket of each, in minutes, None where it holds nothing.

    Where the one that fits holds nothing it is a finer one that does, but minutes: what is new of them is read with any.
    """
    since = {60 * tier: None if at is None else at * MINUTE_MS for tier, at in oldest.items()}
    fits = of_samples.best_resolution(start_ms, end_ms, points, since, [60 * tier for tier in TIERS]) // 60
    held = [tier for tier in COARSER if tier < fits and oldest.get(tier) is not None]
    return held[-1] if held and oldest.get(fits) is None else fits


def pieces(tier: int, first: int, end: int) -> list[Piece]:
    """[first, end), whole buckets of a tier, in as few buckets as there can be of that one and of coarser ones."""
    if first >= end:
        return []
    coarser = TIERS[TIERS.index(tier) + 1 :]
    begin, stop = (-(-first // coarser[0]) * coarser[0], start_of(end, coarser[0])) if coarser else (0, 0)
    if begin >= stop:
        return [Piece(tier, first, end)]
    edges = Piece(tier, first, begin), Piece(tier, stop, end)
    return [*pieces(coarser[0], begin, stop), *(one for one in edges if one.first < one.end)]

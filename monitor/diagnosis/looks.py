"""Looks at processes that tell of a span of time: those taken in it, and those that speak for it alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.metrics.snapshot import Snapshot

OLDEST_SECONDS = 45.0
"""A snapshot older than this tells nothing of the moment."""

MOSTLY = 0.75
SLIP_SECONDS = 1.0
"""At least so much of a look, and all but so many seconds, must lie in the time that it is to tell of."""


def within(snapshots: Sequence[Snapshot], at_ms: int, seconds: float) -> list[Snapshot]:
    """The snapshots taken in the `seconds` before `at_ms`; without any the newest before it, unless too old."""
    before = [each for each in snapshots if each.at_ms <= at_ms]
    inside = [each for each in before if each.at_ms > at_ms - seconds * 1000]
    return inside or [each for each in before[-1:] if each.at_ms > at_ms - OLDEST_SECONDS * 1000]


def spoken_for(inside: Iterable[Snapshot], at_ms: int, seconds: float) -> list[Snapshot]:
    """Those that know CPU, and lie in the `seconds` before `at_ms` with nearly all of the time that they speak for.

    A look that began before tells of both, and not apart: who was busy before must not be blamed for what came then.
    """
    began_ms = at_ms - seconds * 1000
    return [
        each
        for each in inside
        if each.seconds
        and (each.at_ms - began_ms) / 1000 >= max(MOSTLY * each.seconds, each.seconds - SLIP_SECONDS)
    ]

"""Rates of counters: None rather than a number that nobody measured."""

import math
from collections.abc import Mapping

SHORTEST_SECONDS = 0.05
"""Counters of the kernel tick 100 times a second: over less than this a rate is mostly rounding."""

HIGHEST_BYTES_PER_SECOND = 1e12
"""No host moves a terabyte a second through one device: such a counter was reset or has underflowed."""


def finite(value: float | None) -> float | None:
    """The value as a float; None for None, NaN and the infinities."""
    if value is None or not math.isfinite(value):
        return None
    return float(value)


def measurable(elapsed: float | None) -> bool:
    """True when that many seconds are known and long enough to divide by."""
    return elapsed is not None and SHORTEST_SECONDS <= elapsed < math.inf


def rate(
    before: float | None, after: float | None, elapsed: float | None, highest: float = math.inf
) -> float | None:
    """The growth of a counter per second of `elapsed`, never negative.

    None without an earlier value, after a gap (`elapsed` None), after a reset or a wrap (the counter went
    back), over a time too short to measure, and above `highest`.
    """
    if before is None or after is None or elapsed is None or not measurable(elapsed):
        return None
    per_second = finite((after - before) / elapsed)
    if per_second is None or not 0 <= per_second <= highest:
        return None
    return per_second


def share_percent(before: float | None, after: float | None, elapsed: float | None) -> float | None:
    """The share of `elapsed` (seconds) by which a counter of seconds grew, 0..100; None as for `rate`.

    More than 100 is clamped and not refused: on an overloaded host the counter is read some time after the
    clock.
    """
    share = rate(before, after, elapsed)
    return None if share is None else min(100.0, 100.0 * share)


def rates(
    before: Mapping[str, float] | None,
    after: Mapping[str, float] | None,
    elapsed: float | None,
    highest: float = HIGHEST_BYTES_PER_SECOND,
) -> dict[str, float] | None:
    """The growth per second of several counters, by device; empty without devices.

    None for the tick in which a device came or went, and for that in which any of them was reset.
    """
    if before is None or after is None or before.keys() != after.keys():
        return None
    found: dict[str, float] = {}
    for device, value in after.items():
        per_second = rate(before[device], value, elapsed, highest)
        if per_second is None:
            return None
        found[device] = per_second
    return found


def summed(rates: Mapping[str, float] | None) -> float | None:
    """The rates of several devices together; None where they are unknown, and without devices."""
    return finite(sum(rates.values())) if rates else None

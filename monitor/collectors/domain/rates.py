"""Rates of counters: None rather than a number that nobody measured."""

import math
from collections.abc import Mapping

SHORTEST_SECONDS = 0.05
"""Counters of the kernel tick 100 times a second: over less than this a rate is mostly rounding."""


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


def longest(elapsed: float) -> float:
    """Seconds by which a counter of time can have grown meanwhile: generous, as a host under load reads it late."""
    return 2.0 * elapsed + 1.0


def share_percent(per_second: float | None) -> float | None:
    """The share of the time by which a counter of seconds grew, 0..100, from its rate.

    More than 100 is clamped and not refused: on an overloaded host the counter is read some time after the
    clock.
    """
    return None if per_second is None else min(100.0, 100.0 * per_second)


def summed(rates: Mapping[str, float] | None) -> float | None:
    """The rates of several devices together; None where they are unknown, and without devices."""
    return finite(sum(rates.values())) if rates else None

"""The age of what a clock told: how long ago a time is, where that can be known.

Clocks are set. A time that lies ahead was told by a clock that has been set back since, or by another one: its age is
unknown, and what is unknown is not fresh. Whoever judges by an age asks here.
"""

from __future__ import annotations

from datetime import datetime

from monitor.metrics.times import at_ms

ALLOWED_SKEW_SECONDS = 5.0
"""So far ahead a time still counts as now: no two clocks are quite the same."""


def age(then: int | datetime | None, now: int | datetime) -> float | None:
    """Seconds from `then` to `now`, each a moment or in ms since the epoch; a little ahead is 0.

    None where there is no such time, or it lies further ahead than the skew that is allowed.
    """
    if then is None:
        return None
    seconds = (_ms(now) - _ms(then)) / 1000
    return None if seconds < -ALLOWED_SKEW_SECONDS else max(0.0, seconds)


def _ms(time: int | datetime) -> int:
    return time if isinstance(time, int) else at_ms(time) or 0

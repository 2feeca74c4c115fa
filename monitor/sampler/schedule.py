"""Schedule of the readings: on a fixed grid, a little off it on purpose, never twice after a stall."""

from __future__ import annotations

import math

JITTER_SHARE = 0.1
LEAST_SHARE = 0.3  # a tick that is due sooner than this share of the interval is skipped


def next_tick(start: float, interval: float, now: float, chance: float) -> float:
    """Return the monotonic time of the next tick after `now` on the grid start + k * interval.

    `chance` in [0, 1) moves it by up to a tenth of the interval, so that readings never run in step with the
    kernel's own load sampling (every 5 s), which would show load that is not there. Missed ticks are skipped.
    """
    passed = (now - start) / interval
    k = math.floor(passed) + 1
    if k - passed < LEAST_SHARE:
        k += 1
    return start + k * interval + (chance - 0.5) * JITTER_SHARE * interval

"""Pace of the scans: seldom while all is calm, often when an alert is near, at once at a change, never at a price."""

from __future__ import annotations

from enum import Enum

CALM_SECONDS = 15.0
WATCHFUL_SECONDS = 2.0
AT_ONCE_SECONDS = 1.0
"""Between two looks there is at least so much, however much there is to see."""

QUARTER_MS = 15_000
LATE_SECONDS = 1.2 * CALM_SECONDS
EARLY_SECONDS = WATCHFUL_SECONDS / 10
"""A tick may come so much early."""

STIRRED_SECONDS = 10.0
"""So long after a jump of the load the pace stays watchful."""

NEAR = 0.6
"""The share of a threshold from which on a rule is near it."""

MOST_SHARE = 0.01
"""Of one core; scans that cost more come less often. A hundred processes at the quick pace cost a fifth of it."""


class Pace(Enum):
    """How often processes are to be looked at."""

    CALM = CALM_SECONDS
    WATCHFUL = WATCHFUL_SECONDS
    AT_ONCE = AT_ONCE_SECONDS


def pause(pace: Pace, cost_seconds: float) -> float:
    """Seconds from the begin of one scan to that of the next; `cost_seconds` is the CPU time of the last one."""
    return max(pace.value, cost_seconds / MOST_SHARE)


def is_due(pace: Pace, passed: float, began_ms: int, at_ms: int, cost_seconds: float) -> bool:
    """Whether it is time for a scan, `passed` seconds after the last one began at `began_ms` by the wall clock.

    While all is calm that is where a quarter of a minute begins, so that what is told of a minute was used in it, and not
    again before the next one does; late, where the wall clock stands still.
    """
    if pace is not Pace.CALM:
        return passed >= pause(pace, cost_seconds) - EARLY_SECONDS
    if passed < pause(Pace.WATCHFUL, cost_seconds) - EARLY_SECONDS:
        return False
    return at_ms // QUARTER_MS != began_ms // QUARTER_MS or passed >= LATE_SECONDS

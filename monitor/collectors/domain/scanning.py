"""Pace of the scans: seldom while all is calm, often when an alert is near, never at a price."""

from __future__ import annotations

CALM_SECONDS = 15.0
WATCHFUL_SECONDS = 2.0
NEAR = 0.6
"""The share of a threshold from which on a rule is near it."""

MOST_SHARE = 0.01
"""Of one core; scans that cost more come less often. A hundred processes at the quick pace cost a fifth of it."""


def pause(is_watchful: bool, cost_seconds: float) -> float:
    """Seconds from the begin of one scan to that of the next; `cost_seconds` is the CPU time of the last one."""
    wanted = WATCHFUL_SECONDS if is_watchful else CALM_SECONDS
    return max(wanted, cost_seconds / MOST_SHARE)

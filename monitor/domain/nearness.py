"""How near a value is to where its rule fires."""

from __future__ import annotations

from .alerting import Condition

STANDING = frozenset({"disk_fullest_percent"})
"""Metrics that stand at one value for days: how near they are says nothing of what happens this minute."""


def share_reached(condition: Condition, value: float) -> float:
    """The share of the threshold that `value` has come to, 0 at least; 1 and more where it is reached.

    Below: the threshold as a share of the value. A threshold of 0 or less has no shares: 0, or 1 where it is reached.
    """
    if condition.threshold <= 0 or value <= 0:
        return 1.0 if condition.reached(value) else 0.0
    return condition.threshold / value if condition.below else value / condition.threshold

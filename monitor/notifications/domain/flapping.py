"""Flapping: when a rule fires and recovers so often that single messages would be noise, and when it is calm again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

MOST_CHANGES = 4
WITHIN = timedelta(minutes=30)
CALM_AFTER = timedelta(minutes=30)


def is_flapping(changes: Iterable[datetime], now: datetime) -> bool:
    """Whether the times at which a rule fired or resolved on one host are too many, the one at `now` included."""
    return sum(now - WITHIN < change <= now for change in changes) >= MOST_CHANGES


def is_calm(last_change: datetime, now: datetime) -> bool:
    """Whether a rule that was flapping has not fired or resolved for long enough.

    A change that lies far ahead is one of before the clock was set back: waiting for it could take days.
    """
    return abs(now - last_change) >= CALM_AFTER

"""Backoff: when a message that did not get through is tried again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

FIRST_SECONDS = 10.0
BASE_SECONDS = 60.0
LONGEST_SECONDS = 3600.0
GIVE_UP_SECONDS = 24 * 3600.0
LEAST_SHARE = 0.5  # of a wait that is shortened by chance, so that many messages do not come back at once


def tried_for(starts: Iterable[datetime], now: datetime) -> float:
    """Seconds for which a message has been tried until `now`, from the times at which its tries began, in their order.

    The clock may have been set meanwhile: between two tries no more counts than the longest wait, and never less than 0.
    """
    return sum(min(step, LONGEST_SECONDS) for step in _steps(starts, now))


def waited_for(starts: Iterable[datetime], now: datetime) -> float:
    """Seconds for which a message has been tried until `now`, whatever the clock was set to meanwhile, at least.

    After each try no more counts than the wait that belongs to it, and a minute for the try itself.
    """
    return sum(min(step, _whole(tries) + BASE_SECONDS) for tries, step in enumerate(_steps(starts, now), 1))


def _steps(starts: Iterable[datetime], now: datetime) -> list[float]:
    """Seconds from each try to the next one, and from the last one to `now`; 0 where the clock was set back meanwhile."""
    return [max(0.0, (after - before).total_seconds()) for before, after in pairwise([*starts, now])]


def _whole(attempts: int) -> float:
    """The longest wait after so many failed tries that nobody asked to be longer."""
    return (
        FIRST_SECONDS if attempts <= 1 else min(LONGEST_SECONDS, BASE_SECONDS * 2.0 ** min(attempts - 2, 16))
    )


def delay(attempts: int, trying: float, chance: float, retry_after: float | None = None) -> float | None:
    """Seconds to wait after `attempts` failed tries (1 or more) that have gone on for `trying` seconds; None: give up.

    About 10 s after the first, then about 1, 2, 4 ... minutes, never more than an hour. chance: 0 to 1, at random.
    retry_after: seconds that the other side asked for; it gets them, but not more than an hour.
    """
    if trying >= GIVE_UP_SECONDS:
        return None
    wait = _whole(attempts) * (LEAST_SHARE + (1 - LEAST_SHARE) * chance)
    if retry_after is not None:
        wait = max(wait, min(retry_after, LONGEST_SECONDS))
    return wait

"""Pruning of the history by a running sampler, which holds off for an hour wherever the date may be wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db.models import F, Q

from monitor.history import retention, rollups
from monitor.history.models import Gap
from monitor.hosts.models import Host
from monitor.metrics.gaps import Clocks, Kind
from monitor.sampler import clocks

logger = logging.getLogger(__name__)
DOUBTFUL_STEP_SECONDS = 60.0
LONG_AWAY_MS = 86_400_000
HOLD_OFF_SECONDS = 3600.0


class Pruning:
    """Lets the oldest history go, step by step; a wrong date must not empty the database.

    newest_ms: when the newest sample of `host` was taken, as this sampler starts.
    """

    def __init__(
        self, host: Host, newest_ms: int | None, read_clocks: Callable[[], Clocks] = clocks.read
    ) -> None:
        now = read_clocks()
        self._read_clocks = read_clocks
        self._offset = _offset(now)
        self._left: list[Host] = []  # nothing samples them; each step takes one of them in
        is_away_long = newest_ms is not None and now.wall_ms - newest_ms > LONG_AWAY_MS  # or is it the clock?
        doubts = is_away_long or _was_doubtful_lately(host, now.wall_ms)
        self._not_before = now.monotonic + HOLD_OFF_SECONDS if doubts else 0.0

    def step(self, host: Host) -> retention.Pruned | None:
        """Delete a batch of what is too old; None while nothing is pruned."""
        now = self._read_clocks()
        self._look_at_the_clock(now)
        if now.monotonic < self._not_before:
            return None
        self._left = self._left or retention.left_alone(host, now.wall_ms)
        left = self._left.pop() if self._left else None
        if left is not None:
            rollups.roll_up(left, is_left=True)
        return retention.prune(host, now.wall_ms, left)

    def _look_at_the_clock(self, now: Clocks) -> None:
        stepped = _offset(now) - self._offset
        if abs(stepped) > DOUBTFUL_STEP_SECONDS:
            logger.warning("the clock was set by %.0f s; nothing is pruned for an hour", stepped)
            self._offset = _offset(now)
            self._not_before = now.monotonic + HOLD_OFF_SECONDS


def _was_doubtful_lately(host: Host, now_ms: int) -> bool:
    """Whether an earlier sampler of `host` met such a date within the hour: a restart must not end its holding off."""
    stepped = Q(kind=Kind.CLOCK_STEPPED, end_ms__gt=F("start_ms") + DOUBTFUL_STEP_SECONDS * 1000)
    away = Q(end_ms__gt=F("start_ms") + LONG_AWAY_MS)
    hour_ms = round(
        HOLD_OFF_SECONDS * 1000
    )  # either way: what a clock once said of years to come is over, too
    lately = Gap.objects.filter(host=host, end_ms__range=(now_ms - hour_ms, now_ms + hour_ms))
    return lately.filter(stepped | away).exists()


def _offset(now: Clocks) -> float:
    """Seconds by which the wall clock is ahead of the one that nobody can set."""
    return now.wall_ms / 1000 - now.boottime

"""Repeats of what goes on failing: told in the log at once, and then once a minute."""

from __future__ import annotations

import time
from collections.abc import Callable

TELL_AGAIN_SECONDS = 60.0


class Repeats:
    """When each thing that fails was last told; the clock is monotonic."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told_at: dict[str, float] = {}

    def is_due(self, about: str = "") -> bool:
        """Whether `about` is to be told now; then it counts as told."""
        now = self._clock()
        if now - self._told_at.get(about, -TELL_AGAIN_SECONDS) < TELL_AGAIN_SECONDS:
            return False
        self._told_at[about] = now
        return True

    def end(self, about: str = "") -> bool:
        """Let the next failure be told at once, for this one is over; return whether it had been told."""
        return self._told_at.pop(about, None) is not None

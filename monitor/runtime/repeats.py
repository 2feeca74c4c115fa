"""Repeats of what goes on failing: told in the log at once, and then once a minute, with how many were held back."""

from __future__ import annotations

import time
from collections.abc import Callable

TELL_AGAIN_SECONDS = 60.0


class Repeats:
    """When each thing that fails was last told, and how often it was not; the clock is monotonic."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told_at: dict[str, float] = {}
        self._held: dict[str, int] = {}

    def is_due(self, about: str = "") -> bool:
        """Whether `about` is to be told now; then it counts as told, else as held back."""
        now = self._clock()
        if now - self._told_at.get(about, -TELL_AGAIN_SECONDS) < TELL_AGAIN_SECONDS:
            self._held[about] = self._held.get(about, 0) + 1
            return False
        self._told_at[about] = now
        return True

    def more(self, about: str = "") -> int:
        """How often `about` was held back since it was last asked."""
        return self._held.pop(about, 0)

    def end(self, about: str = "") -> bool:
        """Let the next failure be told at once, for this one is over; return whether it had been told."""
        self._held.pop(about, None)
        return self._told_at.pop(about, None) is not None

    def over(self) -> list[str]:
        """What was told a minute ago or earlier, which is forgotten but for how often it was held back."""
        now = self._clock()
        found = [about for about, at in self._told_at.items() if now - at >= TELL_AGAIN_SECONDS]
        for about in found:
            del self._told_at[about]
        return found

    def __len__(self) -> int:
        return len(self._told_at)

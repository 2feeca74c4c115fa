"""Chores of a process: what its loop does beside its main work, each at its pace, and each surviving the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class Chore:
    """Work that comes back every so many seconds, or at the next tick where it says that there is more to do.

    is_long: one such chore a tick is enough, so that no tick is ever long. due: by a monotonic clock.
    """

    work: Callable[[], object]
    every: float = 0.0
    is_long: bool = False
    due: float = 0.0


class Chores:
    """A list of chores, done in its order as long as they are `allowed`."""

    def __init__(
        self,
        chores: Sequence[Chore],
        survive: Callable[[Callable[[], object]], object],
        allowed: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`survive` runs the work of one, and returns what that returns; None or False where it raised."""
        self._chores = chores
        self._survive = survive
        self._allowed = allowed
        self._clock = clock

    def run(self) -> None:
        """Do what is due, of the long ones only the one that waits longest."""
        now = self._clock()
        long = min((one for one in self._chores if one.is_long), key=lambda one: one.due, default=None)
        for chore in self._chores:
            if now < chore.due or (chore.is_long and chore is not long):
                continue
            if not self._allowed():
                return
            chore.due = self._clock() + chore.every
            if self._survive(chore.work):
                chore.due = self._clock()

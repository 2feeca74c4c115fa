"""Chores of the sampler: what it does between readings, each at its pace, and each surviving the others."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError

from monitor.database import file
from monitor.runtime.repeats import Repeats

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Chore:
    """Work that comes back every so many seconds, or at the next tick where it says that there is more to do.

    is_long: one such chore a tick is enough, so that no tick is ever long. due: by a monotonic clock.
    """

    work: Callable[[], object]
    every: float = 0.0
    is_long: bool = False
    due: float = 0.0


class Survival:
    """Runs steps of which none ends another: what one raises is logged, at most once a minute, and that is all."""

    def __init__(self, distrust: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        """`distrust` is told what is wrong with a database that a step found damaged."""
        self._distrust = distrust
        self._repeats = Repeats(clock)

    def of(self, step: Callable[[], object]) -> object:
        """What `step` returns; None where it raised. A failing database is logged briefly: the door tells of it."""
        try:
            return step()
        except (DatabaseError, InterfaceError) as error:
            logger.debug("a step waits for the database: %s", error)
            if file.is_damage(error):
                self._distrust(str(error))
        except Exception:
            self._complain(getattr(step, "__qualname__", repr(step)))
        return None

    def _complain(self, name: str) -> None:
        if self._repeats.is_due(name):
            logger.exception("%s failed; the next step follows", name)


class Chores:
    """A list of chores, done in its order as long as they are `allowed`."""

    def __init__(
        self,
        chores: Sequence[Chore],
        survival: Survival,
        allowed: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._chores = chores
        self._survival = survival
        self._allowed = allowed
        self._clock = clock

    def run(self) -> None:
        """Do what is due, of the long ones only the first."""
        was_long = False
        for chore in self._chores:
            if self._clock() < chore.due or (chore.is_long and was_long):
                continue
            if not self._allowed():
                return
            was_long = was_long or chore.is_long
            chore.due = self._clock() + chore.every
            if self._survival.of(chore.work):
                chore.due = self._clock()

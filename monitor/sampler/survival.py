"""Survival of the sampler's steps: what one raises ends no other, is logged, and says where the database is damaged."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError

from monitor.database import file
from monitor.runtime.repeats import Repeats

logger = logging.getLogger(__name__)


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

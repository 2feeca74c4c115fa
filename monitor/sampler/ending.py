"""Ending of the sampler: the last readings are stored, and the host's row says that it went in order."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from monitor.hosts.lease import Claim
from monitor.hosts.models import Host
from monitor.ingest.door import Door
from monitor.ingest.spill import Spill
from monitor.runtime import lock

logger = logging.getLogger(__name__)

STOP_SECONDS = 3.0
"""So long the last readings may take to be stored; less than what `serve` waits for its parts."""
PAUSE = 0.25


class Ending:
    """The end of one sampler, by what it has done at `door`; what it could not store waits in `spill`."""

    def __init__(self, door: Door, spill: Spill, claim: Claim | None = None) -> None:
        self._door, self._spill, self._claim = door, spill, claim

    @property
    def lost(self) -> str:
        """Who took the host over, a sentence; "" while it is ours."""
        return self._claim.lost if self._claim else ""

    def store_last(self, store: Callable[[], object]) -> None:
        """Store what still waits, which may take a few tries."""
        until = time.monotonic() + STOP_SECONDS
        store()
        while self._door.backlog and not self.lost and time.monotonic() < until:
            time.sleep(PAUSE)
            store()

    def store_goodbye(self) -> None:
        """Let the host's row say that its sampler stopped in order."""
        try:
            if self._door.guard.damage or self.lost:
                return
            self._door.leave()
            if self._claim is not None:
                self._claim.release(self._door.host)
            Host.objects.filter(pk=self._door.host.pk).update(sampler_stopped_at=timezone.now())
        except (DatabaseError, InterfaceError) as error:
            logger.error("the end of this sampler could not be stored: %s", error)

    def settle(self) -> None:
        """Let the readings that could not be stored wait in a file; where none can be written, say how many are lost.

        Raises AlreadyRunning where another sampler has taken the host over.
        """
        self._spill_what_waits()
        if self.lost:
            raise lock.AlreadyRunning(self.lost)

    def _spill_what_waits(self) -> None:
        after_id = self._door.backlog.after_id  # first: a keeper left behind may still store some
        items = list(self._door.backlog)
        if not items:
            return
        try:
            self._spill.write(items, after_id)
        except (OSError, ValueError) as error:
            logger.error("%d readings could not be stored, and are lost: %s", len(items), error)
        else:
            told = "%d readings could not be stored: they wait in %s, and are stored at the next start"
            logger.warning(told, len(items), self._spill.path)

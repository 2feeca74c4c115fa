"""Ending of the sampler: the last readings are stored, and the host's row says that it went in order."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from monitor.hosts.models import Host
from monitor.ingest.door import Door

logger = logging.getLogger(__name__)

STOP_SECONDS = 3.0
"""So long the last readings may take to be stored; less than what `serve` waits for its parts."""
PAUSE = 0.25


class Ending:
    """The end of one sampler, by what it has done at `door`."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def store_last(self, store: Callable[[], object]) -> None:
        """Store what still waits, which may take a few tries."""
        until = time.monotonic() + STOP_SECONDS
        store()
        while self._door.backlog and time.monotonic() < until:
            time.sleep(PAUSE)
            store()

    def store_goodbye(self) -> None:
        """Let the host's row say that its sampler stopped in order."""
        try:
            if not self._door.guard.damage:
                Host.objects.filter(pk=self._door.host.pk).update(sampler_stopped_at=timezone.now())
        except (DatabaseError, InterfaceError) as error:
            logger.error("the end of this sampler could not be stored: %s", error)

    def settle(self) -> None:
        """Say what is lost of the readings that could not be stored."""
        if self._door.backlog:
            logger.error("%d readings could not be stored, and are lost", len(self._door.backlog))

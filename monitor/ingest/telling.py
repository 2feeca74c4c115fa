"""Telling of readings to the viewers: once they are stored, or without an id where that takes long."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from monitor.ingest import frames
from monitor.ingest.backlog import Waiting
from monitor.ingest.storing import Written
from monitor.live import publishing


class Teller:
    """Publishes the frame of each reading; one that is not stored after `patience` seconds goes out without an id."""

    def __init__(self, publish: Callable[[publishing.Event], Any], patience: float) -> None:
        self._publish = publish
        self._patience = patience
        self._lock = threading.Lock()

    def tell_stored(self, host: str, newest: Waiting, written: Written) -> None:
        """Publish the newest sample only: a burst would overrun the layer, and readers fill the hole by id.

        What an earlier sampler judged is past, and read from the database where somebody wants it.
        """
        self._claim(newest)
        if written.alerts:
            self._publish(publishing.alerts_event(host))
        if newest.judged is None:
            return
        self._publish(publishing.sample_event(host, _frame(newest, written.id, written.previous_id)))

    def tell_unstored(self, host: str, item: Waiting) -> None:
        """Publish a reading that is not stored yet, unless it was told."""
        if item.judged is not None and self._claim(item):
            self._publish(publishing.sample_event(host, _frame(item, None, None)))

    def remind(self, host: str, newest: Waiting, now: float, is_failing: bool) -> float:
        """Publish a reading that waits for long, while storing fails at once; seconds until it is worth asking again."""
        left = 0.0 if is_failing else newest.since + self._patience - now
        if left <= 0:
            self.tell_unstored(host, newest)
        return left if left > 0 and not newest.is_told else 2 * self._patience

    def _claim(self, item: Waiting) -> bool:
        """Whether `item` was not told before; it is now."""
        with self._lock:
            is_first, item.is_told = not item.is_told, True
            return is_first


def _frame(item: Waiting, sample_id: int | None, previous_id: int | None) -> frames.SampleFrame:
    return frames.sample_frame(
        item.reading, item.means, sample_id, previous_id, item.busy, item.standing, item.groups
    )

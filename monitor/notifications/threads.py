"""Threads that carry one job each and come back with a result: values in, values out, no database."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(slots=True, eq=False)
class Trip:
    """One job under way: what it is for, when it left, and its result once it is back.

    began: monotonic seconds. seconds: how long it took; None while it is under way.
    """

    errand: Any
    started_at: datetime
    began: float
    result: Any = None
    seconds: float | None = None


class Couriers:
    """Hands out jobs to threads that the end of the process does not wait for."""

    def __init__(self) -> None:
        self._back: queue.SimpleQueue[Trip | None] = queue.SimpleQueue()

    def send(self, errand: Any, work: Callable[[], Any], now: datetime) -> Trip:
        """Start `work`, which must not raise; the trip comes back through wait()."""
        trip = Trip(errand, now, time.monotonic())
        threading.Thread(target=self._carry, args=(trip, work), daemon=True).start()
        return trip

    def wait(self, seconds: float) -> list[Trip]:
        """Those that are back, waiting up to `seconds` for the first of them or for wake()."""
        trips: list[Trip] = []
        try:
            first = self._back.get(timeout=seconds) if seconds > 0 else self._back.get_nowait()
            while True:
                if first is not None:
                    trips.append(first)
                first = self._back.get_nowait()
        except queue.Empty:
            return trips

    def wake(self) -> None:
        """End a wait; safe in a signal handler."""
        self._back.put(None)

    def _carry(self, trip: Trip, work: Callable[[], Any]) -> None:
        trip.result = work()
        trip.seconds = time.monotonic() - trip.began
        self._back.put(trip)

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
class Job:
    """One job under way: what it is for, when it left, and its result once it is back.

    began: monotonic seconds. seconds: how long it took; None while it is under way.
    """

    item: Any
    started_at: datetime
    began: float
    result: Any = None
    seconds: float | None = None


class Threads:
    """Hands out jobs to threads that the end of the process does not wait for."""

    def __init__(self) -> None:
        self._back: queue.SimpleQueue[Job | None] = queue.SimpleQueue()

    def send(self, item: Any, work: Callable[[], Any], now: datetime) -> Job:
        """Start `work`, which must not raise; the job comes back through wait()."""
        job = Job(item, now, time.monotonic())
        threading.Thread(target=self._carry, args=(job, work), daemon=True).start()
        return job

    def wait(self, seconds: float) -> list[Job]:
        """Those that are back, waiting up to `seconds` for the first of them or for wake()."""
        jobs: list[Job] = []
        try:
            first = self._back.get(timeout=seconds) if seconds > 0 else self._back.get_nowait()
            while True:
                if first is not None:
                    jobs.append(first)
                first = self._back.get_nowait()
        except queue.Empty:
            return jobs

    def wake(self) -> None:
        """End a wait; safe in a signal handler."""
        self._back.put(None)

    def _carry(self, job: Job, work: Callable[[], Any]) -> None:
        job.result = work()
        job.seconds = time.monotonic() - job.began
        self._back.put(job)

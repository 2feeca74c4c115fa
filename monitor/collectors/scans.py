"""Scans of the processes: begun when they are due, and worked on in slices at the ticks of a sampler."""

from __future__ import annotations

import time
from collections.abc import Callable

from monitor.collectors.domain.scanning import WATCHFUL_SECONDS, pause
from monitor.collectors.failures import FailureLog
from monitor.collectors.processes import Scanner
from monitor.metrics.snapshot import Snapshot

SLICE_OF_INTERVAL = 0.2
LONGEST_SLICE_SECONDS = 0.1


class Scans:
    """Makes one snapshot after the other. Not for two threads; a failing scan is logged, and costs no tick."""

    def __init__(
        self,
        scanner: Scanner,
        interval: float,
        clock: Callable[[], float] = time.monotonic,
        work_clock: Callable[[], float] = time.perf_counter,
        cost_clock: Callable[[], float] = time.thread_time,
    ) -> None:
        self.slice_seconds = min(LONGEST_SLICE_SECONDS, SLICE_OF_INTERVAL * interval)
        self.cost_seconds = 0.0
        """CPU time of the last complete scan."""
        self._scanner = scanner
        self._clock, self._work_clock, self._cost_clock = clock, work_clock, cost_clock
        self._began_at: float | None = None
        self._spent = 0.0
        self._completed = 0
        self._log = FailureLog()

    def tick(self, at_ms: int, is_watchful: bool) -> Snapshot | None:
        """Begin a scan where one is due, and work on it for one slice; the snapshot that it completed."""
        now = self._clock()
        if not self._scanner.is_busy:
            if not self._is_due(now, is_watchful):
                return None
            self._began_at, self._spent = now, 0.0
            self._scanner.begin(at_ms)
        before = self._cost_clock()
        try:
            snapshot = self._scanner.work(self.slice_seconds, self._work_clock)
        except Exception as error:
            self._log.failed("processes", f"{type(error).__name__}: {error}"[:200], now)
            snapshot = None
        self._spent += self._cost_clock() - before
        if snapshot is not None:
            self._completed += 1
            self.cost_seconds = self._spent
        return snapshot

    def _is_due(self, now: float, is_watchful: bool) -> bool:
        if self._began_at is None:
            return True
        wait = pause(is_watchful or self._completed == 1, self.cost_seconds)  # the first one knows no CPU
        return now - self._began_at >= wait - WATCHFUL_SECONDS / 10

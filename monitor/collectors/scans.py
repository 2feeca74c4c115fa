"""Scans of the processes: begun when they are due, and worked on in slices at the ticks of a sampler."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from monitor.collectors.domain.jumps import Jumps
from monitor.collectors.domain.scanning import STIRRED_SECONDS, Pace, is_due
from monitor.collectors.failures import FailureLog
from monitor.collectors.processes import Scanner
from monitor.metrics.reading import Reading
from monitor.metrics.snapshot import Snapshot
from monitor.metrics.usage import GroupShare

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
        self._began_ms = 0
        self._spent = 0.0
        self._completed = 0
        self._log = FailureLog()
        self._jumps = Jumps()
        self._stirred_until = -math.inf  # by `clock`

    def tick(self, at_ms: int, pace: Pace) -> Snapshot | None:
        """Begin a scan where one is due, and work on it for one slice; the snapshot that it completed."""
        now = self._clock()
        if pace is Pace.CALM and now < self._stirred_until:
            pace = Pace.WATCHFUL
        if not self._scanner.is_busy:
            if not self._is_due(now, at_ms, pace):
                return None
            self._began_at, self._began_ms, self._spent = now, at_ms, 0.0
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

    def follow(self, reading: Reading) -> Snapshot | None:
        """Look at once where `reading` jumps above those before it, and often for some seconds; what that completed."""
        if not self._jumps.see(reading.covered, reading.values):
            return None
        self._stirred_until = self._clock() + STIRRED_SECONDS
        return self.tick(reading.taken_at_ms, Pace.AT_ONCE)

    def shares(self) -> tuple[GroupShare, ...] | None:
        """The few control groups that use most of the CPU just now, without a scan; None where nobody knows."""
        return self._scanner.shares()

    def _is_due(self, now: float, at_ms: int, pace: Pace) -> bool:
        if self._began_at is None:
            return True
        if pace is Pace.CALM and self._completed == 1:
            pace = Pace.WATCHFUL  # the first one knows no CPU
        return is_due(pace, now - self._began_at, self._began_ms, at_ms, self.cost_seconds)

"""Clocks of this host, read at once: the one that people set, and those that nobody can."""

from __future__ import annotations

import time

from monitor.metrics.gaps import Clocks
from monitor.runtime.clock import boottime, now_ms


def read() -> Clocks:
    """What the clocks show now."""
    return Clocks(now_ms(), boottime(), time.monotonic())

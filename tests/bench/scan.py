"""One scan of the processes, which the sampler makes every 15 s and every 2 s when an alert is near."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from monitor.collectors.processes import Scanner, own_source
from tests.bench.table import Row, at_most

GOAL_MS = 5.0
IDLE = 300
"""Processes that do nothing, so that the figure is not that of what a scan costs without any."""


def measure(quick: bool) -> list[Row]:
    """CPU milliseconds of a whole scan for each 100 processes; the first scans, which look more up, are left out."""
    scanner, costs, count = Scanner(own_source(with_commands=False)), [], 0
    with idle_processes(IDLE):
        for number in range(10 if quick else 40):
            milliseconds, count = _scan(scanner)
            if number >= 5:
                costs.append(100 * milliseconds / count)
    return [at_most(f"scan of {count} processes: CPU time for each 100", costs, GOAL_MS, "ms")]


@contextmanager
def idle_processes(count: int) -> Iterator[None]:
    """So many more on this machine."""
    sleeping = [subprocess.Popen(["sleep", "600"]) for _ in range(count)]
    try:
        yield
    finally:
        for one in sleeping:
            one.kill()
        for one in sleeping:
            one.wait()


def _scan(scanner: Scanner) -> tuple[float, int]:
    """CPU milliseconds of one scan, and how many processes it found."""
    began = time.thread_time()
    scanner.begin(time.time_ns() // 1_000_000)
    snapshot = scanner.work(60.0, time.perf_counter)
    assert snapshot is not None
    return 1000 * (time.thread_time() - began), snapshot.count

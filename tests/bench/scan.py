"""One scan of the processes, which the sampler makes every 15 s and every 2 s when an alert is near."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from monitor.collectors.domain.scanning import CALM_SECONDS, MOST_SHARE
from monitor.collectors.processes import Scanner, own_scanner
from tests.bench.table import Row, at_most

GOAL_MS = 5.0
IDLE = 300
"""Processes that do nothing, so that the figure is not that of what a scan costs without any."""

MANY = 5_000
CROWD = f"""
import os, signal
for _ in range({MANY}):
    if os.fork() == 0:
        signal.pause()
print(flush=True)
signal.pause()
"""


def measure(quick: bool) -> list[Row]:
    """What a whole scan costs, with the accounts and control groups; the first ones, which look more up, are left out."""
    rounds = 10 if quick else 40
    with idle_processes(IDLE):
        few, count = _costs(5, rounds)
    with crowd():
        many, crowded = _costs(MANY // 150 + 5, rounds)  # until each has been looked up
    calm = [milliseconds / 10 / CALM_SECONDS for milliseconds in many]
    return [
        at_most(
            f"scan of {count} processes: CPU time for each 100",
            [100 * cost / count for cost in few],
            GOAL_MS,
            "ms",
        ),
        at_most(f"scan of {crowded} processes every 15 s: CPU of one core", calm, 100 * MOST_SHARE, "%"),
    ]


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


@contextmanager
def crowd() -> Iterator[None]:
    """Thousands more, that cost little to make."""
    with subprocess.Popen(
        [sys.executable, "-c", CROWD], stdout=subprocess.PIPE, start_new_session=True
    ) as first:
        try:
            assert first.stdout is not None
            first.stdout.readline()
            yield
        finally:
            os.killpg(first.pid, signal.SIGKILL)


def _costs(left_out: int, rounds: int) -> tuple[list[float], int]:
    """CPU milliseconds of each scan behind the first ones, and how many processes the last one found."""
    scanner = own_scanner(with_commands=False)
    scan = partial(_scan, scanner, time.time_ns() // 1_000_000)
    found = [scan(number) for number in range(left_out + rounds)]
    return [milliseconds for milliseconds, _ in found[left_out:]], found[-1][1]


def _scan(scanner: Scanner, begin_ms: int, number: int) -> tuple[float, int]:
    """CPU milliseconds of one scan, and how many processes it found; each in a quarter of a minute of its own."""
    began = time.thread_time()
    scanner.begin(begin_ms + round(1000 * CALM_SECONDS) * number)
    snapshot = scanner.work(60.0, time.perf_counter)
    assert snapshot is not None
    return 1000 * (time.thread_time() - began), snapshot.count

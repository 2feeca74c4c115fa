"""What processes cost, as the kernel counts it, and what machine this is."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Mapping
from pathlib import Path

MEGABYTE = 1_000_000


def cpu_seconds(pid: int) -> float:
    """CPU seconds, user and system, of all threads of a process, in nanosecond steps (Linux)."""
    return time.clock_gettime((~pid << 3) | 2)  # what clock_getcpuclockid(3) makes of a process id


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


def shares(pids: Mapping[str, int], rounds: int, seconds: float) -> dict[str, list[float]]:
    """For each process: in `rounds` rounds of `seconds` each, the percent of one core that it used."""
    found: dict[str, list[float]] = {name: [] for name in pids}
    for _ in range(rounds):
        before, began = {name: cpu_seconds(pid) for name, pid in pids.items()}, time.monotonic()
        time.sleep(seconds)
        after, took = {name: cpu_seconds(pid) for name, pid in pids.items()}, time.monotonic() - began
        for name in pids:
            found[name].append((after[name] - before[name]) / took * 100)
    return found


def machine() -> str:
    """Cores, Python and the load before the run."""
    load = " ".join(f"{value:.2f}" for value in os.getloadavg())
    return (
        f"{os.cpu_count()} cores ({_model()}), Linux {platform.release()}, "
        f"Python {platform.python_version()}, load before {load}"
    )


def _model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")

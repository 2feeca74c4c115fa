"""Processes as tests see them: who descends from whom and runs what; each may end at any moment, also as one looks."""

from __future__ import annotations

import contextlib
from pathlib import Path

import psutil


def alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and only waits to be reaped does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def resident_kilobytes(pid: int) -> int:
    """KiB of memory that a process holds."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0])


def descendants(pid: int) -> dict[int, list[str]]:
    """The command line of each process below `pid` that still runs, by its id."""
    found = {}
    for process in psutil.Process(pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            found[process.pid] = process.cmdline()
    return found


def burners(pid: int) -> list[int]:
    """The workers of a load test below `pid`; one that is not exec'ed yet does not count."""
    return [child for child, words in descendants(pid).items() if any("burn.py" in word for word in words)]

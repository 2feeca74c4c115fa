"""Workers of one load test, as processes: started together, watched, ended without waiting for them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from monitor.loadtests.burn import CANNOT_WRITE
from monitor.metrics.quantities import number

PROGRAM = Path(__file__).with_name("burn.py")
KILL_AFTER_SECONDS = 0.5
LEAST_BYTES, LEAST_SHARE = 10**9, 0.1
"""What a disk test leaves alone: it needs so many bytes free, and such a share of the disk."""


class NotStarted(OSError):
    """Not every worker could be started; the message is a sentence that says why."""


class Workers:
    """`workers` processes that keep a CPU each busy, or the disk of `directory`, for at most `seconds`.

    For the disk each has one file of at most 64 MB that has no name. Where not all can be started, NotStarted leaves none.
    To be made in a thread that lives as long as the process: Linux kills the workers when the one that started them ends.
    """

    def __init__(
        self,
        workers: int,
        seconds: float,
        directory: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._ended_at: float | None = None
        self._processes: list[subprocess.Popen[bytes]] = []
        if directory is not None and (problem := no_room(directory)):
            raise NotStarted(problem)
        for _ in range(workers):
            try:
                self._processes.append(_start(seconds, directory))
            except OSError as error:
                self.wait()
                started = f"{len(self._processes)} of {workers} workers"
                raise NotStarted(f"Only {started} could be started: {error}.") from error

    @property
    def pids(self) -> list[int]:
        """The process ids, those of ended workers included."""
        return [process.pid for process in self._processes]

    @property
    def gone(self) -> bool:
        """Whether no worker is left."""
        return all(process.poll() is not None for process in self._processes)

    def deaths(self) -> list[str]:
        """How each worker died that did not reach its deadline: "signal SIGKILL", "exit status 3"."""
        codes = [process.poll() for process in self._processes]
        return [_cause(code) for code in codes if code]

    def end(self) -> None:
        """End what still runs; returns at once. Call it again until `gone`: half a second later it kills."""
        now = self._clock()
        self._ended_at = now if self._ended_at is None else self._ended_at
        for process in self._processes:
            if process.poll() is not None:
                _close(process)
            elif now - self._ended_at >= KILL_AFTER_SECONDS:
                process.kill()
            else:
                _close(process)
                process.terminate()

    def wait(self) -> None:
        """End all and wait until they are gone, which takes 0.5 s at the very worst, then they are killed."""
        self.end()
        deadline = time.monotonic() + KILL_AFTER_SECONDS
        for process in self._processes:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(KILL_AFTER_SECONDS)


def no_room(directory: Path) -> str:
    """Why no test may write in `directory`, as a sentence; "" where it may."""
    try:
        usage = shutil.disk_usage(directory)
    except OSError as error:
        return f"Nobody can tell how much room {directory} has: {error}."
    return refusal(str(directory), usage.total, usage.free)


def refusal(directory: str, total: int, free: int) -> str:
    """Why no test may write in `directory`, on a disk of `total` bytes of which `free` are left; "" where it may."""
    if free >= LEAST_BYTES and free >= LEAST_SHARE * total:
        return ""
    left = f"{number(free / 10**9)} GB of {number(total / 10**9)} GB"
    return f"Only {left} are free at {directory}: a disk test needs 1 GB and a tenth of the disk."


def _start(seconds: float, directory: Path | None) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-I", "-S", str(PROGRAM), f"{seconds:.3f}", str(os.getpid())]
    command += [] if directory is None else [str(directory)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, close_fds=True)


def _close(process: subprocess.Popen[bytes]) -> None:
    """Close the pipe to a worker, which is its sign to end on any system."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()


def _cause(code: int) -> str:
    if code == CANNOT_WRITE:
        return "could not write its file"
    if code > 0:
        return f"exit status {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"

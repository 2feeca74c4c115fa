"""The worker of a load test: keeps one CPU busy until its own deadline, and never outlives who started it.

A program of its own, `python -I burn.py SECONDS PARENT_PID` with a pipe as its standard input. It is exec'ed
and never forked, so that it holds neither the lock nor the database of the sampler; it imports no Django.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
import select
import signal
import sys
import time
from collections.abc import Callable

SHORTEST_SECONDS = 1
LONGEST_SECONDS = 600
CHECK_SECONDS = 0.05
SPARE_CPU_SECONDS = 5
PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>

DONE, WRONG_ARGUMENTS, ORPHANED = 0, 2, 3


def main(arguments: list[str]) -> int:
    """Burn as `arguments` say; return the exit status: 0 only for a deadline that was reached."""
    began = time.monotonic()
    try:
        seconds, parent = parse(arguments)
    except ValueError as error:
        sys.stderr.write(f"burn.py: {error}\n")
        return WRONG_ARGUMENTS
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the sampler's, which then ends its workers
    limit_cpu(math.ceil(seconds) + SPARE_CPU_SECONDS)
    if hasattr(os, "nice"):
        os.nice(19)
    return burn(began + seconds, lambda: orphaned(parent))


def parse(arguments: list[str]) -> tuple[float, int]:
    """Return (seconds, pid of the parent); raises ValueError with a sentence for anything out of bounds."""
    if len(arguments) != 2 or not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", arguments[0], re.ASCII):
        raise ValueError(f"give the seconds and the parent's pid, not {' '.join(arguments)!r}")
    seconds = float(arguments[0])
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise ValueError(f"{arguments[0]} seconds are not within {SHORTEST_SECONDS} to {LONGEST_SECONDS}")
    if not re.fullmatch(r"[0-9]{1,9}", arguments[1], re.ASCII):
        raise ValueError(f"{arguments[1]!r} is no process id")
    return seconds, int(arguments[1])


def die_with_parent() -> None:
    """Ask Linux for SIGKILL when the thread that started this process ends; elsewhere the pipe has to do."""
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def limit_cpu(seconds: int) -> None:
    """Let the kernel end this process after that much CPU time, should all else fail."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        most = seconds if hard == resource.RLIM_INFINITY else min(seconds, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))


def orphaned(parent: int) -> bool:
    """Whether the parent is gone: another one took its place, or the pipe from it is closed."""
    if os.getppid() != parent:
        return True
    try:
        return bool(select.select([0], [], [], 0)[0])  # nothing is ever written to it: readable means closed
    except OSError:
        return True


def burn(deadline: float, stop: Callable[[], bool]) -> int:
    """Use one CPU until the monotonic `deadline` (s), asking `stop` every 50 ms; return the exit status."""
    while (now := time.monotonic()) < deadline:
        if stop():
            return ORPHANED
        pause = min(deadline, now + CHECK_SECONDS)
        while time.monotonic() < pause:
            for _ in range(500):
                pass
    return DONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The worker of a load test: keeps one CPU or the disk busy until its own deadline, and never outlives its parent.

A program of its own, `python -I burn.py SECONDS PARENT_PID [DIRECTORY]` with a pipe as its standard input. With a
directory it writes to one file there that has no name, so that the file is gone with the process, however that ends.
It is exec'ed and never forked, so that it holds neither the lock nor the database of the sampler; no Django here.
"""

from __future__ import annotations

import contextlib
import errno
import math
import mmap
import os
import re
import select
import signal
import sys
import tempfile
import time
from collections.abc import Callable

SHORTEST_SECONDS = 1
LONGEST_SECONDS = 600
CHECK_SECONDS = 0.05
SPARE_CPU_SECONDS = 5
FILE_BYTES = 64 * 1024 * 1024
BLOCK_BYTES = 4096  # the smaller, the more waiting for the disk, and the less wear of it
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15  # from <linux/prctl.h>
IOPRIO_SET = {"x86_64": 251, "aarch64": 30, "riscv64": 30}  # system call numbers, by machine
IOPRIO_IDLE = 3 << 13

DONE, WRONG_ARGUMENTS, ORPHANED, CANNOT_WRITE = 0, 2, 3, 4


def main(arguments: list[str]) -> int:
    """Burn as `arguments` say; return the exit status: 0 only for a deadline that was reached."""
    began = time.monotonic()
    try:
        seconds, parent, directory = parse(arguments)
    except ValueError as error:
        sys.stderr.write(f"burn.py: {error}\n")
        return WRONG_ARGUMENTS
    die_with_parent()
    be_called(b"loadmon-burn" if directory is None else b"loadmon-io")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the sampler's, which then ends its workers
    limit("RLIMIT_CPU", math.ceil(seconds) + SPARE_CPU_SECONDS)
    if hasattr(os, "nice"):
        os.nice(19)
    if directory is None:
        return burn(began + seconds, lambda: orphaned(parent))
    return wear(directory, began + seconds, lambda: orphaned(parent))


def parse(arguments: list[str]) -> tuple[float, int, str | None]:
    """Return (seconds, pid of the parent, directory); raises ValueError with a sentence for what is out of bounds."""
    well = 2 <= len(arguments) <= 3 and re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", arguments[0], re.ASCII)
    if not well:
        raise ValueError(f"give the seconds and the parent's pid, not {' '.join(arguments)!r}")
    seconds = float(arguments[0])
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise ValueError(f"{arguments[0]} seconds are not within {SHORTEST_SECONDS} to {LONGEST_SECONDS}")
    if not re.fullmatch(r"[0-9]{1,9}", arguments[1], re.ASCII):
        raise ValueError(f"{arguments[1]!r} is no process id")
    return seconds, int(arguments[1]), arguments[2] if len(arguments) == 3 else None


def die_with_parent() -> None:
    """Ask Linux for SIGKILL when the thread that started this process ends; elsewhere the pipe has to do."""
    _ask_linux("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def be_called(name: bytes) -> None:
    """Be `name` in lists of processes, so that nobody hunts for a culprit; at most 15 bytes."""
    _ask_linux("prctl", PR_SET_NAME, name, 0, 0, 0)


def give_way_to_others() -> None:
    """Write only while nobody else does, where the disk's scheduler knows such classes."""
    if (number := IOPRIO_SET.get(os.uname().machine)) is not None:
        _ask_linux("syscall", number, 1, 0, IOPRIO_IDLE)  # 1: of the process, 0: this one


def _ask_linux(function: str, *arguments: int | bytes) -> None:
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            getattr(ctypes.CDLL(None), function)(*arguments)


def limit(name: str, most: int) -> None:
    """Let the kernel hold this process to `most` of a resource, should all else fail."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        number: int = getattr(resource, name)
        hard = resource.getrlimit(number)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(number, (most, most))


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


def wear(directory: str, deadline: float, stop: Callable[[], bool]) -> int:
    """Write one file in `directory` over and over, each block down to the disk, until the monotonic `deadline` (s)."""
    limit("RLIMIT_FSIZE", FILE_BYTES)
    give_way_to_others()
    block = mmap.mmap(-1, BLOCK_BYTES)  # page-aligned, as writing past the cache asks for
    block.write(os.urandom(BLOCK_BYTES))
    try:
        return _overwrite(open_nameless(directory), block, deadline, stop)
    except OSError as error:
        sys.stderr.write(f"burn.py: {error}\n")
        return CANNOT_WRITE


def _overwrite(file: int, block: mmap.mmap, deadline: float, stop: Callable[[], bool]) -> int:
    place, look_at = 0, 0.0
    while (now := time.monotonic()) < deadline:
        if now >= look_at:
            look_at = now + CHECK_SECONDS
            if stop():
                return ORPHANED
        try:
            os.pwritev(file, [block], place)
        except OSError as error:
            if error.errno != errno.EINVAL or not forget_direct(file):
                raise
        place = (place + BLOCK_BYTES) % FILE_BYTES
    return DONE


def open_nameless(directory: str) -> int:
    """A new file in `directory` without a name, whose writes return when the disk has them; a descriptor."""
    safe = os.O_RDWR | os.O_CLOEXEC | os.O_DSYNC
    for direct in (getattr(os, "O_DIRECT", 0), 0):
        with contextlib.suppress(OSError, AttributeError):
            return os.open(directory, safe | os.O_TMPFILE | direct, 0o600)
    file, name = tempfile.mkstemp(prefix=".loadtest-", dir=directory)
    try:
        return os.open(name, safe)
    finally:
        os.unlink(name)  # noqa: PTH108
        os.close(file)


def forget_direct(file: int) -> bool:
    """Write through the cache from now on; whether `file` had written past it."""
    import fcntl

    flags = fcntl.fcntl(file, fcntl.F_GETFL)
    direct = getattr(os, "O_DIRECT", 0)
    fcntl.fcntl(file, fcntl.F_SETFL, flags & ~direct)
    return bool(flags & direct)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

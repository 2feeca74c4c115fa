"""Process lock: one sampler a host, by a file that the kernel releases with the process that holds it, however it dies."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path
from typing import IO


class AlreadyRunning(Exception):
    """Another process holds the lock; the message names it."""


def path_for(directory: Path, host: str) -> Path:
    """Where the lock of `host` lies: a name beyond ASCII is too long for some file systems, and foreign to some."""
    if not host.isascii():
        import hashlib  # 4 MB that the supervisor has no use for

        host = hashlib.sha256(host.encode()).hexdigest()[:32]
    return directory / f"sampler-{host}.lock"


def acquire(path: Path) -> IO[str]:
    """Take the lock and write our process id into it; keep the returned file open. Raise AlreadyRunning if it is held."""
    file = path.open("a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = holder_of(path)
        file.close()
        raise AlreadyRunning(f"A sampler for this host is already running (process {holder}).") from None
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
    return file


def holder_of(path: Path) -> str:
    """The process id written in the lock file, "?" where there is none."""
    with contextlib.suppress(OSError):
        return path.read_text(encoding="ascii").strip() or "?"
    return "?"


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock; does not disturb it."""
    if not path.exists():
        return False
    with open(path, encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False

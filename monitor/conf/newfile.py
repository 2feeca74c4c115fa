"""New files: a file appears under its name whole and at once, never in place of another, and a killed writer leaves none.

What is not finished yet bears the name of what it will be, the id of the process that writes it, and ".part".
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import glob
import os
import re
from collections.abc import Iterator
from pathlib import Path

BESIDE = ("", "-journal", "-wal", "-shm")  # what SQLite leaves beside a file that it writes


@contextlib.contextmanager
def draft(target: Path, others: str = "") -> Iterator[Path]:
    """An empty file in the folder of `target`, for its owner alone, to become `target` by publish().

    It is gone afterwards, and with it what killed processes left of `target` and of `others`, a pattern of names in
    that folder. Raises OSError.
    """
    for pattern in {glob.escape(target.name), others} - {""}:
        clear(target.parent, pattern)
    path, descriptor = _begin(target)
    try:
        yield path
    finally:
        _remove(path)
        os.close(descriptor)


def clear(folder: Path, pattern: str) -> list[Path]:
    """Remove the drafts of files named like `pattern` whose process is gone; return those that went."""
    found = [path for path in folder.glob(f"{pattern}.*.part") if re.search(r"\.\d+\.part$", path.name)]
    left = [path for path in found if _is_left(path)]
    for path in left:
        _remove(path)
    return left


def publish(draft: Path, target: Path) -> None:
    """Give the finished file `draft` the name `target` in the same folder; the name `draft` is gone in any case.

    Raises FileExistsError where there is a `target` already, which stays as it is, and OSError where none can be made.
    """
    try:
        target.hardlink_to(draft)  # other than a rename it never takes the place of a file
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: FAT, many shares
        with _one_at_a_time(target.parent):
            if target.exists() or target.is_symlink():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
            draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)


@contextlib.contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Of our own processes one publishes in `folder`; where the file system knows no locks either, each does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _begin(target: Path) -> tuple[Path, int]:
    """A draft, and the descriptor that keeps it locked as long as this process lives."""
    path = target.with_name(f"{target.name}.{os.getpid()}.part")
    while True:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with contextlib.suppress(FileNotFoundError):  # cleared away by another before it was locked
            if path.stat().st_ino == os.fstat(descriptor).st_ino:
                return path, descriptor
        os.close(descriptor)


def _is_left(path: Path) -> bool:
    """Whether nobody writes this draft any more: its lock went with its process, however that died."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return not Path(f"/proc/{path.name.split('.')[-2]}").exists()
    finally:
        os.close(descriptor)
    return True


def _remove(path: Path) -> None:
    for ending in BESIDE:
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)

"""New files: a file appears under its name whole and at once, and never in place of another."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


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

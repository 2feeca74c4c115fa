"""Header of a SQLite file: its first hundred bytes, read beside open connections without disturbing their locks.

Closing any descriptor of a file gives up all locks that this process has on it, those of SQLite too (POSIX): what is
opened here stays open until well after another file took the place.
"""

from __future__ import annotations

import os
import struct
import threading
import time
from dataclasses import dataclass
from pathlib import Path

MAGIC = b"SQLite format 3\0"
LENGTH = 100
RETIRED_SECONDS = 60.0  # by then nobody here has the file open any more


@dataclass(frozen=True, slots=True)
class Header:
    """What the file says of itself: its length in bytes, 0 where that is not certain, and its marks.

    number: free for the program to set (PRAGMA user_version). changes: rises whenever this page is written.
    """

    length: int
    changes: int
    number: int
    raw: bytes


@dataclass(slots=True)
class _Held:
    inode: tuple[int, int]
    descriptor: int
    retired_at: float = 0.0


_guard = threading.Lock()
_held: dict[Path, _Held] = {}
_retired: list[_Held] = []


def read(path: Path) -> Header | None:
    """The header of the file at `path`; None where it is not one of SQLite. Raises OSError."""
    with _guard:
        return parse(os.pread(_descriptor(path), LENGTH, 0))


def is_unlinked(path: Path) -> bool:
    """Whether the file that was last read at `path` has no name anywhere any more."""
    with _guard:
        held = _held.get(path)
        return held is not None and os.fstat(held.descriptor).st_nlink == 0


def parse(raw: bytes) -> Header | None:
    """The header in the first bytes of a file; None where it is not one of SQLite."""
    if len(raw) < LENGTH or not raw.startswith(MAGIC):
        return None
    size, changes, pages, number, valid_for = (
        *struct.unpack_from(">H", raw, 16),
        *struct.unpack_from(">II", raw, 24),
        *struct.unpack_from(">i", raw, 60),
        *struct.unpack_from(">I", raw, 92),
    )
    page = 65536 if size == 1 else size
    return Header(page * pages if changes == valid_for else 0, changes, number, raw)


def _descriptor(path: Path) -> int:
    status = path.stat()
    inode, held = (status.st_dev, status.st_ino), _held.get(path)
    _close_retired()
    if held is not None and held.inode == inode:
        return held.descriptor
    if held is not None:
        held.retired_at = time.monotonic()
        _retired.append(held)
        del _held[path]
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    status = os.fstat(descriptor)
    _held[path] = _Held((status.st_dev, status.st_ino), descriptor)
    return descriptor


def _close_retired() -> None:
    for held in [one for one in _retired if time.monotonic() - one.retired_at > RETIRED_SECONDS]:
        os.close(held.descriptor)
        _retired.remove(held)

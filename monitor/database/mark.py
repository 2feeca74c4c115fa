"""Mark of a SQLite file: how a write-ahead log that is left is known to belong to the file beside it.

The log itself does not tell: SQLite folds any log into any file. So the file carries a number (PRAGMA user_version), which
each start of a sampler, each backup and each restore draws anew, and a small file beside it, `-mark`, says which numbers are
the right ones and how far the file's own count of changes had come. Where no log is left any file is right.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import secrets
import sqlite3
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from monitor.database import aside, header
from monitor.database.header import Header

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of a file.

    changes: what it counted last, in the boot `boot`: a power cut may take a little of that back.
    """

    numbers: tuple[int, ...]
    changes: int
    inode: int
    boot: str

    def is_of(self, head: Header | None) -> bool:
        """Whether a file that begins with `head` is the one that is known, as it was last seen or later."""
        if head is None or head.number not in self.numbers:
            return False
        return self.boot != boot() or head.changes >= self.changes


def place(path: Path) -> Path:
    """Where the mark of the database at `path` lies."""
    return path.with_name(f"{path.name}-mark")


def read(path: Path) -> Mark | None:
    """The mark of the database at `path`; None where there is none, or one that was cut short."""
    try:
        found = json.loads(place(path).read_text(encoding="utf-8"))
        return Mark(
            tuple(map(int, found["numbers"])), int(found["changes"]), int(found["inode"]), found["boot"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(path: Path, mark: Mark) -> None:
    """Store the mark of the database at `path`. Raises OSError."""
    draft = place(path).with_name(f"{place(path).name}.{os.getpid()}.part")
    try:
        draft.write_text(json.dumps(asdict(mark)), encoding="utf-8")
        draft.replace(place(path))
    finally:
        draft.unlink(missing_ok=True)


def follow(path: Path) -> None:
    """Let the mark follow the file that it knows, or know another where no log of the old one is left. Raises OSError."""
    known = read(path)
    if _followed(path, known) == known:
        return
    with aside.alone(path):
        new = _followed(path, read(path))
        if new is not None:
            write(path, new)


def _followed(path: Path, known: Mark | None) -> Mark | None:
    """The mark as it is to be now; the old one was read before, for a file only ever gets further than its mark."""
    head = header.read(path)
    if head is None:
        return known
    numbers: tuple[int, ...] = (head.number,)
    if known is not None and known.is_of(head):
        numbers = known.numbers[known.numbers.index(head.number) :]
    elif known is not None and left_log(path) is not None:
        return known
    return Mark(numbers, head.changes, path.stat().st_ino, boot())


def draw() -> int:
    """A number that no other file bears."""
    return secrets.randbelow(2**31 - 1) + 1


def expect(path: Path, number: int) -> None:
    """Let the file at `path` bear `number` too from now on. Raises OSError."""
    with aside.alone(path):
        known = _followed(path, read(path))
        if known is not None and number not in known.numbers:
            write(path, replace(known, numbers=(*known.numbers, number)))


def left_log(path: Path) -> Path | None:
    """The write-ahead log of the database at `path`, where something is in it."""
    log = path.with_name(f"{path.name}-wal")
    try:
        return log if log.stat().st_size else None
    except OSError:
        return None


def renew(copy: Path) -> None:
    """Give a copy that nobody has open a number of its own. Raises sqlite3.Error."""
    with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as database:
        database.execute(f"PRAGMA user_version = {draw()}")


def boot() -> str:
    """Which boot of this machine this is; "" where the system does not say."""
    try:
        return _boot_id()
    except OSError:
        return ""


@functools.cache
def _boot_id() -> str:
    """Read once, for no process outlives its boot; asked again where it could not be read. Raises OSError."""
    return BOOT_ID.read_text(encoding="ascii").strip()

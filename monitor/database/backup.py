"""Backup: a copy of a SQLite file that is in use, written compactly, examined, and only then given its name."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from monitor.conf import newfile
from monitor.database import aside, mark, opening

PATTERN = "loadmon-*.sqlite3"  # the copies that are named for their time
BEFORE_MIGRATING = "before-migrating-*.sqlite3"
MOST_BEFORE_MIGRATING = 2
ROOM = 1.2  # of the database's size must be free: half a copy helps nobody
WAIT_SECONDS = 60.0


class Refused(Exception):
    """There is no copy; the message is a sentence that says why."""


def make(source: Path, target: Path) -> int:
    """Copy the database at `source` to `target`, which must not exist; return the bytes of the copy.

    One moment of the database: what is written meanwhile is not in it, and nobody has to wait. Raises Refused.
    """
    if target.exists():
        raise Refused(f"{target} exists: name another file.")
    problem = opening.problem(source)
    if problem is not None:
        raise Refused(f"{problem.said} {problem.remedy}")
    try:
        require_room(source.stat().st_size, target.parent)
    except OSError as error:
        raise Refused(f"Cannot write to {target.parent}: {error.strerror}.") from error
    try:
        with newfile.draft(target, PATTERN) as draft:
            with opened(source) as database:
                database.execute("VACUUM INTO ?", (str(draft),))
            mark.renew(draft)
            _examine(draft)
            aside.settle(draft)
            newfile.publish(draft, target)
    except sqlite3.Error as error:
        raise Refused(f"The database could not be copied: {error}.") from error
    except OSError as error:
        raise Refused(f"Cannot write {target}: {error.strerror}.") from error
    return target.stat().st_size


def require_room(size: int, folder: Path) -> None:
    """Raise Refused where a copy of a database of `size` bytes has no room in `folder`. Raises OSError."""
    free, needed = shutil.disk_usage(folder).free, size * ROOM
    if free < needed:
        raise Refused(f"{free / 1e6:.0f} MB are free in {folder}, and a copy wants {needed / 1e6:.0f} MB.")


def before_migrating(source: Path, folder: Path) -> Path:
    """Copy the database at `source` into `folder`, where two of these copies stay. Raises Refused.

    Until migrated() is called one of them is the first: a migration that fails half-way is tried again and again, and
    only the first copy is of the database as it was.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / BEFORE_MIGRATING.replace("*", time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()))
    make(source, target)
    first = _first_of_run(folder)
    if first is None:
        _note(folder).write_text(target.name, encoding="utf-8")
    thin_out(folder, MOST_BEFORE_MIGRATING, BEFORE_MIGRATING, first or target)
    return target


def migrated(folder: Path) -> None:
    """The database is up to date: the copy that the first of several tries made is now one like the others."""
    _note(folder).unlink(missing_ok=True)
    thin_out(folder, MOST_BEFORE_MIGRATING, BEFORE_MIGRATING)


def thin_out(folder: Path, keep: int, pattern: str = PATTERN, precious: Path | None = None) -> list[Path]:
    """Delete all but the newest `keep` copies that are named for their time; return those that went.

    `precious` stays however old it is, and counts as the newest.
    """
    copies = sorted(folder.glob(pattern), key=lambda path: (path == precious, path))
    gone = copies[: max(0, len(copies) - keep)]
    for path in gone:
        path.unlink()
    return gone


def _note(folder: Path) -> Path:
    """Where the name of the first copy is kept as long as no run ended well."""
    return folder / "before-migrating.first"


def _first_of_run(folder: Path) -> Path | None:
    try:
        first = folder / _note(folder).read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return first if first.is_file() else None


def _examine(copy: Path) -> None:
    with opened(copy) as database:
        found = [str(row[0]) for row in database.execute("PRAGMA integrity_check(3)")]
    if found != ["ok"]:
        raise Refused(f"The copy is damaged, and so is the database: {'; '.join(found)}.")


@contextlib.contextmanager
def opened(path: Path, more: str = "") -> Iterator[sqlite3.Connection]:
    """Read-only, so that nothing can be made or changed; `more` is added to the URI."""
    uri = f"{path.resolve().as_uri()}?mode=ro{more}"
    with contextlib.closing(sqlite3.connect(uri, WAIT_SECONDS, uri=True, isolation_level=None)) as database:
        yield database

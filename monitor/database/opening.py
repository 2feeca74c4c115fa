"""Opening: what is looked at before SQLite opens a file, for it makes files and deletes logs without a word.

No Django: programs of their own look the same way.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from monitor.database import aside, header, mark

EXIT_FAILED, EXIT_NO_DATABASE = 1, 3
NEW_OR_YOURS = "manage.py migrate for a new one, or restore yours: manage.py restore FILE."
RESTORE = (
    "To restore a backup made by `manage.py backup`: manage.py restore FILE. What is there now, with its -wal "
    "and -shm, is kept."
)
NOT_ALLOWED = "The database may not be used by the user that this runs as. The server's log says more."
IN_THE_WAY = "A directory is where the database should be. The server's log says more."
DAMAGED = "The database is damaged. The server's log says how to restore it."
EXCHANGED = "The database was exchanged for another one. Try again in a few seconds."
LOST = "The database is missing: run manage.py migrate for a new one, or restore yours."


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file is not opened, and what to do; `told` is what anybody may know of it."""

    said: str
    remedy: str
    told: str
    exit_code: int = EXIT_NO_DATABASE
    is_damage: bool = False


class Unopened(sqlite3.OperationalError):
    """SQLite was not let at the file; the message is a sentence that says why and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.said} {problem.remedy}")
        self.problem = problem


def require(path: Path) -> None:
    """Raise Unopened where the database at `path` must not be opened; from now on its mark is known."""
    found = problem(path)
    if found is not None:
        raise Unopened(found)
    known = mark.read(path)
    if known is None or not known.is_of(header.read(path)):
        with contextlib.suppress(OSError):  # without a mark a log is trusted, as SQLite does
            mark.follow(path)


def uri(path: Path) -> str:
    """The name under which SQLite opens the file at `path` and makes none."""
    return f"file:{quote(str(path))}?mode=rw"


def problem(path: Path) -> Problem | None:
    """What is wrong with the database at `path`; None where it may be opened.

    Nothing is made or changed, but that an exchange is brought to its end whose process died.
    """
    if aside.is_pending(path):
        try:
            aside.finish(path)
        except OSError as error:
            said = f"Another file was to take the place of the database {path}, and cannot: {error.strerror}."
            return Problem(said, "manage.py restore FILE", NOT_ALLOWED)
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return _missing(path)
    except PermissionError:
        return _not_allowed(path, f"may not enter {path.parent}")
    except OSError as error:
        return Problem(
            f"The database {path} cannot be reached: {error.strerror}.", "", NOT_ALLOWED, EXIT_FAILED
        )
    if path.is_dir():
        remedy = "Move it away, or point LOADMON_DATA_DIR or DATABASE_URL elsewhere."
        return Problem(f"The database {path} is a directory.", remedy, IN_THE_WAY, EXIT_FAILED)
    if not status.st_size:
        return _empty(path)
    return _locked_out(path) or _damaged(path, status.st_size) or _exchanged(path)


def is_exchanged(path: Path) -> bool:
    """Whether the log that lies beside the file at `path` is that of another. Raises OSError."""
    known = mark.read(path)
    return known is not None and mark.left_log(path) is not None and not known.is_of(header.read(path))


def log_of(path: Path) -> Path:
    """Where the write-ahead log of the database at `path` lies."""
    return path.with_name(f"{path.name}-wal")


def index_of(path: Path) -> Path:
    """Where the index of the write-ahead log of the database at `path` lies."""
    return path.with_name(f"{path.name}-shm")


def _missing(path: Path) -> Problem:
    if log := mark.left_log(path):
        remedy = (
            "Put the database back beside it; for a new one move the log away first: SQLite would delete it."
        )
        return Problem(
            f"The database {path} is missing, but its write-ahead log {log} is there.", remedy, LOST
        )
    return Problem(f"The database {path} is missing.", NEW_OR_YOURS, LOST)


def _empty(path: Path) -> Problem:
    """No process of loadmon ever leaves an empty file: what was in this one is lost."""
    log = mark.left_log(path)
    beside = f", but its write-ahead log {log} is there" if log else ""
    remedy = (
        "Something has emptied it. To restore a backup: manage.py restore FILE; "
        "for a new one move it away first, with all that lies beside it."
    )
    return Problem(
        f"The database {path} is empty{beside}.", remedy, "The database is empty: restore a backup."
    )


def _locked_out(path: Path) -> Problem | None:
    """Its log and index are made in the directory, so that must be writable as well."""
    for what, mode in ((path, os.R_OK | os.W_OK), (path.parent, os.W_OK | os.X_OK)):
        if os.access(what, mode):
            continue
        if os.statvfs(what).f_flag & os.ST_RDONLY:
            said = f"The database {path} lies on a file system that is read-only."
            remedy = "The log of the kernel says why, where it became so by itself."
            return Problem(said, remedy, NOT_ALLOWED, EXIT_FAILED)
        return _not_allowed(path, f"may not write {what}")
    for beside in (log_of(path), index_of(path)):
        if _is_closed_to_us(beside):
            return _not_allowed(path, f"may not write {beside}")
    return None


def _is_closed_to_us(path: Path) -> bool:
    """Whether a file is there that this user may not read and write.

    SQLite removes a log with the last connection and makes it with the next: one that came or went meanwhile is none.
    """
    before = _state(path)
    return before is not None and not os.access(path, os.R_OK | os.W_OK) and _state(path) == before


def _state(path: Path) -> tuple[int, int] | None:
    """What tells a file from the next one of that name; None where there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_ctime_ns


def _not_allowed(path: Path, what: str) -> Problem:
    remedy = f"Run loadmon as the user who owns it, or: chown -R {os.getuid()} {path.parent}"
    return Problem(f"User {os.getuid()} {what}.", remedy, NOT_ALLOWED, EXIT_FAILED)


def _damaged(path: Path, size: int) -> Problem | None:
    try:
        head = header.read(path)
    except OSError as error:
        return Problem(f"The database {path} cannot be read: {error.strerror}.", "", NOT_ALLOWED, EXIT_FAILED)
    if head is None:
        return _damage(path, "it is not a SQLite database")
    if head.length > size and not mark.left_log(
        path
    ):  # what a checkpoint that was cut short lacks is in the log
        return _damage(path, f"of its {head.length} bytes only {size} are there")
    return None


def _exchanged(path: Path) -> Problem | None:
    """Opening it would fold the pages of another file into it."""
    if not is_exchanged(path):
        return None
    said = (
        f"The database {path} is another one than before, and the write-ahead log of that one lies beside it."
    )
    remedy = "The sampler, manage.py migrate and manage.py serve set the log aside as they begin."
    return Problem(said, remedy, EXCHANGED)


def _damage(path: Path, said: str) -> Problem:
    return Problem(f"The database {path} is damaged: {said}.", RESTORE, DAMAGED, is_damage=True)

"""The database file: where it is, how its connection behaves, and what its errors mean."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from django.db import DatabaseError, OperationalError, connection

from monitor.database import opening
from monitor.database.opening import EXIT_FAILED, EXIT_NO_DATABASE, RESTORE

EXIT_MIGRATE = 5
MISSING = opening.LOST
BEHIND = "The database is not up to date: run manage.py migrate."
NEWER = "The database was migrated by a newer loadmon: {} is not known here."
NEWER_REMEDY = "Install that version again, or restore a backup from before."
DAMAGE = ("malformed", "not a database", "Could not decode to UTF-8")
UNKNOWN_TABLES = ("no such table", "no such column")
UNKNOWN_TO_POSTGRESQL = ("42P01", "42703")


class NotReady(Exception):
    """The database cannot be worked with; the message says what to do, exit_code is the one of the commands."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Damaged(OSError):
    """Nothing may be stored in the file as it is; the message is what is wrong with it."""


def keep_connection() -> None:
    """Keep one connection for good."""
    connection.settings_dict["CONN_MAX_AGE"] = None
    connection.settings_dict["CONN_HEALTH_CHECKS"] = connection.vendor != "sqlite"


def wait_for_locks(seconds: float) -> None:
    """From now on wait for a lock of SQLite so long at most: what calls can wait better than a blocked process."""
    if connection.vendor == "sqlite":
        connection.close()
        connection.settings_dict["OPTIONS"] |= {"timeout": seconds}


def refusal(error: Exception) -> NotReady | None:
    """What `error` means to whoever wants to start; None where the state of the database is not the cause."""
    known = problem(error)
    if known is not None:
        more = " `manage.py doctor` tells more." if known.is_damage else ""
        return NotReady(f"{known.said} {known.remedy}{more}", known.exit_code)
    if inode() is None:
        return NotReady(MISSING, EXIT_NO_DATABASE)
    if is_damage(error):
        return NotReady(f"{explained(error)} `manage.py doctor` tells more.", EXIT_NO_DATABASE)
    if is_behind(error):
        return NotReady(BEHIND, EXIT_MIGRATE)
    usual = _remedy(error)
    return NotReady(f"The database does not answer: {explained(error)}", EXIT_FAILED) if usual else None


def problem(error: BaseException | None) -> opening.Problem | None:
    """Why SQLite was not let at the file, where that is what `error` tells of."""
    for one in (error, getattr(error, "__cause__", None)):
        if isinstance(one, opening.Unopened):
            return one.problem
    return None


def is_damage(error: Exception) -> bool:
    """Whether SQLite says that the file is broken."""
    known = problem(error)
    if known is not None:
        return known.is_damage
    said = connection.vendor == "sqlite" and any(words in str(error) for words in DAMAGE)
    return said or isinstance(error, Damaged)


def is_behind(error: BaseException | None) -> bool:
    """Whether the database lacks a table or a column, and so a migration."""
    if isinstance(error, OperationalError) and any(words in str(error) for words in UNKNOWN_TABLES):
        return True
    return getattr(getattr(error, "__cause__", None), "sqlstate", None) in UNKNOWN_TO_POSTGRESQL


def explained(error: Exception) -> str:
    """What went wrong and, for the usual reasons, what a person can do about it, in sentences."""
    said = " ".join(str(error).split()).rstrip(".")
    if problem(error) is not None:
        return f"{said}."
    return damaged(said) if is_damage(error) else f"{said}.{_remedy(error)}"


def damaged(said: str) -> str:
    """That the file is broken, as is `said` of it, and how to restore it."""
    return f"The database {path()} is damaged: {said}. {RESTORE}"


def _remedy(error: Exception) -> str:
    writable = f" Make {path()} and its directory writable for user {os.getuid()}."
    remedies = {
        "is full": f" Free some space in {path().parent}.",
        "readonly": writable,
        "unable to open": " All files that this process may open are in use."
        if _files_used_up()
        else writable,
        "is locked": " End what holds it for so long, such as a shell or a copy.",
        "disk I/O": " Look at the disk, and at the kernel's log.",
        "connection": " See that the database server runs, and that DATABASE_URL is right.",
    }
    return next((sentence for words, sentence in remedies.items() if words in str(error)), "")


def _files_used_up() -> bool:
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return error.errno in (errno.EMFILE, errno.ENFILE)
    return False


def path() -> Path:
    """Where the SQLite file is, or should be."""
    return path_of(connection.settings_dict["NAME"])


def path_of(name: object) -> Path:
    """The file that Django's NAME stands for, which may be a URI."""
    text = str(name)
    found = Path(unquote(text[5:].partition("?")[0]) if text.startswith("file:") else text)
    try:
        return found.resolve() if found.is_symlink() else found  # the log lies beside what a link leads to
    except OSError:
        return found  # one may not look; who opens it is told why


def is_plain() -> bool:
    """Whether the database is a SQLite file, and not one in memory."""
    name = str(connection.settings_dict["NAME"])
    return connection.vendor == "sqlite" and ":memory:" not in name and "mode=memory" not in name


def inode() -> int | None:
    """The inode of the SQLite file, None where it is missing; 0 for any other database."""
    if not is_plain():
        return 0
    try:
        status = path().stat()
        return status.st_ino if status.st_size else None  # an empty one has lost what was in it
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return 0  # one may not look; who opens it is told why


def is_emptied() -> bool:
    """Whether the SQLite file is there, and there is nothing in it."""
    try:
        return is_plain() and not path().stat().st_size
    except OSError:
        return False


@contextlib.contextmanager
def durable(important: bool = True) -> Iterator[None]:
    """Make a SQLite commit inside survive a power cut: an alert may not be lost, a second of samples may."""
    if not important or connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA synchronous").fetchone()[0]
        cursor.execute("PRAGMA synchronous=FULL")
    try:
        yield
    finally:
        with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute(f"PRAGMA synchronous={usual:d}")

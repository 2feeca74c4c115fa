"""What must be true of the database before a command works with it; each refusal is one sentence and a status of its own."""

from __future__ import annotations

import sqlite3

from django.core.management.base import CommandError

from monitor.checks import database
from monitor.database import exchange, file, making
from monitor.database.file import EXIT_MIGRATE
from monitor.database.opening import EXIT_NO_DATABASE


def require_usable_file() -> None:
    """Raise CommandError where there is neither a database that can be opened nor room for a new one."""
    settle_exchange()
    problem = database.file_problem()
    if problem and not database.is_blank():
        raise CommandError(" ".join(problem), returncode=EXIT_NO_DATABASE)


def settle_exchange() -> None:
    """Set the log aside of a database that another file took the place of; raise CommandError where that cannot be."""
    if not file.is_plain():
        return
    try:
        damage = exchange.settle(file.path())
    except FileNotFoundError:
        return
    except OSError as error:
        raise CommandError(
            f"The database {file.path()} was replaced: {error}.", returncode=EXIT_NO_DATABASE
        ) from error
    if damage:
        raise CommandError(file.damaged(damage), returncode=EXIT_NO_DATABASE)


def make_where_missing() -> None:
    """Make an empty SQLite database where there is none; raise CommandError where that cannot be."""
    if not database.is_blank():
        return
    try:
        making.make(file.path())
    except (OSError, sqlite3.Error) as error:
        raise CommandError(f"Cannot make the database {file.path()}: {error}.") from error


def require_whole_pages() -> None:
    """Raise CommandError where the last sampler ended in the middle and the pages are damaged since."""
    for message in database.pages_outlived_the_last_sampler(databases=["default"]):
        raise CommandError(f"{message.msg} {message.hint}", returncode=EXIT_NO_DATABASE)


def require_migrated() -> None:
    """Raise CommandError where the database is missing, not up to date, or of a newer loadmon."""
    database.file_problem()  # brings a restore to its end that was killed
    if file.inode() is None:
        raise CommandError(file.MISSING, returncode=EXIT_NO_DATABASE)
    if require_known():
        raise CommandError(file.BEHIND, returncode=EXIT_MIGRATE)


def require_known() -> list[str]:
    """Raise CommandError where a newer loadmon migrated the database; return the migrations that it lacks.

    Code that does not know a table or a column must not write beside it.
    """
    if file.inode() is None:
        return []  # asking would make an empty one
    pending, unknown = database.migration_state()
    if unknown:
        raise CommandError(
            f"{file.NEWER.format(', '.join(unknown))} {file.NEWER_REMEDY}", returncode=EXIT_MIGRATE
        )
    return pending

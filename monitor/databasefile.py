"""The connection of a process that runs for days: never makes a file that is missing, notices one that was replaced."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

EXIT_NO_DATABASE, EXIT_MIGRATE = 3, 5


class NotReady(Exception):
    """The database cannot be worked with; the message says what to do, exit_code is the one of the commands."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def keep_connection() -> None:
    """Keep one connection, and never make a database file that is not there."""
    connection.settings_dict["CONN_MAX_AGE"] = None
    connection.settings_dict["CONN_HEALTH_CHECKS"] = connection.vendor != "sqlite"
    if connection.vendor == "sqlite":
        path = quote(str(connection.settings_dict["NAME"]))
        connection.settings_dict["NAME"] = f"file:{path}?mode=rw"


def wait_for_locks(seconds: float) -> None:
    """From now on wait for a lock of SQLite so long at most: what calls can wait better than a blocked process."""
    if connection.vendor == "sqlite":
        connection.close()
        connection.settings_dict["OPTIONS"] |= {"timeout": seconds}


def require_migrated() -> None:
    """Raise NotReady where the database is missing or not up to date."""
    if inode() is None:
        raise NotReady(
            "The database is missing: run `manage.py migrate` for a new one, or restore yours.",
            EXIT_NO_DATABASE,
        )
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReady("The database is not up to date: run `manage.py migrate`.", EXIT_MIGRATE)


def inode() -> int | None:
    """The inode of the SQLite file, None where it is missing; 0 for any other database."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or ":memory:" in name or "mode=memory" in name:
        return 0
    try:
        status = Path(unquote(name.removeprefix("file:").partition("?")[0])).stat()
        return status.st_ino if status.st_size else None  # an empty one is just being made
    except FileNotFoundError:
        return None


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

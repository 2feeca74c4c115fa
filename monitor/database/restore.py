"""Restore: a copy of the database takes its place, examined before, with all that was there kept, running or not."""

from __future__ import annotations

import sqlite3
from collections.abc import Set
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from monitor.conf import newfile
from monitor.database import aside, backup, header, mark
from monitor.database.backup import Refused

Migrations = Set[tuple[str, str]]
"""By app and name."""

OURS = ("monitor", "0001_initial")


@dataclass(frozen=True, slots=True)
class Restored:
    """Where what was there is kept, None where nothing was; and which migrations the restored database lacks."""

    kept_in: Path | None
    pending: list[str]


def put(source: Path, path: Path, known: Migrations) -> Restored:
    """Let a copy of the database `source`, with what its log holds, take the place of the one at `path`.

    known: the migrations that this loadmon has. Until the last moment nothing is changed. Raises Refused.
    """
    _require_file(source, path)
    try:
        backup.require_room(_size(source), path.parent)
        with newfile.draft(path) as draft:
            _copy(source, draft)
            applied = _examined(source, draft)
            apps = {app for app, _ in known}
            unknown = {one for one in applied - known if one[0] in apps}
            if unknown:
                raise Refused(
                    f"{source} was migrated by a newer loadmon: {_names(unknown)} is not known here. "
                    "Install that version, then restore it."
                )
            folder = aside.exchange(path, draft)
    except OSError as error:
        raise Refused(f"Cannot put {source} in the place of {path}: {error.strerror or error}.") from error
    kept = folder if any(folder.iterdir()) else None
    if kept is None:
        folder.rmdir()
    return Restored(kept, [f"{app}.{name}" for app, name in sorted(known - applied)])


def _require_file(source: Path, path: Path) -> None:
    if source.is_dir():
        raise Refused(f"{source} is a directory: name the file in it.")
    if not source.exists():
        raise Refused(f"There is no {source}.")
    if not source.is_file():
        raise Refused(f"{source} is not a file.")
    if path.exists() and source.samefile(path):
        raise Refused(f"{source} is the database itself: name a copy of it.")
    if not source.stat().st_size:
        raise Refused(f"{source} is empty.")
    try:
        with source.open("rb") as file:
            head = header.parse(file.read(header.LENGTH))
    except OSError as error:
        raise Refused(f"{source} cannot be read: {error.strerror}.") from error
    if head is None:
        raise Refused(f"{source} is not a SQLite database.")
    if head.length > source.stat().st_size and mark.left_log(source) is None:
        raise Refused(
            f"{source} is damaged: of its {head.length} bytes only {source.stat().st_size} are there."
        )


def _size(source: Path) -> int:
    """The bytes of a database and of its log."""
    log = mark.left_log(source)
    return source.stat().st_size + (log.stat().st_size if log else 0)


def _copy(source: Path, draft: Path) -> None:
    """A compact copy that can be opened at once, with a number of its own.

    A source without a log is read also where nothing may be written beside it.
    """
    try:
        with backup.opened(source, "" if mark.left_log(source) else "&immutable=1") as database:
            database.execute("VACUUM INTO ?", (str(draft),))
    except sqlite3.Error as error:
        raise Refused(f"{source} cannot be copied: {error}.") from error
    mark.renew(draft)
    with closing(sqlite3.connect(draft, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")


def _examined(source: Path, draft: Path) -> Migrations:
    """The migrations that the copy has seen; raises Refused where it is damaged, or not of loadmon."""
    with closing(sqlite3.connect(draft, isolation_level=None)) as database:
        try:
            found = [str(row[0]) for row in database.execute("PRAGMA integrity_check(3)")]
            tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
            recorded = "django_migrations" in tables
            applied = set(database.execute("SELECT app, name FROM django_migrations") if recorded else ())
        except sqlite3.Error as error:
            raise Refused(f"{source} is damaged: {error}.") from error
    if found != ["ok"]:
        raise Refused(f"{source} is damaged: {'; '.join(found)}.")
    if OURS not in applied:
        raise Refused(f"{source} is a SQLite database, but not one of loadmon.")
    return applied


def _names(migrations: Migrations) -> str:
    return ", ".join(f"{app}.{name}" for app, name in sorted(migrations))

"""Checks that open the database; they run where it is named: `check --database default`, `serve`, doctor."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from monitor.checks.host import is_sqlite
from monitor.checks.messages import error
from monitor.database import file as database_file
from monitor.database import mark, opening, quickcheck
from monitor.hosts import lookup
from monitor.metrics.catalogue import JUDGED
from monitor.rules.models import Rule
from monitor.runtime import lock

Messages = list[CheckMessage]

EXAMINE_SECONDS = 10.0


@register(Tags.database)
def the_journal_is_a_wal(databases: Sequence[str] | None = None, **kwargs: Any) -> Messages:
    """E014: without a WAL readers and the sampler block each other."""
    if not _asked(databases) or not is_sqlite() or file_problem() or _in_memory():
        return []
    try:
        with connections["default"].cursor() as cursor:
            mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    except DatabaseError as problem:
        return error(14, f"The database does not answer: {problem}.", "manage.py doctor tells more.")
    if mode == "wal":
        return []
    return error(
        14,
        f"SQLite keeps a {mode} journal instead of a write-ahead log; its file system does not allow one.",
        "Point LOADMON_DATA_DIR to a local disk.",
    )


@register(Tags.database)
def the_database_can_be_written(databases: Sequence[str] | None = None, **kwargs: Any) -> Messages:
    """E016: nothing could be stored."""
    problem = file_problem()
    if not _asked(databases) or problem is None or (_is_migrating() and is_blank()):
        return []
    return error(16, *problem)


@register(Tags.database)
def migrations_are_done(databases: Sequence[str] | None = None, **kwargs: Any) -> Messages:
    """E018: code and database must mean the same tables."""
    if not _asked(databases) or file_problem():
        return []
    try:
        pending, unknown = migration_state()
    except DatabaseError as problem:
        return error(18, f"The database does not answer: {problem}.", "manage.py doctor tells more.")
    if pending and not _is_migrating():
        return error(18, f"The database lacks migrations: {', '.join(pending)}.", "manage.py migrate")
    if unknown:
        return error(
            18,
            database_file.NEWER.format(", ".join(unknown)),
            database_file.NEWER_REMEDY,
        )
    return []


@register(Tags.database)
def pages_outlived_the_last_sampler(databases: Sequence[str] | None = None, **kwargs: Any) -> Messages:
    """E019: a power cut can damage a file on a disk that lies about having written."""
    if not _asked(databases) or not is_sqlite() or _in_memory() or file_problem() or not _ended_unclean():
        return []
    said = quickcheck.answer(quickcheck.start(_file()), EXAMINE_SECONDS)
    return error(19, f"The database {_file()} is damaged: {said}.", opening.RESTORE) if said else []


@register(Tags.database)
def rules_can_work(databases: Sequence[str] | None = None, **kwargs: Any) -> Messages:
    """E028: a rule that was edited past the admin's validation could stop the sampler."""
    if not _asked(databases) or file_problem():
        return []
    try:
        wrong = [(rule, said) for rule in Rule.objects.all() if (said := _complaint(rule))]
    except DatabaseError:
        return []  # E018 says why
    return [
        message
        for rule, said in wrong
        for message in error(28, f"The rule {rule.name!r} cannot work: {said}", "Mend it in the admin.")
    ]


def is_blank() -> bool:
    """Whether there is no SQLite file and no trace of its contents, so that `migrate` would make a new database."""
    return is_sqlite() and not _in_memory() and not os.path.lexists(_file()) and not mark.left_log(_file())


def traces() -> list[Path]:
    """What only an earlier database can have left: locks of samplers and backups, newest last."""
    folder = Path(settings.LOADMON_DATA_DIR)
    return [*sorted(folder.glob("sampler-*.lock")), *sorted(folder.glob("backups/*.sqlite3"))]


def file_problem() -> tuple[str, str] | None:
    """What is wrong with the SQLite file, and what to do, if anything is; never makes the file."""
    if not is_sqlite() or _in_memory():
        return None
    found = opening.problem(_file())
    return None if found is None else (found.said, found.remedy)


def _ended_unclean() -> bool:
    """Whether the sampler of this host began, did not say that it ended, and does not run."""
    try:
        host = lookup.own()
        if host is None or host.sampler_started_at is None or host.sampler_stopped_at is not None:
            return False
        return not lock.is_held(lock.path_for(settings.LOADMON_DATA_DIR, host.name))
    except DatabaseError as error:
        return database_file.is_damage(error)  # E018 says why of the others


def migration_state() -> tuple[list[str], list[str]]:
    """Names of migrations that are pending, and of those that the database has and the code does not know."""
    connection = connections["default"]
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    loader: MigrationLoader = executor.loader
    installed = {key for key in loader.applied_migrations if key[0] in loader.migrated_apps}
    unknown = installed - set(loader.disk_migrations) - set(loader.replacements)
    return [f"{m.app_label}.{m.name}" for m, _ in plan], sorted(f"{app}.{name}" for app, name in unknown)


def known_migrations() -> set[tuple[str, str]]:
    """App and name of every migration of this loadmon; no database is asked."""
    return set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _complaint(rule: Rule) -> str:
    for name in rule.spec().metrics:
        if name not in JUDGED:
            return f"there is no metric {name!r}."
    try:
        rule.clean()
    except ValidationError as problem:
        return " ".join(problem.messages)
    return ""


def _asked(databases: Sequence[str] | None) -> bool:
    return "default" in (databases or ())


def _is_migrating() -> bool:
    """Whether this is `manage.py migrate`, which must not be refused for what it is about to mend."""
    return sys.argv[1:2] == ["migrate"]


def _file() -> Path:
    return database_file.path_of(connections["default"].settings_dict["NAME"])


def _in_memory() -> bool:
    name = str(connections["default"].settings_dict["NAME"])
    return ":memory:" in name or "mode=memory" in name

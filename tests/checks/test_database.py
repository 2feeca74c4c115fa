"""The checks of the database: each fires on its fault, and is silent otherwise."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

import pytest
from django.core import checks
from django.db import OperationalError, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from monitor.checks import database
from monitor.rules.models import Rule
from tests.checks.messages import ids
from tests.factories import make_host


@pytest.fixture
def sqlite_file(monkeypatch, tmp_path: Path) -> Path:
    """The name of a database file that is not there, in place of the test database's."""
    path = tmp_path / "other.sqlite3"
    monkeypatch.setitem(connections["default"].settings_dict, "NAME", str(path))
    return path


def test_database_checks_are_silent_unless_their_database_is_named(sqlite_file) -> None:
    for check in (
        database.the_journal_is_a_wal,
        database.the_database_can_be_written,
        database.migrations_are_done,
    ):
        assert check(databases=None) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "is missing"), (b"", "is empty"), (b"something else entirely", "is not a SQLite database")],
)
def test_a_file_that_is_no_database_is_found_and_left_alone(sqlite_file, content, sentence: str) -> None:
    if content is not None:
        sqlite_file.write_bytes(content)
    (message,) = checks.run_checks(tags=[checks.Tags.database], databases=["default"])
    assert message.id == "monitor.E016"
    assert sentence in message.msg
    assert (sqlite_file.read_bytes() if sqlite_file.exists() else None) == content


def test_a_file_that_may_not_be_written_is_found(monkeypatch, sqlite_file) -> None:
    sqlite_file.write_bytes(b"SQLite format 3\0")
    monkeypatch.setattr(database.os, "access", lambda path, mode: False)
    (message,) = database.the_database_can_be_written(databases=["default"])
    assert message.id == "monitor.E016"
    assert f"User {os.getuid()} may not write" in message.msg


def test_migrate_is_not_refused_for_what_it_mends(monkeypatch, sqlite_file) -> None:
    monkeypatch.setattr(sys, "argv", ["manage.py", "migrate"])
    assert checks.run_checks(tags=[checks.Tags.database], databases=["default"]) == []
    sqlite_file.write_bytes(b"something else entirely")
    assert ids(database.the_database_can_be_written(databases=["default"])) == ["E016"]


def test_a_journal_that_is_no_wal_is_found(monkeypatch, sqlite_file) -> None:
    with sqlite3.connect(sqlite_file) as other:
        other.execute("CREATE TABLE t (x)")
    cursor = sqlite3.connect(sqlite_file).cursor()
    monkeypatch.setattr(database, "connections", {"default": FakeConnection(sqlite_file, cursor)})
    assert ids(database.the_journal_is_a_wal(databases=["default"])) == ["E014"]


class FakeConnection:
    """As much of a Django connection as a check needs."""

    def __init__(self, path: Path, cursor: sqlite3.Cursor) -> None:
        self.settings_dict = {"NAME": str(path)}
        self._cursor = cursor

    def cursor(self) -> FakeConnection:
        """Itself: a context that gives the cursor."""
        return self

    def __enter__(self) -> sqlite3.Cursor:
        return self._cursor

    def __exit__(self, *error: object) -> None:
        self._cursor.connection.close()


@pytest.mark.django_db
def test_pending_migrations_are_found() -> None:
    newest = sorted(name for app, name in MigrationLoader(connection).graph.leaf_nodes() if app == "monitor")[
        -1
    ]
    MigrationRecorder(connection).record_unapplied("monitor", newest)
    (message,) = database.migrations_are_done(databases=["default"])
    assert message.id == "monitor.E018"
    assert f"monitor.{newest}" in message.msg


@pytest.mark.django_db
def test_a_database_of_a_newer_loadmon_is_found() -> None:
    MigrationRecorder(connection).record_applied("monitor", "0099_from_the_future")
    (message,) = database.migrations_are_done(databases=["default"])
    assert message.id == "monitor.E018"
    assert "monitor.0099_from_the_future is not known here" in message.msg


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"metric": "gone"}, "there is no metric 'gone'"),
        ({"window_seconds": 99999}, "Give at most 3600 seconds."),
    ],
)
def test_a_rule_that_cannot_work_is_found(change: dict, sentence: str) -> None:
    Rule.objects.filter(name="CPU").update(**change)
    (message,) = database.rules_can_work(databases=["default"])
    assert message.id == "monitor.E028"
    assert sentence in message.msg


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "held", "said", "found"),
    [
        ({"sampler_started_at": timezone.now()}, False, "Tree 5", ["E019"]),
        ({"sampler_started_at": timezone.now()}, False, "", []),
        ({"sampler_started_at": timezone.now()}, False, None, []),
        ({"sampler_started_at": timezone.now()}, True, "Tree 5", []),
        ({"sampler_started_at": timezone.now(), "sampler_stopped_at": timezone.now()}, False, "Tree 5", []),
        ({}, False, "Tree 5", []),
    ],
    ids=["damaged", "whole", "too large", "running", "stopped", "never started"],
)
def test_pages_are_examined_after_an_end_in_the_middle(
    settings, monkeypatch, facts, held, said, found
) -> None:
    make_host(settings.LOADMON_HOST_NAME, **facts)
    monkeypatch.setattr(database.lock, "is_held", lambda path: held)
    monkeypatch.setattr(database.quickcheck, "start", lambda path: None)
    monkeypatch.setattr(database.quickcheck, "answer", lambda process, seconds: said)
    assert ids(database.pages_outlived_the_last_sampler(databases=["default"])) == found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Could not decode to UTF-8 column 'machine_id' with text 'x'", ["E019"]),
        ("database disk image is malformed", ["E019"]),
        ("no such table: monitor_host", []),
    ],
)
def test_pages_are_examined_where_the_damage_hit_the_host_itself(monkeypatch, said, found) -> None:
    def own() -> None:
        raise OperationalError(said)

    monkeypatch.setattr(database.lookup, "own", own)
    monkeypatch.setattr(database.quickcheck, "start", lambda path: None)
    monkeypatch.setattr(database.quickcheck, "answer", lambda process, seconds: "Tree 5")
    assert ids(database.pages_outlived_the_last_sampler(databases=["default"])) == found


@pytest.mark.django_db
def test_a_sound_database_gives_no_message() -> None:
    assert checks.run_checks(tags=[checks.Tags.database], databases=["default"]) == []

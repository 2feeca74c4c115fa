"""What commands refuse to work with: each with one sentence, and a status that says which."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from monitor.database import file
from monitor.management import readiness

pytestmark = pytest.mark.django_db
NEWER = (
    "The database was migrated by a newer loadmon: monitor.9999_from_the_future is not known here. "
    "Install that version again, or restore a backup from before."
)


@pytest.fixture
def newer() -> None:
    """A database that a newer loadmon has migrated."""
    MigrationRecorder(connection).record_applied("monitor", "9999_from_the_future")


def test_a_database_as_the_code_knows_it_is_taken() -> None:
    readiness.require_migrated()
    assert readiness.require_known() == []


@pytest.mark.parametrize(
    "command",
    [
        ["runsampler", "--once"], ["runnotifier"], ["migrate"], ["seeddemo"], ["importhistory", "none"], ["loginlink"],
        ["loadtest"],
    ],
)  # fmt: skip
def test_whoever_writes_refuses_a_database_of_a_newer_loadmon(newer: None, command: list[str]) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command(*command)
    assert (str(refusal.value), refusal.value.returncode) == (NEWER, 5)


def test_serve_refuses_it_before_it_starts_anything(newer: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.runtime.supervisor.become", None)
    monkeypatch.setattr("monitor.runtime.supervisor.port_problem", lambda address, port: "")
    with pytest.raises(CommandError, match="migrated by a newer loadmon") as refusal:
        call_command("serve")
    assert refusal.value.returncode == 5


def test_a_database_that_lacks_a_migration_is_refused_by_who_works_with_it() -> None:
    [newest] = MigrationLoader(connection).graph.leaf_nodes("monitor")
    MigrationRecorder(connection).record_unapplied(*newest)
    with pytest.raises(CommandError) as refusal:
        readiness.require_migrated()
    assert (str(refusal.value), refusal.value.returncode) == (file.BEHIND, 5)
    assert readiness.require_known() == [".".join(newest)]


def test_a_missing_database_is_not_made_by_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "inode", lambda: None)
    with pytest.raises(CommandError) as refusal:
        readiness.require_migrated()
    assert (str(refusal.value), refusal.value.returncode) == (file.MISSING, 3)
    assert readiness.require_known() == []

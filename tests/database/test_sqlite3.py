"""The database backend: no command and no script makes a file by opening it, and a locked one is told as such."""

import sqlite3
from contextlib import closing

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connection, connections
from django.db.utils import ConnectionHandler

from monitor.database.sqlite3 import base
from tests.stages.servers import Site


@pytest.fixture
def lost(tmp_path, monkeypatch, django_db_blocker):
    """The database of this process is away; its log is not."""
    path = tmp_path / "loadmon.sqlite3"
    path.with_name(f"{path.name}-wal").write_bytes(b"samples")
    new = ConnectionHandler({"default": {**connection.settings_dict, "NAME": str(path)}})["default"]
    monkeypatch.setattr(connections._connections, "default", new)
    with django_db_blocker.unblock():
        yield path


COMMANDS = [
    (["check"], {"databases": ["default"], "fail_level": "ERROR"}),
    (["showmigrations"], {}),
    (["sqlmigrate", "monitor", "0001"], {}),
    (["inspectdb"], {}),
    (["flush"], {"interactive": False}),
    (["dumpdata"], {}),
    (["clearsessions"], {}),
    (["createsuperuser"], {"interactive": False, "username": "x", "email": "x@example.org"}),
    (["dbshell"], {}),
    (["loginlink"], {}),
    (["migrate"], {}),
    (["migrate"], {"plan": True}),
    (["backup"], {}),
]


@pytest.mark.parametrize(("command", "options"), COMMANDS)
@pytest.mark.parametrize("content", [None, b""])
def test_no_command_makes_a_file_beside_the_log_of_a_lost_one(
    lost, command, options, content, settings, monkeypatch
):
    if content is not None:
        lost.write_bytes(content)
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(lost))
    before = sorted((one.name, one.read_bytes()) for one in lost.parent.iterdir())
    with pytest.raises((CommandError, DatabaseError, SystemExit)) as raised:
        call_command(*command, **options)
    assert "is missing" in str(raised.value) or "is empty" in str(raised.value)
    assert sorted((one.name, one.read_bytes()) for one in lost.parent.iterdir()) == before


def test_a_script_is_told_and_makes_none(lost):
    with pytest.raises(OperationalError, match="but its write-ahead log"):
        connection.cursor()
    assert not lost.exists()


def test_the_shell_of_sqlite_gets_a_name_that_makes_no_file(path):
    words, _ = base.DatabaseClient.settings_to_cmd_args_env({"NAME": str(path)}, ["-batch"])
    assert words == ["sqlite3", f"file:{path}?mode=rw", "-batch"]


def test_json_is_known_also_while_another_holds_the_file(path, monkeypatch):
    ours = {**connection.settings_dict, "NAME": str(path), "OPTIONS": {"timeout": 0.0}}
    found = ConnectionHandler({"default": ours})["default"]
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        assert found.features.supports_json_field


ONE_IN_EACH = """
from django.apps import apps
from django.db import connection
from django.db.models import CompositePrimaryKey

tables = [model for model in apps.get_models() if isinstance(model._meta.pk, CompositePrimaryKey)]
assert tables
with connection.cursor() as cursor:
    cursor.execute("PRAGMA foreign_keys = OFF")
    for model in tables:
        columns = [field.column for field in model._meta.local_fields if field.column and not field.null]
        cursor.execute(f"insert into {model._meta.db_table} ({', '.join(columns)}) values ({', '.join('1' * len(columns))})")
    cursor.execute("PRAGMA quick_check")
    print(cursor.fetchall())
"""


def test_the_quick_check_takes_no_row_for_damage():
    with Site() as site:
        assert site.shell(ONE_IN_EACH).splitlines()[-1] == "[('ok',)]"

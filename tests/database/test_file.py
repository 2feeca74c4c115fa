"""The file of the database: each usual error with its status and its remedy, and where the file is."""

import errno

import pytest
from django.db import DatabaseError, OperationalError, connection

from monitor.database import file, opening


@pytest.fixture
def there(monkeypatch, tmp_path):
    """The database is a file that is there."""
    path = tmp_path / "loadmon.sqlite3"
    path.write_bytes(b"x")
    monkeypatch.setitem(connection.settings_dict, "NAME", str(path))
    return path


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (DatabaseError("database disk image is malformed"), 3, "is damaged"),
        (DatabaseError("file is not a database"), 3, "is damaged"),
        (OperationalError("no such table: monitor_host"), 5, "run manage.py migrate"),
        (OperationalError("attempt to write a readonly database"), 1, "writable for user"),
        (OperationalError("unable to open database file"), 1, "writable for user"),
        (OperationalError("database or disk is full"), 1, "Free some space"),
        (OperationalError("database is locked"), 1, "End what holds it"),
        (OperationalError("connection failed:\nConnection refused"), 1, "server runs"),
    ],
)
def test_each_usual_error_has_its_status_and_its_remedy(there, error, status, words):
    refusal = file.refusal(error)
    assert refusal.exit_code == status
    assert words in str(refusal)
    assert "\n" not in str(refusal)


def test_a_file_that_cannot_be_written_is_named_with_the_user(there):
    told = str(file.refusal(OperationalError("unable to open database file")))
    assert str(there) in told
    assert f"user {file.os.getuid()}" in told


def test_a_file_that_is_not_there_is_missing_whatever_sqlite_says(there):
    there.unlink()
    refusal = file.refusal(OperationalError("unable to open database file"))
    assert (refusal.exit_code, str(refusal)) == (3, file.MISSING)


def test_a_fault_of_ours_keeps_its_traceback(there):
    assert file.refusal(OperationalError('near "selct": syntax error')) is None


def test_why_sqlite_was_not_let_at_the_file_is_told_as_it_is(there):
    there.unlink()
    there.mkdir()
    known = opening.Unopened(opening.problem(there))
    error = OperationalError(*known.args)
    error.__cause__ = known
    assert (file.refusal(error).exit_code, "is a directory" in file.explained(error)) == (1, True)


def test_a_name_that_is_a_uri_stands_for_its_file(monkeypatch, tmp_path):
    path = tmp_path / "a b?.sqlite3"
    monkeypatch.setitem(connection.settings_dict, "NAME", opening.uri(path))
    assert file.path() == path
    assert file.inode() is None


def test_a_database_that_cannot_be_opened_for_want_of_files_is_not_blamed_on_its_rights(monkeypatch) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(file.os, "open", refuse)
    told = file.explained(OperationalError("unable to open database file"))
    assert told.endswith("All files that this process may open are in use.")

"""Restore: what is no database of ours is refused, and a kill at any moment leaves the old or the new."""

import os
import shutil
import sqlite3
from contextlib import closing, suppress

import pytest
from django.core.management import CommandError, call_command

from monitor.database import aside, opening, restore
from monitor.database.backup import Refused

KNOWN = {("monitor", "0001_initial"), ("monitor", "0002_next")}


def database(path, value, *migrations):
    with closing(sqlite3.connect(path, isolation_level=None)) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE sample (value)")
        made.execute("INSERT INTO sample VALUES (?)", (value,))
        made.execute("CREATE TABLE django_migrations (app, name)")
        made.executemany("INSERT INTO django_migrations VALUES (?, ?)", migrations)
    return path


@pytest.fixture
def place(tmp_path):
    """A data directory with a database and its log, which holds a sample more."""
    folder = tmp_path / "data"
    folder.mkdir()
    path = database(folder / "loadmon.sqlite3", "old", *KNOWN)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("INSERT INTO sample VALUES ('newest')")
        kept = {one.name: one.read_bytes() for one in folder.iterdir()}
    for name, content in kept.items():
        (folder / name).write_bytes(content)
    return path


@pytest.fixture
def copy(tmp_path):
    return database(tmp_path / "copy.sqlite3", "copied", *KNOWN)


def values(path):
    with closing(sqlite3.connect(path)) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [row[0] for row in opened.execute("SELECT value FROM sample")]


def everything(folder):
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_what_was_there_is_kept_whole(place, copy):
    done = restore.put(copy, place, KNOWN)
    assert (values(place), done.pending) == (["copied"], [])
    assert values(done.kept_in / place.name) == ["old", "newest"]
    assert values(copy) == ["copied"]
    assert place.stat().st_mode & 0o777 == 0o600
    assert opening.problem(place) is None


def test_what_was_set_aside_can_be_restored_with_its_log(place, copy):
    kept = restore.put(copy, place, KNOWN).kept_in
    again = restore.put(kept / place.name, place, KNOWN)
    assert values(place) == ["old", "newest"]
    assert values(again.kept_in / place.name) == ["copied"]


def test_where_nothing_was_nothing_is_kept(tmp_path, copy):
    done = restore.put(copy, tmp_path / "new.sqlite3", KNOWN)
    assert (done.kept_in, values(tmp_path / "new.sqlite3")) == (None, ["copied"])
    assert list(tmp_path.glob("set-aside-*")) == []


@pytest.mark.parametrize("content", [b"", b"no database"])
def test_whatever_is_in_the_place_is_kept_too(place, copy, content):
    place.write_bytes(content)
    kept = restore.put(copy, place, KNOWN).kept_in
    assert ((kept / place.name).read_bytes(), values(place)) == (content, ["copied"])
    assert (kept / f"{place.name}-wal").exists()


def cut(path):
    path.write_bytes(path.read_bytes()[:4096])


def damaged(path):
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xee" * (len(content) - 4096))


def foreign(path):
    path.unlink()
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE songs (name)")


def newer(path):
    with closing(sqlite3.connect(path)) as made, made:
        made.execute("INSERT INTO django_migrations VALUES ('monitor', '0099_from_the_future')")


def a_directory(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda path: path.unlink(), "There is no"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(b"text" * 100), "is not a SQLite database"),
        (cut, "only 4096 are there"),
        (damaged, "malformed|damaged|not one of loadmon"),
        (foreign, "not one of loadmon"),
        (newer, "monitor.0099_from_the_future is not known here"),
        (a_directory, "is a directory"),
    ],
)
def test_what_is_no_database_of_ours_changes_nothing(place, copy, harm, said):
    harm(copy)
    before = everything(place.parent)
    with pytest.raises(Refused, match=said):
        restore.put(copy, place, KNOWN)
    assert {name for name in everything(place.parent) if "lock" not in name} == set(before)
    assert all(everything(place.parent)[name] == content for name, content in before.items())


@pytest.mark.parametrize("link", [False, True])
def test_the_database_itself_is_no_copy(place, tmp_path, link):
    source = place
    if link:
        source = tmp_path / "link"
        source.symlink_to(place)
    with pytest.raises(Refused, match="is the database itself"):
        restore.put(source, place, KNOWN)


def test_an_older_copy_is_told_as_such(place, tmp_path):
    older = database(tmp_path / "older.sqlite3", "older", ("monitor", "0001_initial"))
    assert restore.put(older, place, KNOWN).pending == ["monitor.0002_next"]


def test_without_room_it_does_not_begin(place, copy, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(100, 99, 1))
    with pytest.raises(Refused, match="0 MB are free"):
        restore.put(copy, place, KNOWN)
    assert values(place) == ["old", "newest"]


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("moment", range(8))
def test_a_kill_in_the_middle_leaves_the_old_or_the_new_and_all_is_kept(place, copy, monkeypatch, moment):
    left, real = [moment], os.rename

    def rename(*names, **more):
        if not left[0]:
            raise Killed
        left[0] -= 1
        return real(*names, **more)

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", rename)
        patched.setattr(os, "replace", rename)
        with suppress(Killed):
            restore.put(copy, place, KNOWN)
    assert opening.problem(place) is None  # whoever comes next brings it to its end
    assert not aside.is_pending(place)
    found = values(place)
    kept = [
        folder / place.name for folder in place.parent.glob("set-aside-*") if (folder / place.name).exists()
    ]
    if found == ["copied"]:
        assert [values(one) for one in kept] == [["old", "newest"]]
    else:
        assert (found, kept) == (["old", "newest"], [])
    assert values(copy) == ["copied"]


def test_the_command_says_that_nothing_was_changed(tmp_path):
    with pytest.raises(CommandError, match=r"There is no .* Nothing was changed"):
        call_command("restore", str(tmp_path / "nothing"))

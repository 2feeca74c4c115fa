"""Backups: whole, examined, private, made beside running processes, never in place of anything."""

import errno
import os
import shutil
import sqlite3
from collections import namedtuple
from contextlib import closing

import pytest
from django.core.management import CommandError, call_command

from monitor.database import backup
from monitor.database.backup import Refused
from tests.stages.servers import Site

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def source(tmp_path):
    """A database with a write-ahead log that a copy of the file alone would miss."""
    path = tmp_path / "loadmon.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE sample (id INTEGER PRIMARY KEY, value TEXT)")
        database.execute("PRAGMA wal_autocheckpoint=0")
        database.executemany("INSERT INTO sample (value) VALUES (?)", [("x" * 500,)] * 200)
        yield path


def rows(path):
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT count(*) FROM sample").fetchone()[0]


def test_a_copy_holds_what_only_the_log_holds_yet(source, tmp_path):
    size = backup.make(source, tmp_path / "copy.sqlite3")
    assert rows(tmp_path / "copy.sqlite3") == 200
    assert size == (tmp_path / "copy.sqlite3").stat().st_size


@pytest.mark.parametrize("refusal", [errno.EPERM, errno.ENOTSUP])
def test_a_copy_is_made_where_there_are_no_hard_links(source, tmp_path, monkeypatch, refusal):
    def refuse(*names, **more):
        raise OSError(refusal, os.strerror(refusal))

    monkeypatch.setattr(os, "link", refuse)
    share = tmp_path / "share"
    share.mkdir()
    backup.make(source, share / "copy.sqlite3")
    assert rows(share / "copy.sqlite3") == 200
    assert list(share.iterdir()) == [share / "copy.sqlite3"]
    with pytest.raises(Refused, match="exists"):
        backup.make(source, share / "copy.sqlite3")


def test_nobody_else_may_read_it(source, tmp_path):
    backup.make(source, tmp_path / "copy.sqlite3")
    assert (tmp_path / "copy.sqlite3").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_is_left_alone(source, tmp_path):
    (tmp_path / "copy.sqlite3").write_text("precious")
    with pytest.raises(Refused, match="exists"):
        backup.make(source, tmp_path / "copy.sqlite3")
    assert (tmp_path / "copy.sqlite3").read_text() == "precious"


def test_a_damaged_database_gives_no_copy(source, tmp_path):
    with closing(sqlite3.connect(source)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with source.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * 8192)
    with pytest.raises(Refused, match=r"could not be copied|damaged"):
        backup.make(source, tmp_path / "copy.sqlite3")
    assert [path.name for path in tmp_path.glob("copy*")] == []


def test_without_room_it_does_not_begin(source, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(10**9, 10**9 - 1000, 1000))
    with pytest.raises(Refused, match="0 MB are free"):
        backup.make(source, tmp_path / "copy.sqlite3")


def test_a_directory_that_is_not_there_is_told(source, tmp_path):
    with pytest.raises(Refused, match="Cannot write to"):
        backup.make(source, tmp_path / "nowhere" / "copy.sqlite3")


def test_a_database_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(Refused, match="missing"):
        backup.make(tmp_path / "none.sqlite3", tmp_path / "copy.sqlite3")
    assert not (tmp_path / "none.sqlite3").exists()


def test_only_old_copies_of_its_own_go(tmp_path):
    names = [f"loadmon-2026010{day}T000000Z.sqlite3" for day in range(1, 6)]
    for name in (*names, "mine.sqlite3"):
        (tmp_path / name).touch()
    gone = backup.thin_out(tmp_path, 2)
    assert [path.name for path in gone] == names[:3]
    assert sorted(path.name for path in tmp_path.iterdir()) == [*names[3:], "mine.sqlite3"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"keep": "0"}, "--keep is '0'"),
        ({"keep": "x"}, "--keep"),
        ({"keep": "2", "file": "f"}, "leave FILE out"),
    ],
)
def test_a_wrong_option_is_refused(options, said):
    with pytest.raises(CommandError, match=said):
        call_command("backup", **options)


@pytest.mark.processes
def test_a_backup_is_made_and_restored_beside_a_running_sampler():
    with Site() as site:
        site.start_sampler("--interval=0.2")
        before = site.count()
        said = site.manage("backup", "--keep", "1").stdout
        assert "examined, and whole" in said
        [copy] = (site.data / "backups").iterdir()
        site.kill("sampler")
        for path in site.data.glob("loadmon.sqlite3*"):
            path.unlink()
        copy.rename(site.data / "loadmon.sqlite3")
        assert site.count() >= before
        site.start_sampler()


# Before migrating


@pytest.fixture
def tries(source, tmp_path, monkeypatch):
    """Copies before so many tries to migrate, each at its own second."""
    folder, now = tmp_path / "backups", [0]

    def run(count):
        for _ in range(count):
            now[0] += 1
            monkeypatch.setattr(backup.time, "strftime", lambda *words: f"2026010{now[0]}T000000Z")
            backup.before_migrating(source, folder)
        return sorted(path.name[17:25] for path in folder.glob("before-migrating-*.sqlite3"))

    run.folder = folder
    return run


def test_the_copy_of_the_untouched_database_stays_however_often_the_migration_fails(tries):
    assert tries(5) == ["20260101", "20260105"]


def test_once_a_run_ended_well_the_next_one_has_a_first_copy_of_its_own(tries):
    tries(3)
    backup.migrated(tries.folder)
    assert tries(3) == ["20260104", "20260106"]


def test_a_first_copy_that_somebody_took_away_is_no_hindrance(tries):
    tries(1)
    for path in tries.folder.glob("*.sqlite3"):
        path.unlink()
    assert tries(3) == ["20260102", "20260104"]

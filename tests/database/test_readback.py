"""Read-back: the log as whoever opens it anew will find it, which those who have it open never look at."""

import sqlite3
from contextlib import closing

import pytest
from django.db import connection

from monitor.database import quickcheck, readback, wal
from monitor.database.guard import FileGuard
from monitor.database.integrity import Examinations
from monitor.hosts.models import Host
from tests.factories import make_host
from tests.stages.servers import until


@pytest.fixture
def log(path):
    """The log of an open connection, of several frames."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA wal_autocheckpoint=0")
        for number in range(5):
            database.execute("INSERT INTO sample (value) VALUES (?)", (f"{number}" * 3000,))
        yield path.with_name(f"{path.name}-wal")


def harm(log, at, content=b"\xee" * 8):
    with log.open("r+b") as file:
        file.seek(at)
        file.write(content)


def test_what_was_stored_can_be_read(path, log):
    assert readback.examine(path) == ""
    assert quickcheck.answer(readback.start(path), 60.0) == ""


@pytest.mark.parametrize("at", [0, 4, 8, 16, 24])
def test_a_damaged_header_is_told(path, log, at):
    harm(log, at)
    assert readback.examine(path) == "the header of its write-ahead log is damaged"
    assert "header" in quickcheck.answer(readback.start(path), 60.0)


@pytest.mark.parametrize("at", [32, 32 + 8, 32 + 16, 32 + 24 + 100])
def test_a_damaged_frame_is_told(path, log, at):
    harm(log, at + 24 + 4096)
    assert readback.examine(path).startswith("frame 2 of ")


def test_a_log_that_was_cut_is_told(path, log):
    content = log.read_bytes()
    log.write_bytes(content[:6000])
    assert readback.examine(path).startswith("its write-ahead log was cut off at frame 2")
    log.write_bytes(b"")
    assert readback.examine(path) == "its write-ahead log was cut off"


def test_what_was_left_of_an_earlier_round_is_no_damage(path, log):
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        assert other.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()[0] == 0
        other.execute("INSERT INTO sample (value) VALUES ('new')")
        harm(log, log.stat().st_size - 100)
        assert readback.examine(path) == ""


def test_where_nobody_has_it_open_it_cannot_be_told(path):
    assert readback.examine(path) is None


@pytest.mark.django_db(transaction=True)
def test_what_a_damaged_log_holds_is_saved_and_the_log_begun_anew(monkeypatch):
    connection.close()
    guard = FileGuard()
    guard.look()
    make_host("before")
    harm(wal._log(), 0)
    examinations = Examinations(guard)
    examinations.log.hurry()

    def step(is_reached):
        examinations.look()
        return is_reached()

    until(lambda: step(lambda: guard.log_damage), "the damage", 60)
    with pytest.raises(wal.NotSaved, match="header of its write-ahead log"):
        guard.look()
    until(lambda: step(lambda: not guard.log_damage), "the log anew", 60)
    guard.look()
    make_host("after")
    assert readback.examine(wal.file.path()) == ""
    assert Host.objects.filter(name__in=["before", "after"]).count() == 2
    examinations.stop()

"""What the sampler tells of the database besides failures."""

import pytest

from monitor.database import wal
from monitor.sampler import loop
from monitor.sampler.loop import LONG_LOG, OVER_LIMIT, Sampler
from tests.factories import make_host


@pytest.fixture
def one(transactional_db):
    return Sampler(make_host(), lambda event: None, 1.0)


def chores(one):
    one._prune_due = one._log_due = 0.0
    one._chores()
    return one.status()["message"]


def test_a_long_write_ahead_log_is_told_until_it_is_short_again(one, monkeypatch, caplog):
    assert chores(one) == ""
    monkeypatch.setattr(wal, "log_bytes", lambda: wal.LARGE_BYTES + 1)
    assert [chores(one), chores(one)] == [LONG_LOG, LONG_LOG]
    assert [record.message for record in caplog.records].count(LONG_LOG) == 1
    monkeypatch.undo()
    assert chores(one) == ""


def test_two_things_are_told_one_after_the_other(one, monkeypatch):
    monkeypatch.setattr(wal, "log_bytes", lambda: wal.LARGE_BYTES + 1)
    monkeypatch.setattr(loop.settings, "LOADMON_MAX_DATABASE_SIZE", 0.001)
    assert chores(one) == f"{LONG_LOG} {OVER_LIMIT}"


def test_the_length_of_the_log_is_that_of_its_file(one):
    make_host("second")
    assert wal.log_bytes() == wal._log().stat().st_size > 0

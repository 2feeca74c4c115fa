"""The write-ahead log, removed under running processes: what was stored is in the database, for everybody to see."""

import sqlite3
from contextlib import closing

import pytest
from django.db import OperationalError, connection

from monitor.database import wal
from monitor.database.wal import Journal, NotSaved
from monitor.history.models import Sample
from monitor.ingest.door import Ingest
from monitor.metrics.reading import Reading
from tests.factories import make_host
from tests.stages.servers import Site, until


@pytest.fixture
def site():
    with Site(LOADMON_INTERVAL="0.5") as site:
        yield site


def times(site):
    return [row[0] for row in site.query("select taken_at_ms from monitor_sample order by id")]


def log_removed(site, *endings):
    """Let some samples be stored, remove these files, and return the times of the samples from before."""
    site.start_sampler()
    until(lambda: site.count() >= 3, "samples")
    before = times(site)
    for ending in endings:
        (site.data / f"loadmon.sqlite3{ending}").unlink()
    return before


def is_saved(site):
    return "what it held is saved" in site.log("sampler")


@pytest.mark.processes
@pytest.mark.parametrize("endings", [("-wal", "-shm"), ("-wal",), ("-shm",)])
def test_what_the_removed_log_held_is_there_for_new_connections_and_after_kill_minus_nine(site, endings):
    before = log_removed(site, *endings)
    until(lambda: is_saved(site), "the sentence")
    until(lambda: site.count() > len(before) + 1, "more samples")
    site.kill("sampler")
    assert times(site)[: len(before)] == before
    assert site.query("pragma integrity_check") == [("ok",)]
    assert site.log("sampler").count("was removed") == 1


@pytest.mark.processes
def test_a_log_that_another_process_began_meanwhile_breaks_nothing(site):
    before = log_removed(site, "-wal", "-shm")
    with closing(sqlite3.connect(site.data / "loadmon.sqlite3", isolation_level=None)) as other:
        other.execute("create table foreign_table (x)")
    until(lambda: is_saved(site), "the sentence")
    until(lambda: site.count() > len(before) + 1, "more samples")
    assert times(site)[: len(before)] == before
    assert site.query("pragma integrity_check") == [("ok",)]


@pytest.mark.processes
def test_the_notifier_lets_go_of_the_removed_log_too(site):
    site.start("notifier", "manage.py", "runnotifier")
    until(lambda: site.alive("notifier") and site.query("select 1 from monitor_notifier"), "the notifier")
    before = log_removed(site, "-wal", "-shm")
    until(lambda: is_saved(site), "the sentence")
    seen = "select seen_at from monitor_notifier"
    until(lambda: "works again" in site.log("notifier"), "the notifier")
    old = site.query(seen)
    until(lambda: site.query(seen) != old, "a sign of life that others see")
    assert times(site)[: len(before)] == before
    assert site.query("pragma integrity_check") == [("ok",)]
    assert "sampler saves what it held" in site.log("notifier")


# Within one process


def fail():
    raise NotSaved("a reader holds it")


@pytest.fixture
def written(transactional_db):
    """An open connection with something in its log."""
    connection.close()
    make_host()
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    watched = Journal()
    assert not watched.is_removed()
    yield watched
    connection.close()


def test_a_log_that_is_there_is_left_alone(written):
    make_host("second")
    assert not written.is_removed()
    connection.close()
    assert not written.is_removed()
    make_host("third")
    assert not written.is_removed()


def test_while_it_cannot_be_saved_the_connection_stays_open(written, monkeypatch):
    wal._log().unlink()
    assert written.is_removed()
    with monkeypatch.context() as patched:
        patched.setattr(wal, "_fold_in", fail)
        with pytest.raises(NotSaved):
            written.save()
    assert connection.connection is not None
    written.save()
    assert connection.connection is None


def test_an_error_of_the_database_is_told_as_not_saved(written, monkeypatch):
    class Full:
        def __enter__(self):
            raise OperationalError("database or disk is full")

        def __exit__(self, *error):
            return None

    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", Full)
        with pytest.raises(NotSaved, match="is full"):
            wal._fold_in()


def test_readings_wait_until_the_log_is_saved_and_nothing_is_closed_before(written, monkeypatch):
    door = Ingest(make_host("waiting"), lambda event: None, 1.0)
    door.accept(Reading(1000, 1.0, 0.0, {"load1": 1.0}))
    wal._log().unlink()
    with monkeypatch.context() as patched:
        patched.setattr(wal, "_fold_in", fail)
        door.accept(Reading(2000, 1.0, 0.0, {"load1": 1.0}))
    assert "a reader holds it" in door.failure
    assert connection.connection is not None
    door.accept(Reading(3000, 1.0, 0.0, {"load1": 1.0}))
    assert door.failure == ""
    assert Sample.objects.count() == 3

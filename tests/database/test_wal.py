"""The write-ahead log is removed under a connection: what it held is saved before anything is closed."""

import pytest
from django.db import OperationalError, connection

from monitor.database import wal
from monitor.database.wal import Journal, NotSaved
from monitor.history.models import Sample
from monitor.ingest.door import Door
from monitor.metrics.reading import Reading
from monitor.metrics.report import Report
from tests.factories import make_host


def fail(why):
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
        patched.setattr(wal, "fold_in", fail)
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
            wal.fold_in("it was removed")


def test_readings_wait_until_the_log_is_saved_and_nothing_is_closed_before(written, monkeypatch):
    door = Door(make_host("waiting"), lambda event: None, 1.0)
    door.accept(Report(Reading(1000, 1.0, 0.0, {"load1": 1.0})))
    wal._log().unlink()
    with monkeypatch.context() as patched:
        patched.setattr(wal, "fold_in", fail)
        door.accept(Report(Reading(2000, 1.0, 0.0, {"load1": 1.0})))
    assert "a reader holds it" in door.failure
    assert connection.connection is not None
    door.accept(Report(Reading(3000, 1.0, 0.0, {"load1": 1.0})))
    assert door.failure == ""
    assert Sample.objects.count() == 3

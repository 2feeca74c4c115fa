"""The hourly examination: by a process of its own, and what the sampler does with what it finds."""

import pytest
from django.db import DatabaseError, connection

from monitor.database import integrity
from monitor.database.integrity import Examiner
from monitor.history.models import Sample
from monitor.hosts.models import Host
from monitor.ingest.storing import Store
from monitor.metrics.reading import Reading
from monitor.metrics.report import Report
from monitor.sampler.loop import Sampler
from tests.database.harm import damage
from tests.factories import make_host
from tests.stages.servers import until

# The hours


@pytest.fixture
def ours(path, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", str(path))
    return path


def news(one, suspicious=False):
    found = []

    def look():
        found.append(one.tick(suspicious))
        return found[-1] is not None

    until(look, "the examination")
    return found[-1]


def test_it_tells_what_it_found_and_waits_for_the_next_hour(ours):
    one = Examiner(first_seconds=0)
    assert news(one) == ""
    assert one.tick(False) is None
    assert one._process is None
    one._due = 0.0
    damage(ours)
    assert news(one)


def test_a_suspicion_is_followed_within_a_minute(ours):
    one = Examiner()
    assert one._due - integrity.time.monotonic() > integrity.AGAIN_SECONDS
    assert one.tick(True) is None
    assert one._due - integrity.time.monotonic() <= integrity.AGAIN_SECONDS


def test_it_is_ended_with_the_sampler(ours):
    one = Examiner(first_seconds=0)
    one.tick(False)
    process = one._process
    one.stop()
    assert process.returncode is not None


# What follows


@pytest.fixture
def events():
    return []


@pytest.fixture
def one(transactional_db, events):
    return Sampler(make_host(), events.append, 1.0)


def feed(one, second):
    one.door.accept(Report(Reading(second * 1000, 1.0, 0.0, {"load1": 1.0})))


def found(one, monkeypatch, said):
    monkeypatch.setattr(one.examinations.pages, "tick", lambda suspicious: said)
    one.tend()


def test_nothing_is_stored_in_a_damaged_file_and_all_of_it_once_it_is_whole(one, monkeypatch):
    feed(one, 1)
    found(one, monkeypatch, "Tree 5 page 7")
    feed(one, 2)
    feed(one, 3)
    status = one.status()
    assert (status["state"], status["waiting"], Sample.objects.count()) == ("storing_failed", 2, 1)
    assert "is damaged: Tree 5 page 7. To restore a backup" in status["message"]
    found(one, monkeypatch, None)
    assert one.guard.damage
    found(one, monkeypatch, "")
    feed(one, 4)
    assert (one.status()["message"], Sample.objects.count()) == ("", 4)


def test_damage_that_storing_meets_stops_the_storing(one, monkeypatch):
    tries = []

    def write(store, batch, *rest):
        tries.append(batch)
        raise DatabaseError("database disk image is malformed")

    monkeypatch.setattr(Store, "write", write)
    for second in (1, 2, 3):
        feed(one, second)
    assert len(tries) == 1
    assert "is damaged" in one.status()["message"]


def test_damage_that_a_chore_meets_stops_the_storing_too(one):
    def chore():
        raise DatabaseError("database disk image is malformed")

    one._survival.of(chore)
    feed(one, 1)
    assert one.status()["state"] == "storing_failed"


def test_a_file_put_into_the_damaged_one_s_place_is_trusted(one, monkeypatch):
    found(one, monkeypatch, "Tree 5 page 7")
    feed(one, 1)
    monkeypatch.setattr("monitor.database.file.inode", lambda: 7)
    feed(one, 2)
    assert (one.guard.damage, Sample.objects.count()) == ("", 2)


def test_no_chore_and_no_goodbye_writes_into_a_damaged_file(one, monkeypatch, events):
    found(one, monkeypatch, "Tree 5 page 7")
    monkeypatch.setattr(one.pruning, "step", lambda host: pytest.fail("a chore"))
    one.tend()
    one._say_goodbye()
    host = Host.objects.get()
    assert host.sampler_stopped_at is None
    assert events[-1]["sampler"]["state"] == "stopped"

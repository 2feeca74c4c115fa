"""Samples in the order of storing: right whatever the clock said, and found at a bounded cost."""

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitor.history import arrivals
from monitor.history.models import Sample
from tests.factories import NOW_MS, make_host, make_samples

pytestmark = pytest.mark.django_db
needs_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="looks into SQLite")


@pytest.fixture(params=[3, 1000], ids=["far", "near"])
def way(request, monkeypatch):
    """Which of the two ways finds the samples: the end of the table, or the index."""
    monkeypatch.setattr(arrivals, "NEAR_ROWS", request.param)


@pytest.fixture
def hosts():
    """One that stopped, one that is sampled now, both by a clock that jumps, and one that never was sampled."""
    stopped, sampled, never = (make_host(name) for name in ("stopped", "sampled", "never"))
    jumping = random.Random(4)
    times = jumping.sample(range(NOW_MS - 90_000, NOW_MS), 90)
    for index, at_ms in enumerate(times):
        make_samples(stopped if index < 40 and index % 2 else sampled, 1, end_ms=at_ms)
    return stopped, sampled, never


def ids(host):
    return list(Sample.objects.filter(host=host).order_by("pk").values_list("pk", flat=True))


def first(rows):
    return [row[0] for row in rows]


@pytest.mark.usefixtures("way")
def test_the_newest_is_the_one_stored_last_of_each_host(hosts) -> None:
    stopped, sampled, _ = hosts
    assert arrivals.newest(hosts, ["pk"]) == {
        stopped.pk: (ids(stopped)[-1],),
        sampled.pk: (ids(sampled)[-1],),
    }


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("most", [1, 2, 15, 100])
def test_the_last_ones_come_in_the_order_of_storing(hosts, most) -> None:
    for host in hosts:
        assert first(arrivals.last(host, most, ["pk"])) == ids(host)[-most:]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("most", [1, 2, 15, 100])
def test_those_after_an_id_come_in_the_order_of_storing(hosts, most) -> None:
    start = ids(hosts[1])[0]
    for host in hosts:
        for after_id in (0, start, start + 7, start + 38, start + 39, start + 89, start + 500):
            known = [one for one in ids(host) if one > after_id]
            assert first(arrivals.after(host, after_id, most, ["pk"])) == known[:most]


@pytest.mark.usefixtures("way")
def test_what_arrived_since_an_id_is_told_by_its_earliest_time_and_newest_id(hosts) -> None:
    start = ids(hosts[1])[0]
    for host in hosts:
        for after_id in (0, start, start + 7, start + 38, start + 39, start + 89, start + 500):
            rows = list(Sample.objects.filter(host=host, pk__gt=after_id))
            known = (min(row.taken_at_ms for row in rows), max(row.pk for row in rows)) if rows else None
            assert arrivals.since(host, after_id) == known


@pytest.mark.usefixtures("way")
def test_the_times_of_what_arrived_since_an_id_are_the_earliest_and_the_latest(hosts) -> None:
    start = ids(hosts[1])[0]
    for host in hosts:
        for after_id in (0, start, start + 7, start + 38, start + 39, start + 89, start + 500):
            times = [row.taken_at_ms for row in Sample.objects.filter(host=host, pk__gt=after_id)]
            assert arrivals.times_since(host, after_id) == ((min(times), max(times)) if times else None)


def work(question) -> int:
    """How many hundreds of steps SQLite takes for the answer."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.ensure_connection()
    connection.connection.set_progress_handler(step, 100)
    question()
    connection.connection.set_progress_handler(None, 0)
    return steps


QUESTIONS = {
    "newest": lambda host: arrivals.newest([host], ["pk"]),
    "last": lambda host: arrivals.last(host, 10, ["pk"]),
    "after": lambda host: arrivals.after(host, 0, 10, ["pk"]),
    "since": lambda host: arrivals.since(host, 0),
    "times_since": lambda host: arrivals.times_since(host, 0),
}


@needs_sqlite
@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("own", [0, 20])
def test_a_silent_host_costs_no_look_at_the_samples_of_others(question, own, monkeypatch) -> None:
    monkeypatch.setattr(arrivals, "NEAR_ROWS", 100)
    silent, busy = make_host("silent"), make_host("busy")
    make_samples(silent, own)
    make_samples(busy, 1500)
    before = work(lambda: QUESTIONS[question](silent))
    make_samples(busy, 3000, end_ms=NOW_MS - 9_000_000)
    assert work(lambda: QUESTIONS[question](silent)) < before + 10
    assert before < 60


@needs_sqlite
@pytest.mark.parametrize("question", ["after", "since"])
def test_new_samples_are_found_without_walking_all_of_the_host(question) -> None:
    host = make_host()
    with CaptureQueriesContext(connection) as queries:
        arrivals.after(host, 5, 10, ["pk"]) if question == "after" else arrivals.since(host, 5)
    with connection.cursor() as cursor:
        plan = cursor.execute(f"EXPLAIN QUERY PLAN {queries[0]['sql']}").fetchall()
    assert any("INTEGER PRIMARY KEY (rowid>? AND rowid<?)" in step[3] for step in plan)
    assert not any("INDEX" in step[3] for step in plan)


@needs_sqlite
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_way_by_the_index_reads_nothing_but_the_index(question, monkeypatch) -> None:
    monkeypatch.setattr(arrivals, "NEAR_ROWS", 3)
    silent = make_host("silent")
    make_samples(make_host("busy"), 30)
    with CaptureQueriesContext(connection) as queries:
        QUESTIONS[question](silent)
    with connection.cursor() as cursor:
        plan = cursor.execute(f"EXPLAIN QUERY PLAN {queries[-1]['sql']}").fetchall()
    assert any("USING COVERING INDEX" in step[3] and "(host_id=?)" in step[3] for step in plan)

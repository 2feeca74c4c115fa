"""The one door: what is stored, what waits, what is published."""

import json
import sqlite3
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import DataError, IntegrityError, OperationalError, connection

from monitor.alerts import restoring
from monitor.alerts.models import Alert, Transition
from monitor.database.guard import FileGuard
from monitor.history.models import Gap, Sample
from monitor.hosts.models import Host
from monitor.ingest import door as door_module
from monitor.ingest.door import Door
from monitor.ingest.storing import Store
from monitor.metrics.report import HostFacts, Report
from monitor.metrics.times import at_ms, moment
from monitor.rules import loading
from monitor.rules.models import Rule
from tests.stages.ingest import failing_door, reading, report
from tests.stages.snapshots import process, snapshot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def host(transactional_db):
    Rule.objects.all().delete()  # those that are shipped are there in the first test only
    Rule.objects.create(
        name="Load", metric="load1", threshold=1.0, clear_threshold=0.8, per_core=True, for_seconds=30
    )
    return Host.objects.create(name="db-01")


@pytest.fixture
def events():
    return []


@pytest.fixture
def door(host, events):
    return Door(host, events.append, 1.0)


def frames(events, kind="live.sample"):
    return [
        json.loads(event["text"]) if "text" in event else event for event in events if event["type"] == kind
    ]


def test_a_reading_is_stored_with_every_value_and_published_with_its_id(door, events):
    door.accept(report(1, cpu_percent=12.5))
    sample = Sample.objects.get()
    assert sample.values() == reading(1, cpu_percent=12.5).values
    [frame] = frames(events)
    assert (frame["id"], frame["previous_id"], frame["at"], frame["values"]["cpu_percent"]) == (
        sample.pk,
        None,
        1000,
        12.5,
    )


def test_ids_are_chained_so_that_a_reader_notices_a_hole(door, events):
    for second in (1, 2, 3):
        door.accept(report(second))
    found = frames(events)
    assert [frame["previous_id"] for frame in found[1:]] == [frame["id"] for frame in found[:-1]]


def test_an_alert_is_stored_with_its_sample_and_announced(door, events):
    for second in range(1, 33):
        door.accept(report(second, load1=5.0, cpu_effective_cores=2.0))
    assert Alert.objects.get().state == "firing"
    assert len(frames(events, "live.alerts")) == 1


def test_a_failing_alert_takes_its_sample_with_it(door, monkeypatch):
    for second in range(1, 31):
        door.accept(report(second, load1=5.0))

    def fail(*arguments):
        raise OperationalError("disk I/O error")

    monkeypatch.setattr(door.recorder, "record", fail)
    door.accept(report(31, load1=5.0))
    door.accept(report(32, load1=5.0))
    assert Sample.objects.filter(taken_at_ms__gt=31_000).count() == 0
    monkeypatch.undo()
    door.accept(report(33, load1=5.0))
    assert Sample.objects.count() == 33
    assert Alert.objects.count() == Transition.objects.count() == 1


@pytest.mark.parametrize("error", [OperationalError("database or disk is full"), OSError("gone")])
def test_what_cannot_be_stored_waits_and_is_stored_in_order(host, events, error):
    door = failing_door(host, events, error)
    for second in (1, 2, 3):
        door.accept(report(second))
    assert Sample.objects.count() == 0
    assert [frame["id"] for frame in frames(events)] == [None, None, None]
    assert str(error) in door.failure
    door.guard.error = None
    door.accept(report(4))
    assert list(Sample.objects.order_by("pk").values_list("taken_at_ms", flat=True)) == [
        1000,
        2000,
        3000,
        4000,
    ]
    assert door.failure == ""
    [newest] = frames(events)[3:]
    assert newest["at"] == 4000
    assert newest["previous_id"] == Sample.objects.get(taken_at_ms=3000).pk


def test_alert_changes_outlive_the_readings_that_the_full_queue_drops(host, monkeypatch, events):
    monkeypatch.setattr(door_module, "QUEUE_SECONDS", 10.0)
    door = failing_door(host, events, OperationalError("database is locked"))
    for second in range(1, 101):
        door.accept(report(second, load1=5.0, cpu_effective_cores=2.0))
    assert len(door.backlog) == 10
    assert door.backlog.dropped == 90
    door.guard.error = None
    door.accept(report(101, load1=5.0))
    assert Alert.objects.get().fired_at.timestamp() == 31
    assert Sample.objects.count() == 10
    gap = Gap.objects.get()
    assert (gap.kind, gap.start_ms, gap.end_ms) == ("storage_failing", 1000, 92_000)


def test_a_reading_stored_twice_after_an_unclear_commit_is_one_row(host, door, events):
    Sample.objects.create(host=host, taken_at_ms=1000, covered_ms=1000, **reading(1).values)
    door.accept(report(1))
    door.accept(report(2))
    assert Sample.objects.count() == 2
    assert not door.backlog


@pytest.fixture
def busy_door(host, events):
    """A door whose only rule fires at once."""
    Rule.objects.all().delete()
    Rule.objects.create(name="Busy", metric="cpu_percent", threshold=50.0, clear_threshold=50.0)
    return Door(host, events.append, 1.0)


def test_an_alert_in_an_hour_that_comes_twice_is_not_lost_for_its_millisecond(host, busy_door, events):
    """The clock was set back, and the reading that fires comes at the very millisecond of an older one."""
    for second in (1, 2, 3):
        busy_door.accept(report(second))
    busy_door.accept(report(2, cpu_percent=90.0))
    fired = Alert.objects.get()
    assert Sample.objects.count() == 4
    assert at_ms(fired.fired_at) == Sample.objects.get(cpu_percent=90.0).taken_at_ms == 2001
    assert frames(events)[-1]["at"] == 2001
    resumed = restoring.restore(host, loading.load_rules())
    assert resumed.statuses == busy_door.evaluator.statuses


def test_readings_of_one_millisecond_that_wait_together_are_all_stored(host, events):
    door = failing_door(host, events, OperationalError("database is locked"))
    for second in (1, 2, 2, 2):
        door.accept(report(second))
    door.guard.error = None
    door.accept(report(3))
    assert list(Sample.objects.values_list("taken_at_ms", flat=True)) == [1000, 2000, 2001, 2002, 3000]


def test_a_row_that_nobody_expected_takes_neither_the_reading_nor_its_alert(host, busy_door):
    Sample.objects.create(host=host, taken_at_ms=1000, covered_ms=1000)
    busy_door.accept(report(1, cpu_percent=90.0))
    busy_door.accept(report(2, cpu_percent=90.0))
    assert list(Sample.objects.values_list("taken_at_ms", flat=True)) == [1000, 1001, 2000]
    assert Alert.objects.get().state == "firing"
    assert busy_door.failure == ""


def test_a_reading_like_an_older_one_to_the_last_digit_is_another_all_the_same(host, events):
    """The database was away when the place was asked for, and the row of that millisecond holds the same values."""
    Sample.objects.create(host=host, taken_at_ms=1000, covered_ms=1000, **reading(1).values)
    door = failing_door(host, events, OperationalError("database is locked"))
    door.take(report(1))
    door.guard.error = None
    door.store()
    assert list(Sample.objects.values_list("taken_at_ms", flat=True)) == [1000, 1001]


@pytest.mark.parametrize("restarting", [False, True], ids=["one run", "restarted for each reading"])
def test_an_hour_that_comes_twice_loses_no_reading_whoever_stored_the_first(host, events, restarting):
    """Its first readings are those of another boot, or were imported: no sampler that runs now knows of them."""
    for second in range(1, 31):
        Sample.objects.create(host=host, taken_at_ms=second * 1000, covered_ms=1000, **reading(second).values)
    door = Door(host, events.append, 1.0)
    for second in range(1, 31):
        if restarting:
            door = Door(host, events.append, 1.0)
        door.accept(report(second))
    assert Sample.objects.count() == 60
    assert not door.backlog


def test_what_an_unclear_commit_stored_fires_no_second_time(host, busy_door, monkeypatch):
    """The database took the reading with its alert, and said that it had not."""
    write = Store.write

    def unclear(store, *arguments):
        before = store.newest_id
        write(store, *arguments)
        store.newest_id = before  # nobody told
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "write", unclear)
        busy_door.accept(report(1, cpu_percent=90.0))
    busy_door.accept(report(2, cpu_percent=90.0))
    assert Sample.objects.count() == 2
    assert Transition.objects.count() == 1
    assert not busy_door.backlog


def test_a_database_file_that_is_gone_is_never_silently_made_anew(door, monkeypatch):
    path = Path(connection.settings_dict["NAME"])
    hidden = path.with_suffix(".hidden")
    path.rename(hidden)
    try:
        door.accept(report(1))
        assert "gone" in door.failure
        assert not path.exists()
    finally:
        connection.close()
        path.unlink(missing_ok=True)
        hidden.rename(path)
    door.accept(report(2))
    assert Sample.objects.count() == 2


def test_a_new_file_with_the_number_of_the_old_one_is_noticed(door, monkeypatch):
    monkeypatch.setattr("monitor.database.file.inode", lambda: 7)
    door.accept(report(1))
    monkeypatch.setattr("monitor.database.file.inode", lambda: None)
    door.accept(report(2))
    Host.objects.all().delete()  # what was stored is not in the new file
    monkeypatch.setattr("monitor.database.file.inode", lambda: 7)
    door.accept(report(3))
    assert not door.backlog
    assert Sample.objects.filter(host__name="db-01").count() == 2


def test_a_host_that_was_deleted_while_its_sampler_runs_is_made_anew(door):
    door.accept(report(1))
    Host.objects.all().delete()
    door.accept(report(2))
    door.accept(report(3))
    assert not door.backlog
    assert Sample.objects.filter(host__name="db-01").count() == 2


def test_nothing_is_published_from_inside_the_transaction(door, events, monkeypatch):
    def publish(event):
        assert not connection.in_atomic_block
        assert Sample.objects.exists()

    monkeypatch.setattr(door, "_publish", publish)
    door.accept(report(1))


def test_the_commit_of_an_alert_survives_a_power_cut(door, monkeypatch):
    levels = []
    record = door.recorder.record

    def note(outcome):
        with connection.cursor() as cursor:
            levels.append(cursor.execute("PRAGMA synchronous").fetchone()[0])
        return record(outcome)

    monkeypatch.setattr(door.recorder, "record", note)
    for second in range(1, 33):
        door.accept(report(second, load1=5.0))
    assert levels == [2]  # FULL
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA synchronous").fetchone()[0] == 1  # NORMAL again


def test_a_lock_held_elsewhere_delays_but_loses_nothing(door):
    connection.close()
    connection.settings_dict["OPTIONS"]["timeout"] = 0.05
    try:
        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        door.accept(report(1))
        assert "locked" in door.failure
        other.execute("ROLLBACK")
        other.close()
        door.accept(report(2))
    finally:
        connection.settings_dict["OPTIONS"]["timeout"] = 20
        connection.close()
    assert Sample.objects.count() == 2


def test_a_full_database_is_told_with_its_remedy_and_heals_by_itself(door):
    door.accept(report(1))
    with connection.cursor() as cursor:
        [(pages,)] = cursor.execute("PRAGMA page_count").fetchall()
        cursor.execute(f"PRAGMA max_page_count={pages}").fetchall()
    usual = connection.close
    connection.close = lambda: None  # the limit holds for this connection only
    try:
        for second in range(2, 5000):
            door.accept(report(second))
            if len(door.backlog) == 5:
                break
        assert "is full. Free some space in" in door.failure
    finally:
        connection.close = usual
    connection.close()
    door.accept(report(5000))
    assert door.failure == ""
    assert Sample.objects.count() == second + 1


def of_a_busy_rule(host):
    Rule.objects.all().delete()
    rule = Rule.objects.create(
        name="Busy", metric="cpu_percent", threshold=50.0, clear_threshold=50.0, hold_seconds=0
    )
    return rule, Door(host, lambda event: None, 1.0)


def test_a_rule_that_is_deleted_just_before_it_fires_stops_nothing(host):
    rule, door = of_a_busy_rule(host)
    door.accept(report(1))
    rule.delete()
    for second, value in ((2, 90.0), (3, 90.0), (4, 10.0)):
        door.accept(report(second, cpu_percent=value))
    assert Sample.objects.count() == 4
    assert not Alert.objects.exists()
    assert not door.backlog


@pytest.mark.parametrize("error", [ValueError("nonsense"), IntegrityError("taken"), DataError("too long")])
def test_a_change_that_can_never_be_stored_does_not_hold_up_the_samples(host, monkeypatch, caplog, error):
    _, door = of_a_busy_rule(host)

    def fail(*arguments):
        Gap.objects.create(host=host, start_ms=1, end_ms=2, kind="of a test")
        raise error

    monkeypatch.setattr(door.recorder, "record", fail)
    door.accept(report(1, cpu_percent=90.0))
    door.accept(report(2, cpu_percent=90.0))
    assert Sample.objects.count() == 2
    assert not Gap.objects.exists()
    assert "The change fired of the rule 'Busy' at 00:00:01 UTC cannot be stored" in caplog.text


def test_the_facts_of_the_host_are_stored_in_a_new_file_too(door, monkeypatch):
    facts = HostFacts("a1", moment(0), 3.0, "3 of 4", 5.0, moment(1000))
    door.accept(Report(reading(1), facts=facts))
    Host.objects.all().delete()
    for second in (2, 3):
        door.accept(report(second))
    host = Host.objects.get()
    assert (host.effective_cores, host.interval, host.sampler_started_at) == (3.0, 5.0, moment(1000))
    assert door.host.pk == host.pk


def test_nobody_s_host_is_changed_when_the_file_is_another(host, door):
    before = host.pk
    Host.objects.all().delete()
    for second in (1, 2):
        door.accept(report(second))
    assert host.pk == before != door.host.pk


def test_what_keeps_the_host_busy_is_told_every_ten_seconds(door, monkeypatch):
    clock = SimpleNamespace(**vars(time))
    monkeypatch.setattr(door_module, "time", clock)
    told = []
    for second in range(1, 23):
        clock.monotonic = lambda now=second: 1000.0 + now
        told.append(door.accept(Report(reading(second), snapshot=snapshot(process(7)))).is_busy_told)
    assert [second for second, is_told in enumerate(told, 1) if is_told] == [1, 11, 21]
    assert Host.objects.get().busy["at"] == 21_000


def test_a_new_file_that_is_still_being_migrated_is_entered_once_it_is_ready(door, monkeypatch):
    Host.objects.all().delete()
    Rule.objects.update(name="Of the new file")
    door.guard.number += 1
    with monkeypatch.context() as patched:
        behind = OperationalError("no such table: monitor_rule")
        patched.setattr(loading, "load_rules", lambda: (_ for _ in ()).throw(behind))
        door.accept(report(1))
    assert "no such table" in door.failure
    door.accept(report(2))
    assert Sample.objects.filter(host=door.host).count() == 2
    assert {rule.name for rule in door.evaluator.rules} == {"Of the new file"}


def test_two_doors_of_one_guard_both_find_their_hosts_in_a_new_file(host, events):
    other = Host.objects.create(name="db-02")
    guard = FileGuard()
    doors = [Door(each, events.append, 1.0, guard) for each in (host, other)]
    Host.objects.all().delete()
    guard.number += 1
    for each in doors:
        each.accept(report(1))
    assert sorted(Sample.objects.values_list("host__name", flat=True)) == ["db-01", "db-02"]

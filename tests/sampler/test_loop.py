"""The sampler's loop in this process: what it tells, and when."""

import sqlite3
from contextlib import closing
from itertools import pairwise
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection

from monitor.alerts.recording import Recorder
from monitor.collectors.domain.scanning import Pace
from monitor.database import wal
from monitor.history import rollups
from monitor.history.models import Gap, RollupProgress, Sample
from monitor.hosts.models import Host
from monitor.ingest import door as door_module
from monitor.metrics.gaps import GapSpec, Kind
from monitor.metrics.reading import Reading
from monitor.metrics.report import Report
from monitor.rules.models import Rule
from monitor.sampler import following
from monitor.sampler.loop import LONG_LOG, OVER_LIMIT, Sampler
from tests.factories import NOW_MS, VALUES, make_alert, make_host, make_samples

pytestmark = pytest.mark.django_db(transaction=True)


class Clock:
    """A monotonic clock that waiting moves on, and that says stop at its end."""

    def __init__(self, seconds: float) -> None:
        self.now, self.end = 1000.0, 1000.0 + seconds

    def wait(self, seconds: float) -> bool:
        """Stands in for threading.Event.wait."""
        self.now += seconds
        return self.now >= self.end


class FakeMeasuring:
    """Reports what the test says."""

    def __init__(self, measuring):
        self.collection = measuring.collection
        self.facts, self.begin = measuring.facts, measuring.begin
        self.next = None

    def report(self, pace):
        self.pace = pace
        return self.next


@pytest.fixture
def told() -> list[dict]:
    """Every event that the sampler publishes."""
    return []


@pytest.fixture
def sampler(told) -> Sampler:
    """A sampler of one host whose reports the test makes."""
    made = Sampler(make_host(), told.append, 1.0)
    made.measuring = FakeMeasuring(made.measuring)
    return made


def none(*arguments) -> None:
    """Do nothing."""


def tick(sampler, at_ms, gaps=()):
    sampler.measuring.next = Report(Reading(at_ms, 1.0, 0.0, VALUES), tuple(gaps))
    sampler.tick()


def statuses(told):
    return [event for event in told if event["type"] == "live.status"]


@pytest.mark.parametrize(
    ("cpu", "paces"),
    [
        (10.0, {Pace.CALM}),
        (70.0, {Pace.CALM, Pace.WATCHFUL}),
        (90.0, {Pace.CALM, Pace.WATCHFUL, Pace.AT_ONCE}),
    ],
)
def test_processes_are_looked_at_more_often_near_an_alert_and_at_once_where_one_may_fire(
    told, cpu, paces
) -> None:
    Rule.objects.all().delete()
    Rule.objects.create(name="CPU", metric="cpu_percent", threshold=80, clear_threshold=70, for_seconds=5)
    sampler = Sampler(make_host(), told.append, 1.0)
    sampler.measuring = FakeMeasuring(sampler.measuring)
    asked = []
    for second in range(1, 10):
        reading = Reading(NOW_MS + 1000 * second, 1.0, 0.0, VALUES | {"cpu_percent": cpu})
        sampler.measuring.next = Report(reading)
        sampler.take_in()
        asked.append(sampler.measuring.pace)
    assert set(asked) == paces
    assert asked[0] is Pace.CALM
    assert asked.count(Pace.AT_ONCE) == (1 if cpu > 80 else 0)  # for the reading with which it fires


def test_the_reason_of_a_gap_is_told_right_after_it_was_stored(sampler, told) -> None:
    tick(sampler, NOW_MS)
    tick(sampler, NOW_MS + 1000)
    assert len(statuses(told)) == 1
    gap = GapSpec(NOW_MS + 1000, NOW_MS + 60_000, Kind.SUSPENDED)
    tick(sampler, NOW_MS + 60_000, [gap])
    assert len(statuses(told)) == 2
    assert Gap.objects.get().kind == "suspended"


def test_between_the_ticks_of_a_long_interval_the_sampler_goes_on_telling_its_status(
    sampler, monkeypatch
) -> None:
    clock = Clock(240)
    for module in ("loop", "status"):
        monkeypatch.setattr(f"monitor.sampler.{module}.time", SimpleNamespace(monotonic=lambda: clock.now))
    monkeypatch.setattr(sampler, "interval", 60.0)
    told_at = []
    monkeypatch.setattr(sampler, "_publish", lambda event: told_at.append((clock.now, event["sampler"])))
    monkeypatch.setattr(sampler, "read", lambda: None)
    monkeypatch.setattr(sampler, "_keeper", SimpleNamespace(start=none, wake=none, end=none))
    sampler.run(clock)
    times = [at for at, _ in told_at]
    assert max(after - before for before, after in pairwise(times)) < 30
    assert all(status["lateness_ms"] >= 0 for _, status in told_at)


def test_samples_that_the_queue_dropped_are_counted_until_storing_works_again(told, monkeypatch) -> None:
    monkeypatch.setattr(door_module, "QUEUE_SECONDS", 2.0)
    sampler = Sampler(make_host(), told.append, 1.0)
    sampler.measuring = FakeMeasuring(sampler.measuring)
    with monkeypatch.context() as patched:
        full = OperationalError("database or disk is full")
        patched.setattr(sampler.guard, "look", lambda: (_ for _ in ()).throw(full))
        for second in range(5):
            tick(sampler, NOW_MS + second * 1000)
    status = sampler.status()
    assert (status["state"], status["waiting"], status["dropped"]) == ("storing_failed", 2, 3)
    tick(sampler, NOW_MS + 5000)
    assert (sampler.status()["state"], sampler.status()["dropped"]) == ("running", 0)


# The chores


@pytest.fixture
def log_is_long(monkeypatch) -> None:
    monkeypatch.setattr(wal, "log_bytes", lambda: wal.LARGE_BYTES + 1)


def test_a_long_write_ahead_log_is_told(sampler, log_is_long) -> None:
    sampler.tend()
    assert sampler.status()["message"] == LONG_LOG


def test_two_things_are_told_one_after_the_other(sampler, log_is_long, settings) -> None:
    settings.LOADMON_MAX_DATABASE_SIZE = 0.001
    for _ in range(3):  # of the long chores one at a time, and the size comes last
        sampler.tend()
    assert sampler.status()["message"] == f"{LONG_LOG} {OVER_LIMIT}"


def test_the_length_of_the_log_is_that_of_its_file(sampler) -> None:
    make_host("second")
    assert wal.log_bytes() == wal._log().stat().st_size > 0


def test_load_tests_that_raise_at_every_tick_keep_nothing_from_being_rolled_up(
    sampler, monkeypatch, log_is_long
) -> None:
    make_samples(sampler.door.host, 180)

    def fail(*arguments, **named):
        raise LookupError("of a test")

    monkeypatch.setattr(sampler.load_tests, "tick", fail)
    sampler.tend()
    sampler.tend()
    assert RollupProgress.objects.exists()
    assert sampler.status()["message"] == LONG_LOG


def test_a_tick_that_raises_keeps_no_chore_from_its_turn(sampler, log_is_long) -> None:
    sampler.measuring.report = lambda pace: 1 / 0
    sampler.tick()
    assert sampler.status()["message"] == LONG_LOG


def switch_off(rules) -> None:
    """Let another process write that these rules are off."""
    name = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(name, isolation_level=None)) as other:
        other.execute(f"update monitor_rule set enabled = 0 where {rules}")


def names(sampler) -> set[str]:
    return {rule.name for rule in sampler.door.evaluator.rules}


def test_an_edited_rule_is_followed_and_told(sampler, told) -> None:
    sampler.tend()
    switch_off("true")
    told.clear()
    sampler.tend()
    assert names(sampler) == set()
    assert statuses(told)


def test_open_alerts_follow_an_edit_that_the_door_saw_first(sampler) -> None:
    rule = Rule.objects.get(name="CPU")
    alert = make_alert(sampler.door.host, rule=rule, metric="cpu_percent")
    sampler.tend()
    switch_off("name = 'CPU'")
    sampler.door.reload_rules()  # as where the file was replaced, or between two looks at the rules
    sampler.tend()
    alert.refresh_from_db()
    assert (alert.state, alert.note) == ("resolved", "Its rule was switched off or deleted.")


def test_a_start_in_a_locked_database_lets_open_alerts_follow_later(sampler, monkeypatch) -> None:
    alert = make_alert(
        sampler.door.host, rule=Rule.objects.get(name="CPU"), metric="load1"
    )  # was edited since
    with monkeypatch.context() as patched:
        locked = OperationalError("database is locked")
        patched.setattr(Recorder, "end_orphans", lambda *_: (_ for _ in ()).throw(locked))
        sampler._begin()
    sampler.tend()
    alert.refresh_from_db()
    assert alert.state == "resolved"


def test_rules_that_could_not_be_read_are_read_again(sampler, monkeypatch) -> None:
    sampler.tend()
    switch_off("name = 'CPU'")
    with monkeypatch.context() as patched:
        locked = OperationalError("database is locked")
        patched.setattr(following.loading, "load_rules", lambda: (_ for _ in ()).throw(locked))
        sampler.tend()
    assert "CPU" in names(sampler)
    sampler.tend()
    assert "CPU" not in names(sampler)


def test_a_start_long_after_the_newest_sample_prunes_nothing(told) -> None:
    host = make_host()
    make_samples(host, 180)  # years ago
    while rollups.roll_up(host):
        pass
    sampler = Sampler(host, told.append, 1.0)
    sampler.tend()
    assert Sample.objects.count() == 180


# The host


def test_what_the_host_is_is_stored_as_the_sampler_begins(sampler) -> None:
    Host.objects.update(sampler_stopped_at="2025-01-01T00:00:00Z", effective_cores=None)
    sampler.measuring.begin = lambda: None
    sampler._begin()
    host = Host.objects.get()
    assert host.effective_cores
    assert host.sampler_started_at is not None
    assert host.sampler_stopped_at is None


def test_load_tests_and_goodbye_know_the_host_in_a_new_file(sampler) -> None:
    tick(sampler, NOW_MS)
    Host.objects.all().delete()
    tick(sampler, NOW_MS + 1000)
    tick(sampler, NOW_MS + 2000)
    sampler._say_goodbye()
    host = Host.objects.get()
    assert sampler.load_tests._host().pk == host.pk
    assert host.sampler_stopped_at is not None
    assert Sample.objects.filter(host=host).count() == 2

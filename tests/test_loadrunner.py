"""The sampler's side of load tests, tick by tick; time and workers are handed in, a few are real."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psutil
import pytest
from django.db import OperationalError
from django.utils import timezone

from monitor import live, loadrunner, loadtest
from monitor.burners import NotStarted
from monitor.domain.evaluating import Evaluator, RuleSpec
from monitor.domain.reading import Reading
from monitor.ingest import Stored
from monitor.loadrunner import Runner
from monitor.models import Alert, Host, LoadTest, LoadTestState
from tests.factories import make_alert, make_host, make_load_test

pytestmark = pytest.mark.django_db

CPU = RuleSpec(1, "CPU", "cpu_percent", "warning", 0.0, 75.0, 65.0, 0.0, 60.0, per_core=False)


@dataclass
class FakeBurners:
    """Workers that die only when told to."""

    workers: int
    seconds: float
    died: list[str] = field(default_factory=list)
    ended: int = 0
    gone: bool = False

    def deaths(self) -> list[str]:
        return self.died

    def end(self) -> None:
        self.ended += 1

    def wait(self) -> None:
        self.gone = True


class Stage:
    """A runner on a clock that the test moves, with fake workers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.host = make_host()
        self.events: list[live.Event] = []
        self.made: list[FakeBurners] = []
        self.began = timezone.now()
        self.elapsed = 0.0
        self.runner = Runner(self.host, self.events.append, clock=lambda: 1000.0 + self.elapsed)
        self.evaluator = Evaluator([CPU])
        monkeypatch.setattr(loadrunner, "Burners", self.make)

    @property
    def now(self) -> datetime:
        return self.began + timedelta(seconds=self.elapsed)

    def make(self, workers: int, seconds: float) -> FakeBurners:
        self.made.append(FakeBurners(workers, seconds))
        return self.made[-1]

    def tick(
        self, after: float = 1.0, cpu: float | None = None, poll: bool = True, **stored: Any
    ) -> LoadTest:
        """Let time pass and tick with a reading of that CPU; return the newest test as stored."""
        self.elapsed += after
        reading = Reading(round(self.now.timestamp() * 1000), after, 0.0, {"cpu_percent": cpu})
        self.evaluator.evaluate(reading)
        self.runner.tick(self.now, Stored(**stored), self.evaluator, poll=poll)
        return LoadTest.objects.latest("pk")

    def start(self, seconds: int = 120, workers: int = 2) -> LoadTest:
        """Ask for a test and let the runner take it up."""
        loadtest.request(self.host, seconds, workers)
        return self.tick(0.0)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(monkeypatch)


def test_an_idle_runner_asks_the_database_nothing(stage: Stage, django_assert_num_queries: Any) -> None:
    stage.runner.tick(stage.now)
    with django_assert_num_queries(0):
        stage.runner.tick(stage.now, Stored(), stage.evaluator, poll=False)
    with django_assert_num_queries(1):
        stage.runner.tick(stage.now, Stored(), stage.evaluator, poll=True)


def test_a_request_is_found_even_if_nobody_told_of_news(stage: Stage) -> None:
    stage.runner.tick(stage.now)
    loadtest.request(stage.host)
    assert stage.tick(0.5, poll=False).state == "requested"
    assert stage.tick(2.0, poll=False).state == "running"


def test_a_request_is_taken_up_with_its_numbers(stage: Stage) -> None:
    test = stage.start(seconds=90, workers=1)
    assert (test.state, test.started_at) == ("running", stage.now)
    assert [(each.workers, each.seconds) for each in stage.made] == [(1, 90)]
    assert stage.events == [live.status_event("db-01")]
    assert stage.runner.busy


def test_a_test_ends_at_its_deadline_and_not_before(stage: Stage) -> None:
    test = stage.start(seconds=120)
    assert stage.tick(119.9).state == "running"
    done = stage.tick(0.6, cpu=31.0)
    assert (done.state, done.ended_at) == ("finished", test.started_at + timedelta(seconds=120))
    assert stage.made[0].ended == 1
    assert done.report == "No alert fired: the value of CPU reached 31 %, the rule needs 75 %."
    assert stage.events == [live.status_event("db-01")] * 2


def test_workers_that_linger_are_ended_at_each_tick_until_they_are_gone(stage: Stage) -> None:
    stage.start(seconds=1)
    stage.tick(1.0)
    stage.tick(0.5)
    assert (stage.made[0].ended, stage.runner.busy) == (2, True)
    stage.made[0].gone = True
    stage.tick(0.5)
    assert not stage.runner.busy


def test_the_report_tells_when_the_alert_came_and_how_fast(stage: Stage) -> None:
    stage.start(seconds=120)
    stage.elapsed = 90.0
    alert = fired_at(stage, 90.0)
    read_at = alert.fired_at.timestamp()
    stage.tick(0.0, cpu=80.0, alerts=[alert], stored_at=read_at + 0.004, pushed_at=read_at + 0.006)
    assert stage.tick(30.0).report == (
        "CPU reached its threshold 75 % at t+90.0 s, "
        "the alert was stored 4 ms and pushed 6 ms after the reading."
    )


def test_an_alert_that_only_changes_is_not_told_as_fired(stage: Stage) -> None:
    stage.start(seconds=10)
    alert = fired_at(stage, -60.0)
    alert.last_seen_at = stage.now  # relapsed
    assert "reached its threshold" not in stage.tick(10.0, cpu=70.0, alerts=[alert]).report


def test_the_same_result_is_not_told_twice(stage: Stage) -> None:
    stage.start(seconds=10)
    result = Stored(alerts=[fired_at(stage, 1.0)], stored_at=1.0, pushed_at=1.0)
    for _ in range(2):
        stage.elapsed += 1.0
        stage.runner.tick(stage.now, result, stage.evaluator)
    assert stage.tick(8.0).report.count("CPU reached") == 1


def test_a_clock_that_is_set_does_not_move_the_times_of_the_report(stage: Stage) -> None:
    stage.start(seconds=120)
    stage.began -= timedelta(hours=1)
    stage.elapsed = 90.0
    alert = fired_at(stage, 90.0)
    stage.tick(0.0, cpu=80.0, alerts=[alert], stored_at=1.0, pushed_at=1.0)
    assert "at t+90.0 s" in stage.tick(30.0).report


def test_a_cancelled_test_ends_at_the_next_tick(stage: Stage) -> None:
    stage.start()
    loadtest.cancel(stage.host)
    done = stage.tick(12.3, cpu=20.0)
    assert (done.state, done.ended_at, stage.made[0].ended) == ("cancelled", stage.now, 1)
    assert done.report.startswith("Cancelled after 12.3 s. No alert fired:")


def test_a_request_that_was_cancelled_never_starts(stage: Stage) -> None:
    loadtest.request(stage.host)
    loadtest.cancel(stage.host)
    assert stage.tick().state == "cancelled"
    assert stage.made == []


def test_dead_workers_end_the_test(stage: Stage) -> None:
    stage.start()
    stage.made[0].died = ["signal SIGKILL"]
    done = stage.tick(3.0, cpu=20.0)
    assert (done.state, stage.made[0].ended) == ("failed", 1)
    assert done.report.startswith("1 of 2 workers died within 3.0 s (signal SIGKILL). No alert fired:")


def test_a_test_that_cannot_start_says_why(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(workers: int, seconds: float) -> None:
        raise NotStarted("Only 1 of 2 workers could be started: no more processes.")

    monkeypatch.setattr(loadrunner, "Burners", fail)
    test = stage.start()
    assert (test.state, test.report) == ("failed", "Only 1 of 2 workers could be started: no more processes.")


def test_a_row_with_numbers_that_nobody_may_ask_for_starts_nothing(stage: Stage) -> None:
    make_load_test(stage.host, LoadTestState.REQUESTED, None, workers=5000)
    test = stage.tick()
    assert (test.state, stage.made) == ("failed", [])
    assert "5000 is not possible" in test.report


def test_a_request_from_long_ago_is_not_taken_up(stage: Stage) -> None:
    loadtest.request(stage.host)
    LoadTest.objects.update(requested_at=stage.now - timedelta(seconds=301))
    assert stage.tick().state == "failed"
    assert stage.made == []


def test_a_deleted_row_ends_the_workers(stage: Stage) -> None:
    stage.start().delete()
    stage.elapsed += 1.0
    stage.runner.tick(stage.now)
    assert stage.made[0].ended == 1


def test_after_one_test_comes_the_next(stage: Stage) -> None:
    first = stage.start(seconds=1)
    stage.tick(1.0)
    assert stage.start(seconds=5).pk > first.pk
    assert [each.seconds for each in stage.made] == [1, 5]


def test_a_failing_database_ends_no_tick_and_loses_no_report(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stage.start(seconds=10)
    with monkeypatch.context() as patch:
        patch.setattr(loadtest, "close", _locked)
        assert stage.tick(10.0, cpu=20.0).state == "running"
        stage.tick(1.0)
        assert stage.made[0].ended == 2
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        "load tests wait for the database: database is locked"
    ]
    assert stage.tick(1.0).report.startswith("No alert fired")
    assert stage.tick(1.0).state == "finished"


def test_a_database_that_cannot_be_read_delays_the_start(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    loadtest.request(stage.host)
    with monkeypatch.context() as patch:
        patch.setattr(loadtest, "unfinished", _locked)
        assert stage.tick(0.1).state == "requested"
    assert stage.tick(0.1, poll=False).state == "running"


def test_a_running_row_that_is_not_ours_is_closed(stage: Stage) -> None:
    make_load_test(stage.host, started_ms=round(stage.now.timestamp() * 1000))
    assert stage.tick().state == "failed"
    assert stage.made == []


def test_a_new_sampler_closes_what_the_last_one_left_running(stage: Stage) -> None:
    test = make_load_test(stage.host, started_ms=round(stage.now.timestamp() * 1000))
    stage.runner.recover()
    test.refresh_from_db()
    assert (test.state, test.report[:35]) == ("failed", "The sampler ended during the test, ")
    assert stage.events == [live.status_event("db-01")]


def test_a_new_sampler_leaves_requests_for_its_first_tick(stage: Stage) -> None:
    loadtest.request(stage.host)
    stage.runner.recover()
    assert stage.tick(0.0).state == "running"


def test_stopping_ends_the_test_and_its_workers(stage: Stage) -> None:
    test = stage.start()
    stage.tick(7.0, cpu=20.0)
    stage.runner.stop()
    test.refresh_from_db()
    assert test.state == "failed"
    assert test.report.startswith("The sampler was stopped 7.0 s into the test. No alert fired:")
    assert stage.made[0].gone
    assert not stage.runner.busy


def test_stopping_an_idle_runner_does_nothing(stage: Stage) -> None:
    stage.runner.stop()
    assert stage.events == []


@pytest.mark.processes
def test_real_workers_run_to_their_end() -> None:
    runner = Runner(make_host(), lambda _: None)
    loadtest.request(Host.objects.get(), 1, 2)
    runner.tick(timezone.now())
    pids = _burner_pids()
    assert len(pids) == 2
    _tick_until_idle(runner)
    test = LoadTest.objects.get()
    assert (test.state, (test.ended_at - test.started_at).total_seconds()) == (
        "finished",
        pytest.approx(1, abs=0.1),
    )
    assert not any(psutil.pid_exists(pid) for pid in pids)


@pytest.mark.processes
def test_cancelling_real_workers_takes_less_than_a_second_and_no_tick_waits() -> None:
    runner = Runner(make_host(), lambda _: None)
    loadtest.request(Host.objects.get(), 60, 2)
    runner.tick(timezone.now())
    loadtest.cancel(Host.objects.get())
    began = time.monotonic()
    runner.tick(timezone.now())
    assert time.monotonic() - began < 0.2
    _tick_until_idle(runner)
    assert time.monotonic() - began < 1.0
    assert LoadTest.objects.get().state == "cancelled"
    assert _burner_pids() == []


def fired_at(stage: Stage, seconds: float) -> Alert:
    """A CPU alert that fired that many seconds after the stage began, as it crossed its threshold."""
    at = stage.began + timedelta(seconds=seconds)
    alert = make_alert(stage.host, fired_ms=round(at.timestamp() * 1000))
    alert.started_at, alert.rule_id = alert.fired_at, CPU.id
    return alert


def _locked(*_: Any) -> Any:
    raise OperationalError("database is locked")


def _burner_pids() -> list[int]:
    """The children of this process that run burn.py."""
    children = psutil.Process().children()
    return [child.pid for child in children if any("burn.py" in word for word in child.cmdline())]


def _tick_until_idle(runner: Runner) -> None:
    deadline = time.monotonic() + 20.0
    while runner.busy:
        assert time.monotonic() < deadline, "the test did not end"
        time.sleep(0.01)
        runner.tick(timezone.now())

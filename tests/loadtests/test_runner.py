"""The sampler's side of load tests, tick by tick; time and workers are handed in, a few are real."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from typing import Any

import psutil
import pytest
from django.utils import timezone

from monitor.hosts.models import Host
from monitor.ingest.stored import Stored
from monitor.live import publishing
from monitor.loadtests import requests
from monitor.loadtests.models import LoadTest
from monitor.loadtests.runner import Runner
from tests.factories import make_host
from tests.stages.loadtests import Stage, fired_at
from tests.stages.processes import burners
from tests.stages.servers import until

pytestmark = pytest.mark.django_db


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
    requests.request(stage.host)
    assert stage.tick(0.5, poll=False).state == "requested"
    assert stage.tick(10.0, poll=False).state == "running"


def test_a_request_is_taken_up_with_its_numbers(stage: Stage) -> None:
    test = stage.start(seconds=90, workers=1)
    assert (test.state, test.started_at) == ("running", stage.now)
    assert [(each.workers, each.seconds) for each in stage.made] == [(1, 90)]
    assert stage.events == [publishing.status_event("db-01")]
    assert stage.runner.busy


def test_a_test_ends_at_its_deadline_and_not_before(stage: Stage) -> None:
    test = stage.start(seconds=120)
    assert stage.tick(119.9).state == "running"
    done = stage.tick(0.6, cpu=31.0)
    assert (done.state, done.ended_at) == ("finished", test.started_at + timedelta(seconds=120))
    assert stage.made[0].ended == 1
    assert done.report == "No alert fired: the value of CPU reached 31 %, the rule needs 75 %."
    assert stage.events == [publishing.status_event("db-01")] * 2


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
    requests.cancel(stage.host)
    done = stage.tick(12.3, cpu=20.0)
    assert (done.state, done.ended_at, stage.made[0].ended) == ("cancelled", stage.now, 1)
    assert done.report.startswith("Cancelled after 12.3 s. No alert fired:")


def test_a_request_that_was_cancelled_never_starts(stage: Stage) -> None:
    requests.request(stage.host)
    requests.cancel(stage.host)
    assert stage.tick().state == "cancelled"
    assert stage.made == []


def test_after_one_test_comes_the_next(stage: Stage) -> None:
    first = stage.start(seconds=1)
    stage.tick(1.0)
    assert stage.start(seconds=5).pk > first.pk
    assert [each.seconds for each in stage.made] == [1, 5]


@pytest.mark.processes
def test_real_workers_run_to_their_end() -> None:
    host = make_host()
    runner = Runner(lambda: host, lambda _: None)
    requests.request(host, 1, 2)
    runner.tick(timezone.now())
    pids = burners(os.getpid())
    assert len(pids) == 2
    _tick_until_idle(runner)
    test = LoadTest.objects.get()
    assert test.state == "finished"
    assert 1.0 <= (test.ended_at - test.started_at).total_seconds() < 15.0
    assert not any(psutil.pid_exists(pid) for pid in pids)


@pytest.mark.processes
def test_cancelling_ends_real_workers_and_no_tick_waits_for_them() -> None:
    host = make_host()
    runner = Runner(lambda: host, lambda _: None)
    requests.request(Host.objects.get(), 60, 2)
    runner.tick(timezone.now())
    held = [psutil.Process(pid) for pid in burners(os.getpid())]
    for process in held:
        process.suspend()
    until(lambda: {process.status() for process in held} == {psutil.STATUS_STOPPED}, "their standstill")
    requests.cancel(Host.objects.get())
    runner.tick(timezone.now())
    assert runner.busy
    assert sorted(burners(os.getpid())) == sorted(process.pid for process in held)
    for process in held:
        process.resume()
    _tick_until_idle(runner)
    assert LoadTest.objects.get().state == "cancelled"
    assert burners(os.getpid()) == []


def _tick_until_idle(runner: Runner) -> None:
    deadline = time.monotonic() + 20.0
    while runner.busy:
        assert time.monotonic() < deadline, "the test did not end"
        time.sleep(0.01)
        runner.tick(timezone.now())

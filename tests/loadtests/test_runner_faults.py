"""The load-test runner when workers, rows, the database or its own sampler fail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from monitor.live import publishing
from monitor.loadtests import requests, runner
from monitor.loadtests.models import LoadTest, LoadTestState
from monitor.loadtests.workers import NotStarted
from tests.factories import make_load_test
from tests.stages.loadtests import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(monkeypatch)


def test_dead_workers_end_the_test(stage: Stage) -> None:
    stage.start()
    stage.made[0].died = ["signal SIGKILL"]
    done = stage.tick(3.0, cpu=20.0)
    assert (done.state, stage.made[0].ended) == ("failed", 1)
    assert done.report.startswith("1 of 2 workers died within 3.0 s (signal SIGKILL). No alert fired:")


def test_a_test_that_cannot_start_says_why(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(workers: int, seconds: float, directory: Any) -> None:
        raise NotStarted("Only 1 of 2 workers could be started: no more processes.")

    monkeypatch.setattr(runner, "Workers", fail)
    test = stage.start()
    assert (test.state, test.report) == ("failed", "Only 1 of 2 workers could be started: no more processes.")


def test_a_row_with_numbers_that_nobody_may_ask_for_starts_nothing(stage: Stage) -> None:
    make_load_test(stage.host, LoadTestState.REQUESTED, None, workers=5000)
    test = stage.tick()
    assert (test.state, stage.made) == ("failed", [])
    assert "5000 is not possible" in test.report


def test_a_request_from_long_ago_is_not_taken_up(stage: Stage) -> None:
    requests.request(stage.host)
    LoadTest.objects.update(requested_at=stage.now - timedelta(seconds=301))
    assert stage.tick().state == "failed"
    assert stage.made == []


def test_a_deleted_row_ends_the_workers(stage: Stage) -> None:
    stage.start().delete()
    stage.elapsed += 1.0
    stage.runner.tick(stage.now)
    assert stage.made[0].ended == 1


def test_a_failing_database_ends_no_tick_and_loses_no_report(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stage.start(seconds=10)
    with monkeypatch.context() as patch:
        patch.setattr(requests, "close", _locked)
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
    requests.request(stage.host)
    with monkeypatch.context() as patch:
        patch.setattr(requests, "unfinished", _locked)
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
    assert stage.events == [publishing.status_event("db-01")]


def test_a_new_sampler_leaves_requests_for_its_first_tick(stage: Stage) -> None:
    requests.request(stage.host)
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


def _locked(*_: Any) -> Any:
    raise OperationalError("database\n\tis locked")  # PostgreSQL says some things in several lines

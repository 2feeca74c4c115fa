"""Judging beside a thread that stores: rules are replaced between two reports, and no database is asked."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.db import connection

from monitor.alerts.models import Alert, Change
from monitor.hosts.models import Host
from monitor.ingest import door as door_module
from monitor.ingest.door import Door
from monitor.metrics.usage import GroupShare, Kind
from monitor.rules.models import Rule
from tests.stages.ingest import report

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def door(transactional_db: None) -> Door:
    """A door whose only rule fires at once."""
    Rule.objects.all().delete()
    Rule.objects.create(
        name="Busy", metric="cpu_percent", threshold=50.0, clear_threshold=50.0, hold_seconds=0
    )
    events: list[object] = []
    made = Door(Host.objects.create(name="db-01"), events.append, 1.0)
    made.events = events  # type: ignore[attr-defined]
    return made


def refuse(*arguments: object) -> None:
    raise AssertionError("the database was asked on the beat")


def test_reports_are_judged_and_told_without_the_database_even_where_the_clock_was_set_back(
    door: Door,
) -> None:
    door.accept(report(5))
    with connection.execute_wrapper(refuse):
        for second in (6, 2, 5, 7):
            door.take(report(second, cpu_percent=90.0))
        door.look()
    assert [outcome.change for item in door.backlog for outcome in item.outcomes] == ["fired"]
    door.store()
    assert Alert.objects.get().state == "firing"
    assert not door.backlog


def test_rules_read_anew_while_readings_wait_know_those_readings(door: Door) -> None:
    door.take(report(1, cpu_percent=90.0))
    door.reload_rules()
    door.take(report(2, cpu_percent=10.0))
    door.store()
    assert list(Alert.objects.get().transitions.values_list("change", flat=True)) == ["fired", "resolved"]


def test_an_alert_that_a_person_ended_is_forgotten_but_not_its_successor(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.accept(report(1, cpu_percent=90.0))
    alert = Alert.objects.get()
    alert.state, alert.resolved_at = "resolved", alert.fired_at
    alert.save()
    alert.transitions.create(change=Change.ENDED, at=alert.fired_at, severity="warning")
    monkeypatch.setattr(door._store, "_refreshed_at", -1000.0)
    door.take(report(2, cpu_percent=90.0))
    write = door._store.write

    def write_while_another_fires(*arguments: object) -> object:
        written = write(*arguments)  # type: ignore[arg-type]
        monkeypatch.setattr(door._store, "write", write)
        door.take(report(3, cpu_percent=10.0))
        door.take(report(4, cpu_percent=90.0))
        return written

    monkeypatch.setattr(door._store, "write", write_while_another_fires)
    door.store()
    assert list(Alert.objects.order_by("id").values_list("state", flat=True)) == ["resolved", "firing"]
    assert door.evaluator.is_open()


def test_a_silent_database_is_told_once_a_minute_with_what_waits(
    door: Door, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(door._answered)
    monkeypatch.setattr(door_module, "time", clock)
    door.take(report(1))
    for seconds, is_told in ((4.0, False), (5.5, True), (20.0, True)):
        clock.now = clock.start + seconds
        door.look()
        assert bool(door.failure) is is_told
    assert caplog.text.count("the database does not answer") == 1
    assert "1 wait in memory; reading and judging go on" in caplog.text
    door.store()
    assert (door.failure, len(door.backlog)) == ("", 0)
    assert "samples are stored again; 0 were lost" in caplog.text


class Clock:
    """Stands in for the module time of the door."""

    def __init__(self, start: float) -> None:
        self.now = self.start = start

    def monotonic(self) -> float:
        """The time that the test says."""
        return self.now

    perf_counter = time = monotonic


def test_who_is_at_work_among_the_groups_goes_out_with_the_sample(door: Door) -> None:
    shares = (GroupShare(Kind.SERVICE, "nginx.service", "", 41.5),)
    door.accept(replace(report(5), groups=shares))
    samples = [event for event in door.events if event["type"] == "live.sample"]  # type: ignore[attr-defined]
    assert json.loads(samples[-1]["text"])["groups"] == [
        {"name": "nginx.service", "kind": "service", "user": "", "cpu_percent": 41.5}
    ]

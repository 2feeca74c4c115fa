"""Progress of a drill in the sampler, tick by tick: it waits for the alert, then for its messages, and judges both."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from monitor.alerts.models import Alert
from monitor.loadtests import requests
from monitor.loadtests.drills import Wanted
from monitor.loadtests.models import LoadTest
from monitor.rules.domain.evaluator import Evaluator
from monitor.rules.loading import load_rules
from monitor.rules.models import Rule
from tests.factories import make_drill_receiver, make_notification
from tests.stages.loadtests import Stage, fired_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(monkeypatch)


def begin(stage: Stage, seconds: int | None = None) -> LoadTest:
    """A drill of the shipped CPU rule, which is promised within 98 s, with one receiver."""
    make_drill_receiver("ops")
    return stage.start(seconds, wanted=Wanted())


def fire(stage: Stage, seconds: float = 95.0) -> Alert:
    """Let the alert fire at t+seconds and be stored 4 ms after its reading."""
    stage.elapsed = seconds
    rule = Rule.objects.get(name="CPU")
    alert = fired_at(stage, seconds)
    alert.rule_id, alert.is_test = rule.pk, True
    alert.save()
    read_at = alert.fired_at.timestamp()
    stage.tick(0.0, cpu=99.0, alerts=[alert], stored_at=read_at + 0.004, pushed_at=read_at + 0.005)
    return alert


def deliver(alert: Alert, after: float = 1.4) -> None:
    """The other side takes the message."""
    receiver = LoadTest.objects.latest("pk").receivers.get()
    make_notification(alert, receiver, "sent", settled_at=alert.fired_at + timedelta(seconds=after))


def test_a_drill_passes_as_soon_as_its_message_arrived_and_a_browser_spoke(stage: Stage) -> None:
    test = begin(stage)
    alert = fire(stage)
    LoadTest.objects.update(seen_in_browser_at=alert.fired_at + timedelta(milliseconds=20))
    deliver(alert)
    done = stage.tick(0.5)
    assert (done.state, done.passed, done.alert_id) == ("finished", True, alert.pk)
    assert done.ended_at == stage.now < test.started_at + timedelta(seconds=120)
    assert stage.made[0].ended == 1
    assert done.report.split("\n") == [
        "Passed: CPU fired within the 98 s that it promises, and its receiver was told.",
        "Threshold crossed t+95.0 s, stored +0.004 s, in the browser +0.020 s.",
        "ops: webhook accepted +1.4 s.",
    ]


def test_a_browser_is_waited_for_a_moment_only(stage: Stage) -> None:
    begin(stage)
    deliver(fire(stage))
    assert stage.tick(2.0).state == "running"
    done = stage.tick(1.5)
    assert (done.state, done.passed) == ("finished", True)
    assert "no browser was open" in done.report


def test_the_row_tells_the_alert_as_soon_as_it_fired(stage: Stage) -> None:
    begin(stage)
    events = len(stage.events)
    alert = fire(stage)
    assert LoadTest.objects.get().alert_id == alert.pk
    assert len(stage.events) == events + 1
    stage.tick(0.5)
    assert len(stage.events) == events + 1


def test_messages_are_waited_for_after_the_load_has_ended(stage: Stage) -> None:
    begin(stage, seconds=98)
    alert = fire(stage)
    assert stage.tick(40.0).state == "running"
    deliver(alert, after=40.5)
    done = stage.tick(0.5)
    assert (done.passed, done.report.split("\n")[-1]) == (True, "ops: webhook accepted +40.5 s.")


def test_a_message_that_does_not_arrive_within_a_minute_fails_the_drill(stage: Stage) -> None:
    begin(stage)
    make_notification(fire(stage), LoadTest.objects.get().receivers.get())
    assert stage.tick(59.0).state == "running"
    done = stage.tick(1.5)
    assert (done.state, done.passed) == ("finished", False)
    assert done.report.split("\n")[-1] == "ops: not tried in 60 s, for no notifier runs."


def test_an_alert_that_does_not_fire_in_time_fails_the_drill_with_the_reason(stage: Stage) -> None:
    stage.evaluator = Evaluator(load_rules())
    begin(stage)
    stage.tick(98.0, cpu=31.0)
    assert stage.tick(4.0, cpu=31.0).state == "running"
    done = stage.tick(1.0, cpu=31.0)
    assert (done.state, done.passed) == ("finished", False)
    assert done.report.split("\n") == [
        "Failed: CPU did not fire within the 98 s that it promises.",
        "The CPU mean of 120 s reached 31 %, the rule needs 75 %.",
    ]
    assert stage.made[0].ended == 1


def test_a_limited_host_is_told_as_the_reason(stage: Stage) -> None:
    stage.host.cores_reason = "container: 2 of 32"
    stage.host.save()
    begin(stage)
    assert "(container: 2 of 32)" in stage.tick(103.0, cpu=6.0).report


def test_the_alert_of_another_rule_proves_nothing(stage: Stage) -> None:
    begin(stage)
    stage.elapsed = 50.0
    other = fired_at(stage, 50.0)
    other.rule_id = Rule.objects.get(name="Load").pk
    other.save()
    stage.tick(0.0, cpu=99.0, alerts=[other], stored_at=1.0, pushed_at=1.0)
    assert not stage.tick(53.0, cpu=99.0).passed


def test_a_cancelled_drill_neither_passed_nor_failed(stage: Stage) -> None:
    begin(stage)
    requests.cancel(stage.host)
    done = stage.tick(12.0)
    assert (done.state, done.passed) == ("cancelled", None)


def test_a_drill_whose_workers_died_has_failed(stage: Stage) -> None:
    begin(stage)
    stage.made[0].died = ["signal SIGKILL"]
    done = stage.tick(3.0)
    assert (done.state, done.passed) == ("failed", False)


def test_a_plain_test_has_no_verdict(stage: Stage) -> None:
    stage.start(seconds=1)
    assert stage.tick(1.0).passed is None


def test_a_drill_that_still_waits_for_messages_is_not_taken_for_forgotten(stage: Stage) -> None:
    begin(stage, seconds=98)
    fire(stage)
    assert not requests.close_forgotten(stage.host, stage.now + timedelta(seconds=90))
    assert requests.close_forgotten(stage.host, stage.now + timedelta(seconds=99))


def test_a_disk_test_gets_the_data_directory(stage: Stage) -> None:
    stage.start(kind="io")
    assert stage.made[0].directory == Path(settings.LOADMON_DATA_DIR)
    stage.tick(120.0)
    stage.start(kind="cpu")
    assert stage.made[1].directory is None


# What it was about is gone


def test_a_drill_whose_alert_was_deleted_goes_on_to_its_end(stage: Stage) -> None:
    begin(stage)
    fire(stage).delete()
    assert stage.tick(59.0).state == "running"
    done = stage.tick(1.5)
    assert (done.state, done.passed, done.alert) == ("finished", False, None)
    assert done.report.split("\n")[-1] == "ops: no message was written for it."


def test_an_alert_that_is_deleted_before_the_row_names_it_holds_nothing_up(stage: Stage) -> None:
    begin(stage)
    alert = fired_at(stage, 95.0)
    alert.rule_id = Rule.objects.get(name="CPU").pk
    Alert.objects.all().delete()
    stage.tick(95.0, cpu=99.0, alerts=[alert], stored_at=1.0, pushed_at=1.0)
    assert stage.tick(61.0).state == "finished"


def test_a_drill_ends_with_the_host_that_it_was_about(stage: Stage) -> None:
    begin(stage)
    fire(stage)
    stage.host.delete()
    stage.elapsed += 1.0
    stage.runner.tick(stage.now)
    assert stage.made[0].ended == 1
    stage.made[0].gone = True
    stage.runner.tick(stage.now)
    assert not stage.runner.busy

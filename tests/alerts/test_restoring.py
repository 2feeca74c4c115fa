"""What a sampler that is restarted, or reads its rules anew, knows again of its alerts and of what waits."""

import pytest

from monitor.alerts import actions
from monitor.alerts.models import Alert, Transition
from monitor.alerts.recording import nobody
from monitor.metrics.times import moment
from monitor.rules.models import Rule
from tests.factories import make_user
from tests.stages.disks import FREED, FULL, UNMOUNTED, Disks
from tests.stages.feed import START

pytestmark = pytest.mark.django_db


def test_a_firing_alert_survives_a_restart_without_a_second_alert(feed):
    feed(31, load1=3.0)
    feed.restart(after_seconds=2)
    feed(100, load1=3.0)
    assert Transition.objects.count() == 1
    assert Alert.objects.get().state == "firing"


def test_waiting_goes_on_after_a_restart(feed):
    feed(20, load1=3.0)
    feed.restart(after_seconds=2)
    feed(11, load1=3.0)
    assert Alert.objects.get().started_at == moment(START + 1000)


def test_recovering_goes_on_after_a_restart(feed):
    feed(31, load1=3.0)
    feed(40, load1=1.0)
    feed.restart(after_seconds=2)
    feed(22, load1=1.0)
    assert Alert.objects.get().state == "resolved"


def test_an_end_that_nobody_saw_says_between_when(feed):
    feed(31, load1=3.0)
    seen = feed.now
    feed.restart(after_seconds=3600)
    feed(1, load1=0.2)
    alert = Alert.objects.get()
    assert not alert.end_observed
    assert (alert.last_seen_at, alert.resolved_at) == (moment(seen), moment(feed.now))


def test_the_mean_of_two_minutes_survives_a_restart(feed):
    feed(120, load1=0.1, cpu_percent=0.0)
    feed(85, load1=0.1, cpu_percent=100.0)
    feed.restart(after_seconds=1)
    feed(7, load1=0.1, cpu_percent=100.0)
    assert Alert.objects.get().rule_name == "CPU"


def test_an_edited_rule_waits_its_time_from_the_edit_on(feed):
    feed(40, load1=1.5)
    Rule.objects.filter(name="Load").update(threshold=0.5, clear_threshold=0.4)
    feed.ingest.reload_rules()
    edited_at = feed.now
    feed(30, load1=1.5)
    assert not Alert.objects.exists()
    feed(1, load1=1.5)
    alert = Alert.objects.get()
    assert alert.threshold == 1.0
    assert alert.started_at > moment(edited_at)


def test_an_untouched_rule_goes_on_waiting_when_another_is_made(feed):
    feed(20, load1=3.0)
    Rule.objects.create(name="Other", metric="load5", threshold=99, clear_threshold=1)
    feed.ingest.reload_rules()
    feed(11, load1=3.0)
    assert Alert.objects.get().started_at == moment(START + 1000)


def test_a_restart_keeps_an_alert_open_whose_disk_is_not_measured(host):
    disks = Disks(host)
    disks(3, FULL)
    disks(10, UNMOUNTED)
    disks.restart()
    disks(60, UNMOUNTED)
    assert (disks.alert.state, disks.changes) == ("firing", ["fired", "unseen"])
    disks.restart()
    disks(5, FREED)
    assert disks.changes == ["fired", "unseen", "seen_again", "ended_unseen"]


def test_a_disk_that_vanished_while_no_sampler_ran_keeps_its_alert_open_too(host):
    disks = Disks(host)
    disks(3, FULL)
    disks.restart()
    disks(60, UNMOUNTED)
    assert (disks.alert.state, disks.changes) == ("firing", ["fired", "unseen"])


def test_what_a_person_ended_does_not_stand_again_after_a_restart(host):
    disks = Disks(host)
    disks(3, FULL)
    disks(10, UNMOUNTED)
    actions.end(disks.alert, make_user("ann", ["acknowledge_alert"]), "", moment(disks.now), nobody)
    disks.restart()
    disks(10, UNMOUNTED)
    assert Alert.objects.count() == 1

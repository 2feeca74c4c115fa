"""What a load test is held responsible for, and what outlasts it."""

from datetime import timedelta

import pytest

from monitor.alerts.models import Alert
from monitor.ingest.door import Door
from monitor.loadtests import drills
from monitor.loadtests.attribution import tell_outlasting
from monitor.metrics.times import moment
from monitor.notifications import composing, outbox
from monitor.notifications.models import Notification
from monitor.rules.models import Rule
from tests.factories import NOW_MS, make_alert, make_load_test, make_receiver, make_rule
from tests.stages.ingest import report

pytestmark = pytest.mark.django_db
SECOND = 1000


def outlasting(host, seconds):
    return tell_outlasting(host, moment(NOW_MS + seconds * SECOND), outbox.enqueue)


def stands(host, **fields):
    """An alert of a load test that ended now, its first message told to the receiver of drills."""
    rule = make_rule()
    fields = {"rule": rule, "rule_name": rule.name, "window_seconds": 120, "is_test": True} | fields
    make_load_test(host, "finished", NOW_MS - 120 * SECOND, ended_at=moment(NOW_MS))
    return make_alert(host, NOW_MS - 20 * SECOND, **fields)


@pytest.mark.parametrize(
    ("kind", "metric", "marked"),
    [("cpu", "cpu_percent", True), ("cpu", "load1", True), ("cpu", "disk_fullest_percent", False),
     ("cpu", "pressure_io_full_percent", False), ("io", "pressure_io_full_percent", True), ("io", "load1", True),
     ("io", "memory_available_percent", False), ("io", "disk_fullest_percent", False)],
)  # fmt: skip
def test_only_what_a_load_test_drives_is_its_doing(host, kind, metric, marked):
    Rule.objects.all().delete()
    make_receiver()
    make_rule(metric=metric, threshold=50.0, clear_threshold=50.0)
    make_load_test(host, kind=kind, started_ms=0)
    Door(host, lambda event: None, 1.0).accept(report(60, **{metric: 95.0}))
    assert Alert.objects.get().is_test is marked
    assert Notification.objects.exists() is not marked


def test_what_still_fires_after_the_load_test_and_its_echo_is_told_to_everybody(host):
    make_receiver("sleeper")
    make_receiver("drill", wants_drills=True)
    alert = stands(host)
    assert outlasting(host, 179) == []
    assert outlasting(host, 181) == [alert]
    assert outlasting(host, 191) == []
    alert.refresh_from_db()
    assert not alert.is_test
    assert list(alert.transitions.values_list("change", "value")) == [("outlasted", 80.0)]
    assert sorted(Notification.objects.values_list("receiver_name", "kind")) == [
        ("drill", "fired"),
        ("sleeper", "fired"),
    ]


@pytest.mark.parametrize("fields", [{"state": "recovering"}, {"resolved_at": moment(NOW_MS)}])
def test_what_calms_down_after_the_load_test_stays_its_doing(host, fields):
    stands(host, **fields)
    assert outlasting(host, 1000) == []


def test_a_load_average_is_given_the_time_that_it_takes_to_fall(host):
    stands(host, metric="load15", window_seconds=0)
    assert outlasting(host, 959) == []
    assert len(outlasting(host, 961)) == 1


def test_a_load_test_of_another_kind_does_not_keep_an_alert_its_doing(host):
    stands(host)
    make_load_test(host, kind="io", started_ms=NOW_MS)
    assert len(outlasting(host, 181)) == 1


def test_who_has_yet_to_get_the_first_message_gets_one_and_not_two(host):
    receiver = make_receiver(wants_drills=True)
    alert = stands(host)
    fired = alert.transitions.create(at=alert.fired_at, change="fired", value=80.0, severity="warning")
    Notification.objects.create(
        key="first", alert=alert, transition=fired, receiver=receiver, kind="fired", severity="warning",
        created_at=alert.fired_at, next_attempt_at=alert.fired_at,
    )  # fmt: skip
    assert outlasting(host, 181) == [alert]
    assert Notification.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_sampler_tells_it_after_a_restart_too(host):
    make_receiver()
    stands(host)
    events = []
    door = Door(host, events.append, 1.0)
    door.accept(report((NOW_MS + 200 * SECOND) // SECOND, cpu_percent=90.0))
    assert Notification.objects.get().kind == "fired"
    assert "live.alerts" in {event["type"] for event in events}


def test_the_recovery_of_what_outlasted_goes_to_whom_it_was_told(host):
    make_receiver("sleeper")
    alert = stands(host)
    outlasting(host, 181)
    alert.refresh_from_db()
    alert.state, alert.resolved_at = "resolved", moment(NOW_MS) + timedelta(hours=1)
    alert.save()
    outbox.enqueue(alert, alert.transitions.create(at=alert.resolved_at, change="resolved", value=10.0))
    assert list(Notification.objects.values_list("kind", flat=True)) == ["fired", "resolved"]


def test_the_message_says_that_it_is_no_drill_any_more(host):
    make_receiver(minimum_severity="info")
    stands(host)
    outlasting(host, 181)
    told = composing.message(Notification.objects.get())
    assert told.subject.startswith("[warning] db-01: CPU busy 80 %")
    assert "The load test is over and it still fires" in told.text


def test_a_drill_of_what_a_load_test_does_not_drive_is_refused(host):
    with pytest.raises(drills.Unfit, match=r"does not drive what Disk full judges \(Fullest"):
        drills.plan(host, "cpu", 2, drills.Wanted(rule="Disk full"))


def test_the_timeline_shows_it(host, client, settings):
    settings.LOADMON_PUBLIC = "yes"
    alert = stands(host)
    outlasting(host, 181)
    page = client.get(f"/alerts/{alert.pk}/").content.decode()
    assert "Went on after the load test: no test any more" in page

"""Who is told of which change, once each."""

import pytest
from django.db import transaction
from django.utils.crypto import salted_hmac

from monitor.alerts.models import Change
from monitor.alerts.recording import write
from monitor.hosts.models import SYNTHETIC
from monitor.ingest.door import Door
from monitor.metrics.reading import Reading
from monitor.metrics.report import Report
from monitor.notifications import outbox
from monitor.notifications.models import Notification
from monitor.notifications.outbox.enqueueing import KINDS
from monitor.notifications.outbox.rows import key
from monitor.rules.models import Rule
from tests.factories import make_alert, make_host, make_receiver, make_rule
from tests.stages.outbox import NOON, REFUSED, after, fates

pytestmark = pytest.mark.django_db


def test_of_every_change_it_is_decided_whether_and_how_it_is_told():
    assert list(KINDS) == list(Change)


def test_an_alert_is_told_when_it_fires_and_when_it_recovers(stage):
    make_receiver()
    stage.fire()
    assert stage.deliver(NOON) == [("ops", "fired")]
    stage.change("recovering", after(minutes=1))
    stage.change("relapsed", after(minutes=2))
    assert stage.deliver(after(minutes=2)) == []
    stage.resolve(after(minutes=3))
    assert stage.deliver(after(minutes=3)) == [("ops", "resolved")]


@pytest.mark.parametrize("change", ["resolved", "ended_unseen", "rule_gone"])
def test_every_end_is_told_as_a_recovery(stage, change):
    make_receiver()
    stage.fire()
    stage.deliver(NOON)
    stage.resolve(after(minutes=3), change)
    assert stage.deliver(after(minutes=3)) == [("ops", "resolved")]


def test_a_message_is_written_in_the_transaction_of_its_change(stage):
    make_receiver()
    stage.fire()
    with transaction.atomic():
        stage.resolve(after(minutes=1))
        transaction.set_rollback(True)
    assert fates() == [("fired", "pending")]


def test_the_door_puts_messages_into_the_outbox_with_the_sample():
    Rule.objects.all().delete()
    make_receiver()
    make_rule(threshold=50.0, clear_threshold=50.0, hold_seconds=0)
    ingest = Door(make_host(), lambda event: None, 1.0)
    for second, value in enumerate((90.0, 10.0, 10.0)):
        ingest.accept(Report(Reading(1_760_000_000_000 + second * 1000, 1.0, 0.0, {"cpu_percent": value})))
    assert fates() == [("fired", "pending"), ("resolved", "pending")]


@pytest.mark.parametrize(
    ("minimum", "severity", "told"),
    [("info", "info", True), ("warning", "info", False), ("warning", "warning", True), ("warning", "critical", True),
     ("critical", "warning", False), ("critical", "critical", True)],
)  # fmt: skip
def test_a_receiver_hears_of_its_severity_and_worse(stage, minimum, severity, told):
    make_receiver(minimum_severity=minimum)
    stage.fire(severity=severity)
    assert bool(stage.deliver(NOON)) is told


def test_a_receiver_of_critical_alerts_hears_first_of_the_escalation_and_then_of_the_end(stage):
    make_receiver(minimum_severity="critical")
    stage.fire()
    assert stage.deliver(NOON) == []
    stage.escalate(after(minutes=1))
    assert stage.deliver(after(minutes=1)) == [("ops", "escalated")]
    stage.step_down(after(minutes=2))
    stage.resolve(after(minutes=3))
    assert stage.deliver(after(minutes=3)) == [("ops", "resolved")]


def test_who_never_heard_of_an_alert_does_not_hear_of_its_end(stage):
    make_receiver(minimum_severity="critical")
    stage.fire()
    stage.resolve(after(minutes=1))
    assert not Notification.objects.exists()


def test_an_alert_that_is_critical_at_once_is_one_message(stage):
    make_receiver()
    stage.fire()
    stage.escalate(NOON)
    assert stage.deliver(NOON) == [("ops", "fired")]
    assert Notification.objects.get().severity == "critical"


def test_an_escalation_is_told_but_not_again_and_again(stage):
    make_receiver()
    stage.fire()
    for minute in (1, 3, 5):
        stage.escalate(after(minutes=minute))
        stage.step_down(after(minutes=minute + 1))
    stage.escalate(after(minutes=40))
    assert stage.deliver(after(minutes=40)) == [("ops", "fired"), ("ops", "escalated"), ("ops", "escalated")]
    assert fates().count(("escalated", "dropped")) == 2


def test_an_escalation_is_told_though_one_was_told_by_a_clock_that_was_set_back_since(stage):
    make_receiver()
    stage.fire()
    stage.escalate(after(days=1))
    stage.deliver(after(days=1))
    stage.step_down(after(minutes=1))
    stage.escalate(after(minutes=2))
    assert stage.deliver(after(minutes=2)) == [("ops", "escalated")]


def test_the_next_alert_that_becomes_critical_is_told_however_soon(stage):
    make_receiver(minimum_severity="critical")
    stage.fire()
    stage.escalate(after(minutes=1))
    assert stage.deliver(after(minutes=1)) == [("ops", "escalated")]
    stage.resolve(after(minutes=5))
    assert stage.deliver(after(minutes=5)) == [("ops", "resolved")]
    stage.fire(after(minutes=20))
    stage.escalate(after(minutes=22))
    assert stage.deliver(after(minutes=22)) == [("ops", "escalated")]


def test_an_escalation_that_was_refused_does_not_keep_the_next_one_back(stage):
    make_receiver(minimum_severity="critical")
    stage.fire()
    stage.escalate(after(minutes=1))
    stage.deliver(after(minutes=1), REFUSED)
    stage.step_down(after(minutes=5))
    stage.escalate(after(minutes=10))
    assert stage.deliver(after(minutes=10)) == [("ops", "escalated")]


def test_the_escalations_of_a_rule_that_flaps_are_not_told_again_and_again(stage):
    make_receiver(minimum_severity="critical")
    told = []
    for number in range(5):
        at = after(minutes=4 * number)
        stage.fire(at)
        stage.escalate(at)
        told += stage.deliver(at)
        stage.resolve(after(minutes=4 * number + 2))
        told += stage.deliver(after(minutes=4 * number + 2))
    stage.fire(after(minutes=20))
    stage.escalate(after(minutes=20))
    told += stage.deliver(after(minutes=20))
    kinds = [kind for _, kind in told]
    assert kinds == ["escalated", "resolved", "escalated", "flapping"]
    assert stage.deliver(after(minutes=60)) == [("ops", "digest")]


def test_a_receiver_may_choose_its_rules(stage):
    other = make_rule("Another")
    make_receiver("all")
    make_receiver("this").rules.add(stage.rule)
    make_receiver("that").rules.add(other)
    make_receiver("both").rules.add(stage.rule, other)
    stage.fire()
    assert sorted(stage.deliver(NOON)) == [("all", "fired"), ("both", "fired"), ("this", "fired")]


@pytest.mark.parametrize("together", [False, True])
def test_a_receiver_of_one_rule_hears_of_nothing_once_that_is_deleted(stage, together):
    other = make_rule("Another")
    make_receiver().rules.add(other)
    if together:
        Rule.objects.filter(name="Another").delete()
    else:
        other.delete()
    stage.fire()
    assert not Notification.objects.exists()


def test_a_receiver_that_is_switched_off_is_not_told(stage):
    make_receiver(enabled=False)
    stage.fire()
    assert not Notification.objects.exists()


def test_a_drill_is_told_only_to_those_who_want_drills(stage):
    make_receiver("sleeper")
    make_receiver("drill", wants_drills=True)
    stage.fire(is_test=True)
    stage.resolve(after(minutes=1))
    assert stage.deliver(after(minutes=1)) == [("drill", "fired"), ("drill", "resolved")]


def test_a_real_alert_is_told_to_those_who_want_drills_too(stage):
    make_receiver(wants_drills=True)
    stage.fire()
    assert stage.deliver(NOON) == [("ops", "fired")]


def test_nobody_is_told_of_a_synthetic_host(stage):
    make_receiver()
    stage.host = make_host("demo", cores_reason=SYNTHETIC)
    stage.fire()
    assert not Notification.objects.exists()


def test_a_recovery_is_not_told_where_the_first_message_was_refused(stage):
    make_receiver()
    stage.fire()
    stage.deliver(NOON, REFUSED)
    stage.resolve(after(minutes=1))
    assert stage.deliver(after(minutes=1)) == []
    assert fates() == [("fired", "failed"), ("resolved", "dropped")]


def test_a_change_that_is_put_in_twice_is_one_message(stage):
    make_receiver()
    alert = stage.fire()
    outbox.enqueue(alert, alert.transitions.get())
    assert Notification.objects.count() == 1


def test_keys_differ_between_receivers_changes_alerts_and_installations(stage, settings):
    make_receiver("a")
    make_receiver("b")
    stage.fire()
    stage.resolve(after(minutes=1))
    stage.fire(after(minutes=50))
    settings.SECRET_KEY = "of another installation"
    stage.resolve(after(minutes=51))
    keys = list(Notification.objects.values_list("key", flat=True))
    assert len(set(keys)) == len(keys) == 8
    assert len({key.partition("-")[0] for key in keys}) == 2
    assert "of another" not in "".join(keys)


def test_the_end_of_an_alert_whose_rule_was_deleted_is_told(stage):
    make_receiver()
    stage.fire()
    stage.deliver(NOON)
    stage.rule.delete()
    stage.alert.refresh_from_db()
    stage.resolve(after(minutes=1), "rule_gone")
    assert stage.deliver(after(minutes=1)) == [("ops", "resolved")]


def test_what_people_do_is_not_told(stage):
    make_receiver()
    alert = make_alert(stage.host, rule=stage.rule)
    for change in (Change.ACKNOWLEDGED, Change.NOTE, Change.STEPPED_DOWN):
        write(alert, change, NOON, outbox.enqueue, severity="")
    assert not Notification.objects.exists()


def test_the_key_of_a_message_is_what_it_was_before_the_outbox_moved(stage) -> None:
    """It is stored and sent: another one would let an upgrade tell the same twice."""
    alert, receiver = make_alert(make_host("other")), make_receiver("other")
    salted = salted_hmac("monitor.outbox", "installation", algorithm="sha256").hexdigest()
    assert key(alert, "fired1", receiver).startswith(f"{salted[:16]}-{alert.pk}.")

"""What time does to messages: silences and repeats."""

from datetime import timedelta

import pytest

from monitor.notifications import outbox, silences
from monitor.notifications.models import Notification
from monitor.notifications.outbox.rows import put
from tests.factories import make_receiver
from tests.stages.outbox import BUSY, NOON, REFUSED, Stage, after, fates, reasons

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


# Silences


def test_what_still_fires_when_a_silence_ends_is_told_then(stage, receiver):
    silences.create(None, NOON, rule=stage.rule, ends_at=NOON + HOUR, note="known")
    stage.fire()
    assert stage.deliver(after(minutes=59)) == []
    assert fates() == [("fired", "held")]
    assert reasons() == ["A silence holds it back until 2026-03-04 13:00 UTC: known"]
    assert stage.deliver(after(hours=1)) == [("ops", "fired")]
    told = Notification.objects.get()
    assert (told.reason, told.held_back) == (
        "",
        "A silence held it back until 2026-03-04 13:00:00 UTC: known",
    )


def test_what_came_and_went_in_a_silence_is_never_told(stage, receiver):
    silences.start_maintenance(None, NOON)
    stage.fire()
    stage.resolve(after(minutes=30))
    assert stage.deliver(after(minutes=31)) == []
    assert stage.deliver(after(hours=1)) == []
    assert fates() == [("fired", "dropped"), ("resolved", "dropped")]
    assert reasons()[0] == "It recovered while the silence held it back."


def test_the_end_of_what_was_told_before_a_silence_is_told_after_it(stage, receiver):
    stage.fire()
    stage.deliver(NOON)
    silences.create(None, after(minutes=5), ends_at=after(hours=1))
    stage.resolve(after(minutes=30))
    assert stage.deliver(after(minutes=31)) == []
    assert stage.deliver(after(hours=1)) == [("ops", "resolved")]


def test_of_several_messages_that_a_silence_held_back_the_newest_is_told(stage, receiver):
    silences.create(None, NOON, ends_at=NOON + HOUR)
    stage.fire()
    stage.escalate(after(minutes=5))
    assert stage.deliver(after(hours=1)) == [("ops", "escalated")]
    assert fates() == [("fired", "dropped"), ("escalated", "sent")]
    stage.resolve(after(hours=2))
    assert stage.deliver(after(hours=2)) == [("ops", "resolved")]


def test_after_a_silence_no_severity_is_told_that_is_past(stage, receiver):
    make_receiver("pager", minimum_severity="critical")
    silences.create(None, NOON, ends_at=NOON + HOUR)
    stage.fire()
    stage.escalate(after(minutes=5))
    stage.step_down(after(minutes=20))
    assert stage.deliver(after(hours=1)) == [("ops", "fired")]
    assert Notification.objects.get(state="sent").severity == "warning"
    assert reasons() == ["It has stepped down while the silence held it back."] * 2


def test_an_alert_that_was_critical_at_once_is_told_after_a_silence_as_what_it_is(stage, receiver):
    make_receiver("pager", minimum_severity="critical")
    silences.create(None, NOON, ends_at=NOON + HOUR)
    stage.fire(severity="critical")
    stage.step_down(after(minutes=20))
    assert stage.deliver(after(hours=1)) == [("ops", "fired")]
    assert Notification.objects.get(state="sent").severity == "warning"


def test_an_escalation_that_a_silence_held_back_until_it_was_over_is_told_when_it_comes_again(
    stage, receiver
):
    stage.fire()
    stage.deliver(NOON)
    silences.create(None, after(minutes=1), ends_at=NOON + HOUR)
    stage.escalate(after(minutes=50))
    stage.step_down(after(minutes=55))
    assert stage.deliver(after(hours=1)) == []
    stage.escalate(after(minutes=65))
    assert stage.deliver(after(minutes=65)) == [("ops", "escalated")]


def test_a_silence_that_begins_holds_back_what_waits_for_another_try(stage, receiver):
    stage.fire()
    stage.deliver(NOON, BUSY)
    silences.create(None, after(seconds=5), ends_at=after(hours=1))
    assert stage.deliver(after(minutes=30)) == []
    assert fates() == [("fired", "held")]
    assert stage.deliver(after(hours=1)) == [("ops", "fired")]


def test_a_silence_that_is_ended_early_lets_go_at_once(stage, receiver):
    silence = silences.create(None, NOON - HOUR, ends_at=NOON + HOUR)
    stage.fire()
    silences.end(silence, after(minutes=10))
    assert stage.deliver(after(minutes=10)) == [("ops", "fired")]


def test_a_silence_of_another_rule_or_host_holds_nothing_back(stage, receiver):
    other = Stage("Another", "db-02")
    silences.create(None, NOON, rule=other.rule, ends_at=NOON + HOUR)
    silences.create(None, NOON, host=other.host, ends_at=NOON + HOUR)
    stage.fire()
    assert stage.deliver(NOON) == [("ops", "fired")]


# Repeats


def test_an_alert_that_stands_is_told_again_every_four_hours(stage, receiver):
    stage.fire()
    stage.deliver(NOON)
    assert stage.deliver(after(hours=3, minutes=59)) == []
    assert stage.deliver(after(hours=4)) == [("ops", "repeat")]
    assert stage.deliver(after(hours=7, minutes=59)) == []
    assert stage.deliver(after(hours=8)) == [("ops", "repeat")]
    stage.resolve(after(hours=9))
    assert stage.deliver(after(hours=13)) == [("ops", "resolved")]


def test_each_receiver_has_its_own_patience(stage):
    make_receiver("eager", repeat_hours=1)
    make_receiver("never", repeat_hours=0)
    stage.fire()
    assert len(stage.deliver(NOON)) == 2
    assert stage.deliver(after(hours=1)) == [("eager", "repeat")]
    assert stage.deliver(after(hours=30)) == [("eager", "repeat")]


def test_an_acknowledged_alert_is_not_told_again_but_its_end_is(stage, receiver):
    stage.fire()
    stage.deliver(NOON)
    stage.acknowledge(after(hours=1))
    assert stage.deliver(after(hours=5)) == []
    stage.resolve(after(hours=6))
    assert stage.deliver(after(hours=6)) == [("ops", "resolved")]


def test_an_acknowledgement_overtakes_a_repeat_that_waits(stage, receiver):
    stage.fire()
    stage.deliver(NOON)
    assert stage.deliver(after(hours=4), BUSY) == [("ops", "repeat")]
    stage.acknowledge(after(hours=4, seconds=5))
    assert stage.deliver(after(hours=5)) == []
    assert fates()[-1] == ("repeat", "dropped")


def test_a_repeat_is_not_told_of_what_recovered_meanwhile(stage, receiver):
    stage.fire()
    stage.deliver(NOON)
    stage.deliver(after(hours=4), BUSY)
    stage.resolve(after(hours=4, seconds=5))
    assert stage.deliver(after(hours=5)) == [("ops", "resolved")]


def test_nothing_is_repeated_in_a_silence(stage, receiver):
    stage.fire()
    stage.deliver(NOON)
    silences.create(None, after(hours=3), ends_at=after(hours=6))
    assert stage.deliver(after(hours=5)) == []
    assert Notification.objects.count() == 1
    assert stage.deliver(after(hours=6)) == [("ops", "repeat")]


def test_a_receiver_that_was_mended_hears_of_what_still_fires_with_the_next_repeat(stage, receiver):
    stage.fire()
    stage.deliver(NOON, REFUSED)
    assert stage.deliver(after(hours=4)) == [("ops", "repeat")]
    stage.resolve(after(hours=5))
    assert stage.deliver(after(hours=5)) == [("ops", "resolved")]


def test_two_notifiers_that_see_a_repeat_due_make_one(stage, receiver, monkeypatch):
    stage.fire()
    stage.deliver(NOON)
    told = Notification.objects.get()

    def put_by_the_other_first(*arguments):
        assert put(*arguments)
        return put(*arguments)

    monkeypatch.setattr("monitor.notifications.outbox.tending.put", put_by_the_other_first)
    outbox.tend(after(hours=4))
    assert [row.kind for row in Notification.objects.exclude(pk=told.pk)] == ["repeat"]


def test_what_was_told_by_a_wrong_clock_is_repeated_when_the_clock_was_set_back(stage, receiver):
    day = timedelta(days=1)
    stage.fire(NOON + day)
    stage.deliver(NOON + day)
    assert stage.deliver(NOON) == [("ops", "repeat")]
    assert stage.deliver(NOON - timedelta(minutes=5)) == []

"""Flapping: told once, then silence until it is calm, and then one digest."""

from datetime import timedelta

import pytest

from monitor.notifications import outbox, silences
from monitor.notifications.models import Flapping, Notification, Receiver
from tests.factories import make_receiver
from tests.stages.outbox import NOON, Stage, after, fates

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def flap(stage, changes, start=NOON, step=timedelta(minutes=5)):
    """So many changes, `step` apart; return the time of the last one."""
    for number in range(changes):
        at = start + number * step
        if number % 2:
            stage.resolve(at)
        else:
            stage.fire(at)
    return at


def test_the_fourth_change_in_half_an_hour_is_told_as_flapping_and_then_nothing(stage, receiver):
    last = flap(stage, 9)
    assert stage.deliver(last) == [
        ("ops", "fired"),
        ("ops", "resolved"),
        ("ops", "fired"),
        ("ops", "flapping"),
    ]
    assert fates()[4:] == [("fired", "dropped"), ("resolved", "dropped"), ("fired", "dropped"),
                           ("resolved", "dropped"), ("fired", "dropped")]  # fmt: skip
    assert Flapping.objects.get().changes == 9


def test_when_it_is_calm_one_digest_is_told(stage, receiver):
    last = flap(stage, 8)
    stage.deliver(last)
    assert stage.deliver(last + timedelta(minutes=29)) == []
    assert stage.deliver(last + timedelta(minutes=30)) == [("ops", "digest")]
    flapping = Flapping.objects.get()
    assert (flapping.began_at, flapping.last_change_at, flapping.changes) == (NOON, last, 8)
    assert flapping.ended_at == last + timedelta(minutes=30)
    assert outbox.flapping_of(Notification.objects.last()) == flapping


def test_an_alert_that_stands_when_it_is_calm_is_told_to_have_ended_later(stage, receiver):
    last = flap(stage, 9)
    stage.deliver(last)
    assert stage.deliver(last + HOUR) == [("ops", "digest")]
    stage.resolve(last + 2 * HOUR)
    assert stage.deliver(last + 2 * HOUR) == [("ops", "resolved")]


def test_after_the_calm_single_messages_are_told_again(stage, receiver):
    last = flap(stage, 8)
    stage.deliver(last)
    stage.fire(last + 2 * HOUR)
    assert stage.deliver(last + 2 * HOUR) == [("ops", "digest"), ("ops", "fired")]


def test_flapping_of_a_wrong_clock_ends_when_the_clock_is_set_back(stage, receiver):
    last = flap(stage, 9, NOON + timedelta(days=1))
    stage.deliver(last)
    assert stage.deliver(NOON) == [("ops", "digest")]
    assert outbox.flapping_of(Notification.objects.last()) == Flapping.objects.get()
    stage.resolve(after(minutes=1))
    stage.fire(after(minutes=2))
    assert stage.deliver(after(minutes=2)) == [("ops", "resolved"), ("ops", "fired")]


def test_a_change_after_the_clock_was_set_back_is_told_though_the_rule_flapped_before(stage, receiver):
    last = flap(stage, 8, NOON + timedelta(days=1))
    stage.deliver(last)
    stage.fire(NOON)
    assert stage.deliver(NOON) == [("ops", "digest"), ("ops", "fired")]


def test_three_changes_are_no_flapping(stage, receiver):
    flap(stage, 3)
    assert [kind for _, kind in stage.deliver(after(minutes=10))] == ["fired", "resolved", "fired"]


def test_an_escalation_while_it_flaps_is_told_all_the_same(stage, receiver):
    last = flap(stage, 5)
    stage.deliver(last)
    stage.escalate(last + timedelta(minutes=1))
    assert stage.deliver(last + timedelta(minutes=1)) == [("ops", "escalated")]


def test_two_rules_that_change_by_turns_are_not_one_that_flaps(receiver):
    first, second = Stage("A", "a"), Stage("B", "b")
    for stage in (first, second):
        flap(stage, 3)
    assert not Flapping.objects.exists()


def test_drills_are_no_flapping(stage):
    make_receiver(wants_drills=True)
    for number in range(4):
        stage.fire(after(minutes=2 * number), is_test=True)
        stage.resolve(after(minutes=2 * number + 1))
    assert [kind for _, kind in stage.deliver(after(minutes=10))] == ["fired", "resolved"] * 4


def test_nothing_is_repeated_while_it_flaps(stage, receiver):
    Receiver.objects.update(repeat_hours=0.1)
    last = flap(stage, 5)
    stage.deliver(last)
    assert stage.deliver(last + timedelta(minutes=20)) == []


def test_a_digest_of_what_a_silence_swallowed_is_not_told(stage, receiver):
    silences.create(None, NOON, ends_at=NOON + HOUR)
    last = flap(stage, 8)
    assert stage.deliver(last) == []
    assert stage.deliver(last + 2 * HOUR) == []
    assert {state for _, state in fates()} == {"dropped"}


@pytest.mark.parametrize(
    ("minutes", "changes"), [(16, 5), (16, 8), (24, 5)], ids=["fires", "calm", "fires, after another"]
)
def test_flapping_that_began_in_a_silence_is_told_when_it_ends_and_so_is_the_calm(
    stage, receiver, minutes, changes
):
    silences.create(None, NOON - HOUR, ends_at=after(minutes=minutes))
    told, at = [], NOON
    for number in range(changes):
        at = after(minutes=5 * number)
        (stage.resolve if number % 2 else stage.fire)(at)
        told += stage.deliver(at)
    told += stage.deliver(max(at, after(minutes=minutes)))
    assert told == [("ops", "flapping")]
    assert stage.deliver(at + HOUR) == [("ops", "digest")]


def test_what_stopped_flapping_in_a_silence_but_still_fires_is_told_when_it_ends(stage, receiver):
    silences.create(None, NOON - HOUR, ends_at=after(hours=2))
    last = flap(stage, 5)
    assert stage.deliver(last + HOUR) == []
    assert stage.deliver(after(hours=2)) == [("ops", "digest")]


def test_flapping_is_told_to_two_receivers_once_each_by_two_notifiers(stage):
    make_receiver("a")
    make_receiver("b")
    last = flap(stage, 8)
    stage.deliver(last)
    flapping = Flapping.objects.get()
    outbox.tend(last + HOUR)
    outbox.flaps.calm_down(flapping, last + HOUR, silences.Silences(last + HOUR))
    assert [kind for kind, _ in fates()].count("digest") == 2

"""Claiming and settling: one at a time, in order, tried again, given up."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitor.notifications import outbox
from monitor.notifications.domain.delivery import Answer
from monitor.notifications.models import Attempt, Notification, Receiver
from monitor.notifications.outbox.claiming import LEASE_SECONDS
from tests.factories import make_receiver
from tests.stages.outbox import ACCEPTED, BUSY, NOON, REFUSED, Stage, after, fates

pytestmark = pytest.mark.django_db


def claim(now=NOON, busy=()):
    return outbox.claim(now, busy, 100)[0]


def test_a_message_is_claimed_once(stage, receiver):
    stage.fire()
    [row] = claim()
    assert row.lease
    assert claim() == []


def test_of_two_that_reach_for_the_same_message_one_gets_it(stage, receiver, monkeypatch):
    stage.fire()
    pk = Notification.objects.get().pk
    monkeypatch.setattr("monitor.notifications.outbox.claiming._next", lambda now, busy: [pk])
    stale = Notification.objects.select_related("alert__host").get()
    assert len(claim()) == 1
    assert outbox.claiming._lease(stale, NOON) is False


@pytest.mark.parametrize("answered", [False, True])
def test_what_another_took_between_the_look_and_the_grip_is_left_alone(
    stage, receiver, monkeypatch, answered
):
    stage.fire()
    [row] = claim()
    if answered:
        outbox.settle(row, ACCEPTED, NOON, 0.1, NOON, 1.0)
    monkeypatch.setattr("monitor.notifications.outbox.claiming._next", lambda now, busy: [row.pk])
    assert outbox.claim(NOON, [], 100) == ([], True)
    assert fates() == [("fired", "sent" if answered else "leased")]


PARTLY = Answer(False, "250 queued But refused: bob@x.org: 451 greylisted", told=("ann@x.org",))


def test_a_message_that_some_addresses_have_is_tried_again_for_the_others(stage, receiver):
    stage.fire()
    stage.deliver(NOON, PARTLY)
    row = Notification.objects.get()
    assert (row.state, row.told, row.tries.get().delivered) == ("pending", "ann@x.org", False)
    assert Receiver.objects.get().failing_since is None
    stage.deliver(after(minutes=1), BUSY)
    assert Notification.objects.get().told == "ann@x.org"
    assert stage.deliver(after(minutes=5)) == [("ops", "fired")]
    assert fates() == [("fired", "sent")]


@pytest.mark.parametrize("answer", [BUSY, Answer(False, "451 greylisted", retry_after=300.0)])
def test_a_receiver_of_which_some_addresses_have_the_message_is_not_failing(stage, receiver, answer):
    stage.fire()
    stage.deliver(NOON, PARTLY)
    stage.deliver(after(minutes=1), answer)
    receiver.refresh_from_db()
    assert (receiver.delivered_at, receiver.failing_since, receiver.failure) == (NOON, None, "")


@pytest.mark.parametrize("answer", [REFUSED, BUSY])
def test_what_some_addresses_have_counts_as_sent_where_the_others_cannot_get_it(stage, receiver, answer):
    stage.fire()
    stage.deliver(NOON, PARTLY)
    stage.deliver(after(hours=2), answer)
    row = Notification.objects.get()
    assert (row.state, row.reason) == ("sent", answer.text)


def test_the_next_message_does_not_wait_long_for_single_addresses(stage, receiver):
    stage.fire()
    stage.deliver(NOON, PARTLY)
    stage.resolve(after(minutes=1))
    stage.deliver(after(minutes=1), PARTLY)
    assert fates()[0] == ("fired", "sent")


def test_who_has_the_first_message_hears_that_it_recovered_whatever_became_of_the_others(stage, receiver):
    stage.fire()
    stage.deliver(NOON, PARTLY)
    Notification.objects.update(state="dropped", settled_at=NOON)
    stage.resolve(after(minutes=1))
    assert stage.deliver(after(minutes=1)) == [("ops", "resolved")]


def test_a_lease_that_ran_out_can_be_claimed_by_another(stage, receiver):
    stage.fire()
    [lost] = claim()
    late = NOON + timedelta(seconds=LEASE_SECONDS)
    assert claim(late - timedelta(seconds=1)) == []
    [row] = claim(late)
    assert row.key == lost.key
    assert not outbox.settle(lost, BUSY, NOON, 0.1, late, 1.0)
    assert fates() == [("fired", "leased")]
    assert outbox.settle(row, ACCEPTED, late, 0.1, late, 1.0)
    assert fates() == [("fired", "sent")]
    assert Attempt.objects.count() == 2


def test_an_answer_that_comes_late_counts_where_nobody_else_took_the_message(stage, receiver):
    stage.fire()
    [row] = claim()
    late = after(minutes=5)
    assert outbox.settle(row, ACCEPTED, NOON, 300.0, late, 1.0)
    assert claim(late) == []


def test_later_messages_of_an_alert_wait_for_the_earlier_ones(stage, receiver):
    stage.fire()
    stage.resolve(after(minutes=1))
    [first] = claim(after(minutes=1))
    assert first.kind == "fired"
    assert claim(after(minutes=1)) == []
    outbox.settle(first, BUSY, after(minutes=1), 0.1, after(minutes=1), 1.0)
    assert claim(after(minutes=1, seconds=5)) == []
    assert stage.deliver(after(minutes=2)) == [("ops", "fired"), ("ops", "resolved")]


def test_one_alert_that_waits_does_not_hold_up_another(receiver):
    first, second = Stage("A", "a"), Stage("B", "b")
    first.fire()
    [row] = claim()
    outbox.settle(row, BUSY, NOON, 0.1, NOON, 1.0)
    second.fire()
    assert [row.alert_id for row in claim()] == [second.alert.pk]


def test_each_free_receiver_gets_one_message_at_a_time():
    a, b = make_receiver("a"), make_receiver("b")
    Stage("A", "a").fire()
    Stage("B", "b").fire()
    assert sorted(row.receiver_name for row in claim()) == ["a", "b"]
    assert sorted(row.receiver_name for row in claim(busy=[a.pk])) == ["b"]
    assert claim(busy=[a.pk, b.pk]) == []


def test_the_waits_between_tries_grow_and_each_try_is_on_record(stage, receiver):
    stage.fire()
    now, waits = NOON, []
    for _ in range(4):
        [row] = claim(now)
        outbox.settle(row, BUSY, now, 0.25, now, 1.0)
        row.refresh_from_db()
        waits.append((row.next_attempt_at - now).total_seconds())
        now = row.next_attempt_at
    assert waits == [10, 60, 120, 240]
    assert (
        list(Attempt.objects.values_list("answer", "duration_ms", "delivered"))
        == [("HTTP 503", 250, False)] * 4
    )
    assert row.attempts == 4


def test_a_message_is_given_up_a_day_after_its_first_try_not_after_it_was_written(stage, receiver):
    stage.fire()
    first = after(hours=30)  # no notifier ran before
    [row] = claim(first)
    outbox.settle(row, BUSY, first, 0.1, first, 1.0)
    for hours in range(1, 25):
        assert fates() == [("fired", "pending")]
        last = first + timedelta(hours=hours)
        [row] = claim(last)
        outbox.settle(row, BUSY, last, 0.1, last, 1.0)
    assert fates() == [("fired", "expired")]
    assert "HTTP 503" in Notification.objects.get().reason


def test_a_clock_that_is_set_forward_gives_nothing_up(stage, receiver):
    stage.fire()
    stage.deliver(NOON, BUSY)
    assert stage.deliver(after(hours=25), BUSY) == [("ops", "fired")]
    assert fates() == [("fired", "pending")]


def test_a_lease_of_the_time_before_the_clock_was_set_back_runs_out_all_the_same(stage, receiver):
    stage.fire()
    claim(after(hours=5))
    assert stage.deliver(NOON) == []
    assert stage.deliver(after(seconds=LEASE_SECONDS)) == [("ops", "fired")]


def test_a_wait_of_the_time_before_the_clock_was_set_back_is_cut_short(stage, receiver):
    stage.fire()
    stage.deliver(after(hours=5), BUSY)
    assert stage.deliver(NOON) == [("ops", "fired")]


def test_when_the_clock_is_set_back_leases_are_cut_to_their_length(stage, receiver):
    stage.fire()
    claim(after(minutes=1))
    outbox.hasten(NOON)
    assert len(claim(after(seconds=LEASE_SECONDS))) == 1


def test_a_refusal_for_good_is_not_tried_again(stage, receiver):
    stage.fire()
    assert len(stage.deliver(NOON, REFUSED)) == 1
    assert stage.deliver(after(hours=3)) == []
    assert fates() == [("fired", "failed")]


def test_a_receiver_that_asks_for_patience_gets_it_for_all_that_waits(receiver):
    Stage("A", "a").fire()
    Stage("B", "b").fire()
    [row] = claim()
    outbox.settle(row, Answer(False, "HTTP 429", retry_after=300.0), NOON, 0.1, NOON, 1.0)
    assert claim(after(seconds=299)) == []
    assert len(claim(after(seconds=300))) == 1


def test_a_receiver_tells_since_when_it_fails_until_it_takes_a_message_again(stage, receiver):
    stage.fire()
    stage.deliver(NOON, BUSY)
    stage.deliver(after(minutes=1), BUSY)
    receiver.refresh_from_db()
    assert (receiver.failing_since, receiver.failure, receiver.delivered_at) == (NOON, "HTTP 503", None)
    stage.deliver(after(minutes=5))
    receiver.refresh_from_db()
    assert (receiver.failing_since, receiver.failure, receiver.delivered_at) == (None, "", after(minutes=5))


def test_a_message_that_is_given_back_can_be_taken_at_once(stage, receiver):
    stage.fire()
    [row] = claim()
    outbox.release(row, NOON)
    assert [again.key for again in claim()] == [row.key]


def test_giving_back_what_another_has_taken_changes_nothing(stage, receiver):
    stage.fire()
    [lost] = claim()
    [row] = claim(after(minutes=2))
    outbox.release(lost, after(minutes=2))
    assert Notification.objects.get().lease == row.lease


def test_the_messages_of_a_receiver_that_is_deleted_or_switched_off_are_dropped(stage, receiver):
    other = make_receiver("other")
    stage.fire()
    receiver.delete()
    Receiver.objects.filter(pk=other.pk).update(enabled=False)
    assert stage.deliver(NOON) == []
    told = dict(Notification.objects.values_list("receiver_name", "reason"))
    assert told == {"ops": "Its receiver was deleted.", "other": "Its receiver was switched off."}
    assert set(fates()) == {("fired", "dropped")}


def test_the_queue_is_read_by_its_index_not_by_walking_all_that_was_ever_sent(stage, receiver):
    if connection.vendor != "sqlite":
        pytest.skip("reads SQLite's plan")
    with CaptureQueriesContext(connection) as queries:
        outbox.claim(NOON, [], 100)
        outbox.tend(NOON)
    with connection.cursor() as cursor:
        plans = [
            str(cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}").fetchall())
            for query in queries
            if "monitor_notification" in query["sql"]
        ]
    assert plans
    assert all("notification_unsettled" in plan for plan in plans)

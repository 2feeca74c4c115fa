"""The heartbeat: what counts as trouble, and what is told of an answer."""

from datetime import timedelta

import pytest

from monitor.notifications import heartbeat
from monitor.notifications.models import Attempt, Notification, Notifier
from tests.factories import make_receiver, make_samples

pytestmark = pytest.mark.django_db


def test_all_is_well_with_fresh_samples_and_nothing_overdue(well):
    assert heartbeat.trouble(well) == ""


def test_old_samples_are_trouble(well):
    later = well + timedelta(minutes=1)
    assert "newest sample" in heartbeat.trouble(later)


def test_a_sampler_that_died_after_the_clock_was_set_back_is_trouble_at_once(stage, well):
    now_ms = int(well.timestamp() * 1000)
    make_samples(stage.host, 3, end_ms=now_ms + 3_600_000)  # by the clock that was wrong
    make_samples(stage.host, 1, end_ms=now_ms + 500)
    assert heartbeat.trouble(well) == ""
    assert "newest sample" in heartbeat.trouble(well + timedelta(minutes=1))


def test_a_sampler_that_died_just_when_the_clock_was_set_back_is_trouble(stage, well):
    make_samples(stage.host, 3, end_ms=int(well.timestamp() * 1000) + 3_600_000)
    assert "newest sample" in heartbeat.trouble(well)


def test_a_machine_that_was_never_sampled_is_trouble(well, settings):
    settings.LOADMON_HOST_NAME = "another"
    assert "Nothing has been sampled" in heartbeat.trouble(well)


def test_a_database_that_takes_no_rows_is_trouble(well):
    Notifier.objects.update(seen_at=well - timedelta(minutes=5))
    assert heartbeat.trouble(well) == "The database takes no rows."


def test_rows_that_were_taken_before_the_clock_was_set_back_are_no_proof(well):
    Notifier.objects.update(seen_at=well + timedelta(hours=1))
    assert heartbeat.trouble(well) == "The database takes no rows."


def test_a_message_that_waits_for_more_than_an_hour_is_trouble_but_a_silence_is_none(stage, well):
    make_receiver()
    stage.fire(well - timedelta(minutes=61))
    assert "more than an hour: 1" in heartbeat.trouble(well)
    Notification.objects.update(state="held")
    assert heartbeat.trouble(well) == ""


def tried(stage, now, *minutes_ago):
    """A message that was tried so many minutes ago, by the clock of today."""
    make_receiver()
    stage.fire(now - timedelta(minutes=max(minutes_ago)))
    Notification.objects.update(attempts=len(minutes_ago))
    for ago in minutes_ago:
        started = now - timedelta(minutes=ago)
        Attempt.objects.create(
            notification=Notification.objects.get(),
            started_at=started,
            duration_ms=100,
            delivered=False,
            answer="503",
        )


def test_a_message_that_was_tried_for_an_hour_is_trouble(stage, well):
    tried(stage, well, 64, 63, 62, 60, 56, 48, 32)
    assert "more than an hour: 1" in heartbeat.trouble(well, 60.0)


@pytest.mark.parametrize("minutes", [60, 24 * 60, 3 * 24 * 60])
def test_a_clock_that_was_set_forward_lets_no_message_wait_for_an_hour(stage, well, minutes):
    tried(stage, well, minutes + 2, minutes + 1)
    assert heartbeat.trouble(well, 60.0) == ""
    Notification.objects.update(attempts=0)
    Attempt.objects.all().delete()
    assert heartbeat.trouble(well, 60.0) == ""
    assert "more than an hour: 1" in heartbeat.trouble(well, 3601.0)


def test_right_after_the_clock_was_set_nobody_can_tell():
    assert heartbeat.is_unclear(10.0)
    assert not heartbeat.is_unclear(60.0)


def test_a_heartbeat_that_is_not_answered_says_so_without_the_url():
    told = heartbeat.ping("http://127.0.0.1:9/secret")
    assert told == "No answer: ConnectionRefusedError."

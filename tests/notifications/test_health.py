"""What keeps people from being told: on the first paint and in the status frame."""

from datetime import timedelta

import pytest

from monitor.metrics.times import moment
from monitor.notifications import health
from monitor.notifications.models import Notifier, Receiver, Silence
from monitor.web.dashboard import status
from tests.factories import NOW_MS, make_host, make_rule

pytestmark = pytest.mark.django_db
NOW = moment(NOW_MS)
HOUR = timedelta(hours=1)


def test_without_silences_and_trouble_there_is_nothing_to_tell() -> None:
    empty = {"count": 0, "until_at": None, "standing": []}
    assert health.facts(NOW) == {"silences": empty, "receivers": [], "no_notifier": False}


@pytest.mark.parametrize(
    ("seconds", "missing"), [(None, True), (61, True), (59, False), (-5, False), (-6, True)]
)
def test_receivers_without_a_notifier_are_told(seconds, missing) -> None:
    Receiver.objects.create(name="ops", kind="email")
    if seconds is not None:
        Notifier.objects.create(seen_at=NOW - timedelta(seconds=seconds))
    assert status.status_frame(make_host(), NOW_MS, None)["no_notifier"] is missing


def test_a_sign_of_life_of_a_time_to_come_is_none() -> None:
    """The clock was set back since, and the notifier may have died since."""
    Notifier.objects.create(seen_at=NOW + HOUR)
    assert not health.is_notifier_alive(NOW)


def test_who_has_no_receiver_that_is_on_needs_no_notifier() -> None:
    Receiver.objects.create(name="off", kind="email", enabled=False)
    assert health.facts(NOW)["no_notifier"] is False


def test_silences_that_stand_are_told_with_what_they_hold_back_and_until_when() -> None:
    rule = make_rule("Busy")
    one = Silence.objects.create(rule=rule, starts_at=NOW - HOUR, ends_at=NOW + HOUR)
    all_of_it = Silence.objects.create(starts_at=NOW, ends_at=NOW + 2 * HOUR, maintenance=True)
    Silence.objects.create(starts_at=NOW - HOUR, ends_at=NOW)  # over
    Silence.objects.create(starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)  # still to come
    found = health.facts(NOW)["silences"]
    assert (found["count"], found["until_at"]) == (2, NOW_MS + 7_200_000)
    assert {(row["id"], row["rule"], row["maintenance"]) for row in found["standing"]} == {
        (one.pk, "Busy", False),
        (all_of_it.pk, None, True),
    }


def test_a_silence_without_an_end_has_none() -> None:
    Silence.objects.create(starts_at=NOW - HOUR)
    found = health.facts(NOW)["silences"]
    assert (found["count"], found["until_at"]) == (1, None)


def test_a_receiver_that_fails_is_named_without_its_address_and_answer() -> None:
    Receiver.objects.create(
        name="ops", kind="email", address="secret@example.org", failing_since=NOW, failure="550 secret box"
    )
    Receiver.objects.create(name="off", kind="email", failing_since=NOW, failure="refused", enabled=False)
    Receiver.objects.create(name="well", kind="email")
    found = health.facts(NOW)
    assert found["receivers"] == [{"name": "ops", "since_at": NOW_MS}]
    assert "secret" not in str(found)


def test_the_status_frame_stays_small_however_much_there_is() -> None:
    host = make_host()
    for n in range(60):
        Silence.objects.create(starts_at=NOW - HOUR, ends_at=NOW + HOUR)
        Receiver.objects.create(name=f"r{n}", kind="email", failing_since=NOW, failure="x" * 300)
    frame = status.status_frame(host, NOW_MS, None)
    assert frame["silences"]["count"] == 60
    assert len(frame["silences"]["standing"]) == len(frame["receivers"]) == health.MOST_NAMED

"""When a message is tried again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.notifications.domain.backoff import GIVE_UP_SECONDS, delay, tried_for


def test_the_waits_grow_from_ten_seconds_to_an_hour():
    waits = [delay(attempts, 0.0, 1.0) for attempts in range(1, 11)]
    assert waits == [10, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_chance_shortens_a_wait_to_half_of_it_at_most():
    assert delay(3, 0.0, 0.0) == 60
    assert delay(3, 0.0, 0.5) == 90


def test_a_message_is_given_up_after_a_day():
    assert delay(30, GIVE_UP_SECONDS - 1, 0.5) is not None
    assert delay(30, GIVE_UP_SECONDS, 0.5) is None


def test_a_clock_that_is_set_counts_for_an_hour_at_most_and_never_backwards():
    noon = datetime(2026, 3, 4, 12, tzinfo=UTC)
    times = [noon, noon + timedelta(minutes=10), noon + timedelta(hours=25), noon - timedelta(days=3)]
    assert tried_for(times[:2], times[2]) == 600 + 3600
    assert tried_for(times, times[3] + timedelta(seconds=5)) == 600 + 3600 + 5


def test_the_other_side_gets_the_time_it_asked_for_but_no_more_than_an_hour():
    assert delay(1, 0.0, 0.0, retry_after=45.0) == 45
    assert delay(3, 0.0, 1.0, retry_after=45.0) == 120
    assert delay(1, 0.0, 0.0, retry_after=1e9) == 3600


def test_a_thousand_tries_are_no_overflow():
    assert delay(10_000, 0.0, 1.0) == 3600


@given(st.integers(1, 500), st.floats(0, 1), st.one_of(st.none(), st.floats(0, 1e9)))
def test_a_wait_is_never_shorter_than_five_seconds_nor_longer_than_an_hour(attempts, chance, retry_after):
    wait = delay(attempts, 0.0, chance, retry_after)
    assert wait is not None
    assert 5 <= wait <= 3600

"""What counts as flapping, and as calm."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.notifications.domain.flapping import is_calm, is_flapping

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def before(*minutes):
    return [NOW - timedelta(minutes=minute) for minute in minutes]


def test_the_fourth_change_within_half_an_hour_is_flapping():
    assert not is_flapping(before(20, 10, 0), NOW)
    assert is_flapping(before(29, 20, 10, 0), NOW)


def test_what_is_half_an_hour_old_does_not_count():
    assert not is_flapping(before(30, 20, 10, 0), NOW)


def test_what_comes_later_does_not_count():
    assert not is_flapping(before(20, 10, 0, -1), NOW)


def test_it_is_calm_after_half_an_hour_without_a_change():
    assert not is_calm(NOW - timedelta(minutes=29, seconds=59), NOW)
    assert is_calm(NOW - timedelta(minutes=30), NOW)


@pytest.mark.parametrize(("minutes", "calm"), [(1, False), (29, False), (30, True), (1440, True)])
def test_what_flapped_before_the_clock_was_set_far_back_is_calm(minutes, calm):
    assert is_calm(NOW + timedelta(minutes=minutes), NOW) is calm

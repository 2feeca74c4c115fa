"""For how long a sampler has been silent."""

import pytest

from monitor.alerts.domain.nodata import Arrivals, Looked, can_tell, sees_clearly, silent_seconds

NOW = 1_760_000_000_000


@pytest.mark.parametrize(
    ("age", "stopped", "interval", "silent"),
    [
        (40, None, 1.0, 40.0),
        (4, None, 1.0, 0.0),
        (40, 39, 1.0, 0.0),  # stopped on purpose after its last sample
        (40, 50, 1.0, 40.0),  # stopped, started again, and died
        (170, None, 60.0, 0.0),  # the next one is late, not missing
        (-5, None, 1.0, 0.0),  # the clock was set back
        (-6, None, 1.0, 0.0),  # so far that nobody knows the age, and nobody knows that one is missing
        (-7200, 7300, 1.0, 0.0),  # stopped on purpose since, by a clock that was set back
    ],
)
def test_silence_is_the_age_of_the_newest_sample_once_the_next_one_is_missing(age, stopped, interval, silent):
    stopped_ms = None if stopped is None else NOW - stopped * 1000
    assert silent_seconds(NOW, NOW - age * 1000, stopped_ms, interval) == silent


@pytest.mark.parametrize("age", [-7200, 0, 40])
def test_where_the_clock_cannot_tell_what_has_not_arrived_does(age):
    assert silent_seconds(NOW, NOW - age * 1000, None, 1.0, 90.0) == 90.0
    assert silent_seconds(NOW, NOW - age * 1000, None, 1.0, 5.0) == (40.0 if age == 40 else 0.0)


def test_what_arrives_is_told_by_the_order_of_storing():
    arrivals = Arrivals()
    assert arrivals.unheard(1, 7, 100.0, 0.0) == 0.0
    assert arrivals.unheard(1, 7, 160.0, 0.0) == 60.0
    assert arrivals.unheard(2, 3, 160.0, 0.0) == 0.0
    assert arrivals.unheard(1, 9, 170.0, 0.0) == 0.0
    assert arrivals.unheard(1, 4, 180.0, 0.0) == 10.0  # rows were deleted


def test_silence_on_record_counts_until_something_arrives():
    arrivals = Arrivals()
    assert arrivals.unheard(1, 7, 100.0, 600.0) == 600.0
    assert arrivals.unheard(1, 7, 130.0, 600.0) == 630.0
    assert arrivals.unheard(1, 8, 140.0, 640.0) == 0.0
    assert arrivals.unheard(1, 8, 150.0, 640.0) == 10.0


def look(wall, boot):
    return Looked(NOW + int(wall * 1000), boot)


def test_the_first_look_is_no_clear_one():
    assert not sees_clearly(None, look(0, 0))


def test_looks_a_moment_apart_are_clear():
    assert sees_clearly(look(0, 100), look(2, 102))


@pytest.mark.parametrize(("wall", "boot"), [(60, 60), (3600, 2), (-3600, 2)])
def test_a_suspend_or_a_clock_that_was_set_blurs_the_view(wall, boot):
    assert not sees_clearly(look(0, 100), look(wall, 100 + boot))


def test_a_sampler_gets_its_time_to_wake():
    assert not can_tell(19.0, 1.0)
    assert can_tell(20.0, 1.0)
    assert not can_tell(190.0, 60.0)


def test_a_clock_that_was_set_back_is_noticed():
    assert not look(0, 0).was_set_back(None)
    assert not look(5, 105).was_set_back(look(0, 100))
    assert not look(3600, 105).was_set_back(look(0, 100))
    assert look(-3600, 105).was_set_back(look(0, 100))

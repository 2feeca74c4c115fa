"""What counts as a gap."""

import pytest

from monitor.metrics.reading import gap_between, longest_step, split_step


@pytest.mark.parametrize(("interval", "longest"), [(0.2, 5.0), (1.0, 5.0), (10.0, 30.0)])
def test_three_intervals_but_at_least_five_seconds_are_contiguous(interval, longest):
    assert longest_step(interval) == longest


def test_a_late_reading_covers_its_time_and_a_lost_one_is_a_gap():
    assert split_step(4.9, 1.0) == (4.9, 0.0)
    assert split_step(5.1, 1.0) == (0.0, 5.1)


@pytest.mark.parametrize("step", [None, 0.0, -3.0])
def test_the_first_reading_and_a_clock_that_stands_cover_nothing(step):
    assert split_step(step, 1.0) == (0.0, 0.0)


def test_a_gap_before_a_covered_second_is_what_is_left():
    assert gap_between(61.0, 1.0, 1.0) == 60.0
    assert gap_between(1.05, 1.0, 1.0) == 0.0
    assert gap_between(-3600.0, 1.0, 1.0) == 0.0

"""Counters become rates that are never negative, never NaN, and None where nothing was measured."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collectors.domain.rates import finite, longest, rate, share_percent, summed

ANY_FLOAT = st.floats(allow_nan=True, allow_infinity=True)
MAYBE = st.none() | ANY_FLOAT
COUNTER = st.integers(min_value=0, max_value=2**64 - 1)
SECONDS = st.floats(min_value=0.2, max_value=3600)


def test_a_rate_is_growth_per_second():
    assert rate(100, 300, 2.0) == 100.0


@pytest.mark.parametrize(
    ("before", "after", "elapsed"),
    [
        (None, 5, 1.0),
        (5, None, 1.0),
        (5, 9, None),
        (5, 9, 0.0),
        (5, 9, -1.0),
        (5, 9, 0.001),
        (5, 9, math.nan),
    ],
)
def test_a_rate_without_two_readings_and_a_real_time_between_them_is_none(before, after, elapsed):
    assert rate(before, after, elapsed) is None


def test_a_rate_over_an_endless_time_is_none():
    assert rate(5, 9, math.inf) is None


def test_a_rate_above_what_is_possible_is_none():
    assert rate(0, 2**64 - 1, 1.0, highest=1e12) is None


def test_a_counter_that_stands_still_has_the_rate_zero_and_not_none():
    assert rate(7, 7, 1.0) == 0.0


@given(MAYBE, MAYBE, MAYBE)
def test_a_rate_is_never_negative_and_never_nan_whatever_goes_in(before, after, elapsed):
    value = rate(before, after, elapsed)
    assert value is None or 0.0 <= value < math.inf


@given(COUNTER, COUNTER, SECONDS)
def test_a_rate_is_none_exactly_after_a_counter_went_back(before, after, elapsed):
    assert (rate(before, after, elapsed) is None) == (after < before)


@given(MAYBE, MAYBE, MAYBE)
def test_a_share_is_between_0_and_100_whatever_goes_in(before, after, elapsed):
    value = share_percent(rate(before, after, elapsed))
    assert value is None or 0.0 <= value <= 100.0


def test_a_share_read_late_on_a_busy_host_is_100_and_not_more():
    assert share_percent(rate(10.0, 11.2, 1.0)) == 100.0


def test_a_counter_of_time_that_is_read_late_may_have_grown_by_more_than_passed():
    assert longest(1.0) > 1.5


@given(ANY_FLOAT)
def test_finite_passes_numbers_and_turns_nan_and_infinity_into_none(value):
    assert finite(value) == (value if math.isfinite(value) else None)


def test_finite_passes_none():
    assert finite(None) is None


def test_rates_of_several_devices_are_added_up_and_without_any_or_where_unknown_there_is_no_sum():
    assert [summed({"sda": 5.0, "sdb": 2.0}), summed({}), summed(None)] == [7.0, None, None]

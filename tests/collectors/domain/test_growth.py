"""Counters that lose what they had, have it again, go below zero, vanish and come back: None, never a made-up rate."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collectors.domain.growth import Growth, up_to
from monitor.collectors.domain.rates import summed

OLD = 378_000_000_000.0
ANY_FLOAT = st.floats(allow_nan=True, allow_infinity=True)
COUNTER = st.integers(min_value=0, max_value=2**64 - 1)
SECONDS = st.floats(min_value=0.2, max_value=3600)
MAYBE = st.none() | ANY_FLOAT


def rates(*values, highest=1e12, elapsed=1.0):
    """The rate at each of these values of one counter, read a second apart."""
    return totals(*({"sda": value} for value in values), highest=highest, elapsed=elapsed)


def totals(*readings, highest=1e12, elapsed=1.0):
    growth = Growth(up_to(highest))
    return [
        summed(growth.all_rates(one, None if number == 0 else elapsed)) for number, one in enumerate(readings)
    ]


def test_rates_of_several_devices_are_added_up():
    assert totals({"sda": 0, "sdb": 10}, {"sda": 100, "sdb": 30}, elapsed=2.0) == [None, 60.0]


def test_the_rate_of_each_device_is_told_and_no_devices_have_none():
    growth = Growth(up_to(1e12))
    assert [growth.all_rates({"sda": n, "sdb": 2 * n}, 1.0) for n in (0, 5)] == [None, {"sda": 5, "sdb": 10}]
    assert [growth.all_rates({}, 1.0), growth.all_rates({}, 1.0)] == [None, {}]


def test_a_counter_that_stands_still_has_the_rate_zero_and_not_none():
    assert rates(7, 7) == [None, 0]


def test_a_counter_that_reads_0_once_and_then_its_old_value_is_unknown_both_times():
    assert rates(OLD, OLD + 5, 0, OLD + 9, OLD + 12) == [None, 5, None, None, 3]


@pytest.mark.parametrize("zeroes", [1, 2, 50])
def test_it_is_so_however_often_it_reads_0(zeroes):
    found = rates(OLD, *[0] * zeroes, OLD + 9, OLD + 12)
    assert found == [None, None, *[0] * (zeroes - 1), None, 3]


def test_a_counter_that_comes_back_in_two_steps_or_a_little_short_of_its_old_value_is_unknown():
    assert rates(OLD, 0, OLD / 2, OLD + 9, OLD + 12) == [None, None, None, None, 3]
    assert rates(OLD, 100, OLD - 7, OLD - 3) == [None, None, None, 4]


def test_a_counter_that_fell_twice_before_it_comes_back_is_unknown_each_time():
    assert rates(OLD, 100, 0, OLD + 9) == [None] * 4


def test_a_counter_that_flaps_is_unknown_throughout():
    assert rates(OLD, 0, OLD, 0, OLD, 0) == [None] * 6


def test_a_counter_that_was_reset_for_good_is_known_again_at_once_also_as_it_grows_past_what_it_had():
    assert rates(1000, 0, 100, 200, 400, 800, 1100, 1500) == [None, None, 100, 100, 200, 400, 300, 400]


def test_what_it_lost_is_remembered_over_a_gap_in_the_readings():
    growth = Growth(up_to(1e12))
    found = [summed(growth.all_rates({"sda": value}, elapsed)) for value, elapsed in
             [(OLD, None), (0, None), (OLD, 1.0), (OLD + 3, 1.0)]]  # fmt: skip
    assert found == [None, None, None, 3]


def test_a_counter_that_goes_below_zero_is_unknown_and_does_not_spoil_what_comes_later():
    spoiled = [1000, 2**64 - 500, 2000, 2100, 0, 2200]
    assert rates(*spoiled, highest=64e9) == [None, None, None, 100, None, None]


@pytest.mark.parametrize("word", [2**32, 2**32 * 512])
def test_a_counter_of_32_bits_that_goes_below_zero_is_unknown_though_the_rate_could_be(word):
    assert rates(1000, word - 500, 2000, 2100) == [None, None, None, 100]


def test_a_counter_that_wraps_is_unknown_once():
    assert rates(2**32 - 5, 3, 10) == [None, None, 7]


def test_a_step_up_beyond_what_is_possible_is_unknown_and_the_way_back_too():
    assert rates(100, 100 + 2e12, 105, 109) == [None, None, None, 4]


def doubting(*values):
    growth = Growth(up_to(64e9), usual=1e9)
    return [summed(growth.all_rates({"sda": value}, 1.0)) for value in values]


@pytest.mark.parametrize("start", [0, 7])
def test_a_counter_that_does_not_tell_at_first_what_it_had_is_unknown_when_it_does(start):
    assert doubting(start, start + 2, 50e9, 50e9 + 5) == [None, 2, None, 5]
    assert doubting(start, 50e9, 50e9 + 5) == [None, None, 5]


def test_a_counter_that_is_too_high_once_is_unknown_both_times():
    assert doubting(100, 105, 50e9, 110, 113, 50e9, 120) == [None, 5, None, None, 3, None, None]


def test_a_rate_far_above_all_before_is_believed_the_second_time_in_a_row_and_from_then_on():
    burst = [5, 5 + 9e9, 5 + 20e9, 5 + 29e9]
    assert doubting(0, *burst, 6 + 29e9, 6 + 38e9) == [None, 5, None, 11e9, 9e9, 1, 9e9]


def test_a_rate_that_grows_step_by_step_is_believed_throughout():
    steps = [1e9, 4e9, 16e9, 60e9]
    assert doubting(*[sum(steps[:number]) for number in range(5)]) == [None, *steps]


def test_a_device_that_comes_again_under_its_name_is_unknown_until_it_has_been_seen_twice():
    assert totals({"sda": OLD}, {"sdb": 1}, {"sda": OLD + 9}, {"sda": OLD + 12}) == [None, None, None, 3]


def test_a_device_that_comes_again_from_0_and_then_has_its_old_value_is_unknown():
    both, alone = {"sda": 5, "sdb": OLD}, {"sda": 6}
    again = [{"sda": 7, "sdb": 0}, {"sda": 8, "sdb": OLD}, {"sda": 9, "sdb": OLD + 1}]
    assert totals(both, alone, *again) == [None, None, None, None, 2]


def test_devices_without_number_are_not_all_remembered():
    growth = Growth(up_to(1e12))
    for number in range(2000):
        growth.rates({f"usb{number}": 1.0}, 1.0)
    assert len(growth._pasts) < 300


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {}),
        ({"sda": 1}, {"sda": 2, "sdb": 5000}),
        ({"sda": 1, "sdb": 5000}, {"sda": 2}),
        ({"sda": 1}, {"sdb": 2}),
        ({"sda": 1, "sdb": 2**32 - 1}, {"sda": 2, "sdb": 3}),
    ],
    ids=["no device", "plugged in", "pulled out", "exchanged", "wrapped"],
)
def test_a_sum_is_none_when_the_devices_changed_or_any_counter_went_back(before, after):
    assert totals(before, after) == [None, None]


DEVICES = st.dictionaries(st.sampled_from("abc"), ANY_FLOAT | COUNTER)


@given(st.lists(st.tuples(DEVICES, MAYBE), max_size=6))
def test_a_sum_is_never_negative_and_never_nan_whatever_goes_in(readings):
    growth = Growth(up_to(math.inf))
    for counters, elapsed in readings:
        value = summed(growth.all_rates(counters, elapsed))
        assert value is None or 0.0 <= value < math.inf


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=30))
def test_steps_up_alone_are_all_known(steps):
    values = [sum(steps[: number + 1]) for number in range(len(steps))]
    assert rates(*values) == [None, *steps[1:]]


@given(COUNTER, st.lists(st.integers(0, 2**62), max_size=3), SECONDS)
def test_whatever_happens_between_a_fall_and_the_old_value_no_step_counts_most_of_what_was_lost(
    old, way, elapsed
):
    found = rates(old, 0, *way, old, highest=math.inf, elapsed=elapsed)[2:]
    if all(value <= old for value in way):
        assert all(value is None or value * elapsed < 0.5 * old * 1.001 + 1 for value in found)

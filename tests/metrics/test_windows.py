"""Time-weighted means and their coverage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.metrics.windows import ExtremeWindow, Window


def filled(values, seconds=120, covered=1.0):
    window = Window(seconds)
    for value in values:
        window.add(covered, 0.0, value)
    return window


def test_a_mean_is_unknown_below_eighty_per_cent_coverage():
    assert filled([50.0] * 95).mean() is None
    assert filled([50.0] * 96).mean() == 50.0


def test_the_cpu_rule_of_the_original_fires_after_ninety_seconds_of_full_load():
    window = filled([0.0] * 120)
    seconds = 0
    while (window.mean() or 0) < 75:
        window.add(1.0, 0.0, 100.0)
        seconds += 1
    assert seconds == 90


def test_values_count_by_the_time_they_cover():
    window = Window(10)
    window.add(8.0, 0.0, 100.0)
    window.add(2.0, 0.0, 0.0)
    assert window.mean() == 80.0


def test_unknown_values_leave_the_coverage_out_not_in_as_zero():
    window = filled([50.0] * 110 + [None] * 10)
    assert window.mean() == 50.0
    assert window.coverage() == pytest.approx(110 / 120)


def test_a_gap_pushes_old_values_out():
    window = filled([50.0] * 120)
    window.add(0.0, 3600.0, None)
    assert window.mean() is None
    assert window.coverage() == 0


def test_the_oldest_piece_counts_only_with_its_part_inside():
    window = Window(10)
    window.add(10.0, 0.0, 100.0)
    window.add(5.0, 0.0, 0.0)
    assert window.mean() == 50.0


@given(st.lists(st.tuples(st.floats(0.1, 10), st.floats(0, 100)), min_size=1, max_size=200))
def test_a_mean_lies_between_the_lowest_and_the_highest_value(pieces):
    window = Window(60)
    for covered, value in pieces:
        window.add(covered, 0.0, value)
    mean = window.mean()
    values = [value for _, value in pieces]
    assert mean is None or min(values) - 1e-9 <= mean <= max(values) + 1e-9


@given(st.lists(st.floats(0, 100), max_size=2000))
def test_memory_is_bounded_by_the_window(values):
    assert len(filled(values, seconds=60)._pieces) <= 60


def test_a_window_that_slid_for_long_holds_the_very_mean_of_one_that_was_just_filled():
    values = [round((number * 7919) % 10_007 / 100, 2) for number in range(5000)]
    old, new = filled(values, seconds=60, covered=0.2), filled(values[-400:], seconds=60, covered=0.2)
    assert old.mean() == new.mean()


def test_a_mean_of_decimals_lies_on_its_threshold_where_it_should():
    assert filled([0.1, 0.2] * 60).mean() == 0.15
    assert filled([70.1] * 120).mean() == 70.1


def test_a_huge_value_is_forgotten_for_good():
    assert filled([1e15] * 3 + [1.0] * 200).mean() == 1.0


PIECES = st.tuples(
    st.sampled_from([1.0, 0.2, 2.5, 0.0]), st.integers(0, 50), st.sampled_from([0.0, 0.0, 9.0])
)


@given(st.lists(PIECES, max_size=80), st.booleans())
def test_the_extreme_is_that_of_all_pieces_inside(pieces, lowest):
    window, past, now = ExtremeWindow(10.0, lowest), [], 0
    for covered, value, gap in pieces:
        window.add(covered, gap, float(value))
        now += round(1000 * (covered + gap))
        past += [(now, value)] if covered else []
        inside = [value for end, value in past if end > now - 10_000]
        known = window.coverage() >= 0.8
        assert window.value() == ((min(inside) if lowest else max(inside)) if known else None)


def test_a_rising_past_leaves_one_piece_to_remember():
    window = ExtremeWindow(60.0)
    for value in range(50):
        window.add(1.0, 0.0, float(value))
    assert len(window._ranked) == 1

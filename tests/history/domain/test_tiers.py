"""Buckets: aligned, merged exactly, computed again only where nothing is lost."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.history.domain import tiers
from monitor.history.domain.tiers import (
    HOUR,
    MINUTE,
    PARTS,
    QUARTER,
    Summary,
    best_resolution,
    lowered,
    merged,
    of_reading,
    packed,
    segments,
    unpacked,
)

values = st.one_of(st.none(), st.integers(0, 2**53), st.integers(0, 100))
readings = st.lists(st.tuples(values, st.integers(0, 5000)), min_size=1, max_size=60)


@given(readings, st.integers(1, 20))
def test_merging_in_parts_equals_merging_at_once(raw, size):
    rows = [of_reading([value], covered) for value, covered in raw]
    parts = [merged(rows[i : i + size]) for i in range(0, len(rows), size)]
    assert merged(rows) == merged(parts)


@given(readings, st.randoms())
def test_the_order_of_merging_does_not_matter(raw, random):
    rows = [of_reading([value], covered) for value, covered in raw]
    straight = merged(rows)
    random.shuffle(rows)
    assert merged(rows) == straight


@given(readings)
def test_readings_at_once_are_what_merging_each_gives(raw):
    rows = [[value] for value, _ in raw]
    covered = [milliseconds for _, milliseconds in raw]
    one_by_one = [of_reading(row, milliseconds) for row, milliseconds in zip(rows, covered, strict=True)]
    assert tiers.of_readings(covered, rows) == merged(one_by_one)


@given(readings)
def test_a_mean_lies_between_its_extremes_and_a_spike_is_never_lost(raw):
    [summary] = merged([of_reading([value], covered) for value, covered in raw])
    known = [value for value, _ in raw if value is not None]
    if summary is None:
        assert not known
    else:
        assert summary.low <= summary.mean <= summary.high
        assert (summary.low, summary.high) == (min(known), max(known))


@given(
    st.integers(-(10**15), 10**15),
    st.integers(1, 10**10),
    st.integers(-(10**6), 10**6),
    st.integers(0, 10**6),
)
def test_numbers_that_were_rounded_each_for_itself_keep_their_mean_inside(total, weight, low, more):
    summary = tiers.of_extremes(total, weight, low, low + more)
    assert summary.low * weight <= total <= summary.high * weight
    assert (summary.low <= low, summary.high >= low + more) == (True, True)


def test_a_mean_weighs_values_by_the_time_that_they_speak_for():
    [summary] = merged([of_reading([100], 3000), of_reading([0], 1000)])
    assert summary.mean == 75.0


def test_unknown_values_take_no_weight():
    [summary] = merged([of_reading([10], 1000), of_reading([None], 59_000)])
    assert summary == Summary(10_000, 1000, 10, 10)


def test_a_reading_after_a_gap_counts_only_where_nothing_else_is_known():
    [alone] = merged([of_reading([42], 0)])
    assert alone.mean == 42.0


@given(st.integers(0, 10**14), st.sampled_from([MINUTE, QUARTER, HOUR]))
def test_buckets_are_aligned_to_the_epoch(at_ms, resolution):
    start, after = tiers.bucket_of(at_ms, resolution), tiers.bucket_after(at_ms, resolution)
    assert start % (resolution * 1000) == after % (resolution * 1000) == 0
    assert start <= at_ms <= after
    assert at_ms - start < resolution * 1000
    assert after - at_ms < resolution * 1000


@pytest.mark.parametrize(
    ("pending", "late", "pruned", "expected"),
    [
        (600_000, 599_999, 0, 540_000),  # one bucket again
        (600_000, 700_000, 0, 600_000),  # ahead: nothing is lowered
        (600_000, 10_000, 0, 0),
        (600_000, 10_000, 120_001, 180_000),  # the half-pruned bucket at 120,000 stays as it is
        (600_000, 10_000, 120_000, 120_000),
        (600_000, 10_000, 9_000_000, 600_000),
    ],
)
def test_late_data_never_overwrite_what_was_made_of_pruned_ones(pending, late, pruned, expected):
    assert lowered(pending, late, pruned, MINUTE) == expected


DAY = 86_400_000
FULL = {0: 0, MINUTE: 0, QUARTER: 0, HOUR: 0}


@pytest.mark.parametrize(
    ("days", "expected"),
    [(1 / 72, 0), (1 / 24, 0), (1 / 4, MINUTE), (1, MINUTE), (7, QUARTER), (30, HOUR), (365, HOUR)],
)
def test_the_coarsest_tier_that_looks_the_same_is_read(days, expected):
    assert best_resolution(0, round(days * DAY), 1000, FULL) == expected


def test_samples_that_do_not_reach_the_start_lose_to_a_tier_that_does():
    oldest = {0: 40 * HOUR * 1000, MINUTE: 0, QUARTER: 0, HOUR: 0}
    assert best_resolution(39 * HOUR * 1000, 40 * HOUR * 1000, 1000, oldest) == MINUTE
    assert best_resolution(41 * HOUR * 1000, 42 * HOUR * 1000, 1000, oldest) == 0


def test_samples_that_reach_as_far_as_their_tiers_are_read_though_they_begin_in_the_span():
    first = 7 * HOUR * 1000 + 1234
    oldest = {0: first, MINUTE: first - 1234, QUARTER: first - 1234, HOUR: None}
    assert best_resolution(first - 60_000, first + 60_000, 1000, oldest) == 0


def test_without_any_data_the_span_alone_decides():
    assert best_resolution(0, 365 * DAY, 1000, dict.fromkeys((0, MINUTE, QUARTER, HOUR))) == HOUR
    assert best_resolution(0, 60_000, 1000, {}) == 0


def test_a_span_is_read_from_the_chosen_tier_as_far_as_it_is_done_and_then_from_finer_ones():
    done = {MINUTE: 7_260_000, QUARTER: 7_200_000, HOUR: 3_600_000}
    assert segments(0, 7_290_000, HOUR, done) == [
        (HOUR, 0, 3_600_000),
        (QUARTER, 3_600_000, 7_200_000),
        (MINUTE, 7_200_000, 7_260_000),
        (0, 7_260_000, 7_290_000),
    ]
    assert segments(0, 3_600_000, HOUR, done) == [(HOUR, 0, 3_600_000)]
    assert segments(0, 60_000, 0, done) == [(0, 0, 60_000)]


def test_with_nothing_done_all_comes_from_the_samples():
    assert segments(0, 3_600_000, HOUR, {}) == [(0, 0, 3_600_000)]


@given(
    st.integers(0, 10**9),
    st.integers(1, 10**9),
    st.sampled_from((0, MINUTE, QUARTER, HOUR)),
    st.fixed_dictionaries({one: st.integers(0, 3 * 10**9) for one in (MINUTE, QUARTER, HOUR)}),
)
def test_segments_cover_the_span_once_and_meet_at_whole_buckets(start, length, choice, done):
    found = segments(start, start + length, choice, done)
    assert (found[0][1], found[-1][2]) == (start, start + length)
    for (coarser, _, end), (finer, begin, _) in pairwise(found):
        assert end == begin
        assert coarser > finer
        assert end % (coarser * 1000) == 0


# Packed: most weights are not written at all

summaries = st.builds(
    lambda mean, weight, less, more: Summary(mean * weight, weight, mean - less, mean + more),
    st.integers(0, 10**9), st.integers(1, 3_600_000), st.integers(0, 10**9), st.integers(0, 10**9),
)  # fmt: skip
packable = st.lists(st.one_of(st.none(), summaries), min_size=1, max_size=29).map(tuple)


@given(packable)
def test_a_row_comes_back_as_it_was(row):
    assert unpacked(packed(row)) == row


def test_the_weight_of_most_is_written_once():
    usual, own = Summary(10, 5, 2, 2), Summary(12, 6, 2, 2)
    numbers = packed((usual, own, None, usual))
    assert numbers[0] == 5
    assert numbers[1 + PARTS.index("weight") :: len(PARTS)] == [None, 6.0, None, None]


def test_a_bucket_in_which_nothing_is_known_has_no_weight():
    assert packed((None, None)) == [0] + [None] * 8
    assert unpacked(packed((None, None))) == (None, None)

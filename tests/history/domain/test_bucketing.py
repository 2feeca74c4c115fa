"""Spans cut into buckets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.history.domain import tiers
from monitor.history.domain.bucketing import (
    MOST_GAPS,
    Bucket,
    apart,
    bucket_starts,
    columns,
    filled,
    joined,
    lacking,
    merged,
    outside,
    resolution,
    suspects,
)

HOUR = 3_600_000
TEN_YEARS = 3653 * 24 * HOUR


def bucket(first_ms: int, last_ms: int | None = None, value: float = 1.0) -> Bucket:
    return Bucket(first_ms, first_ms if last_ms is None else last_ms, 1, (value * 1000, 1000, value, value))


@pytest.mark.parametrize(
    ("span_ms", "points", "interval", "seconds"),
    [
        (HOUR, 3600, 1.0, 1),
        (HOUR, 600, 1.0, 6),
        (HOUR, 599, 1.0, 10),
        (HOUR, 4000, 7.0, 10),
        (HOUR, 4000, 60.0, 60),
        (HOUR, 4000, 0.2, 1),
        (48 * HOUR, 600, 1.0, 300),
        (24 * HOUR, 10, 1.0, 10800),
        (TEN_YEARS, 10, 1.0, 448 * 86400),
    ],
)
def test_the_narrowest_fitting_bucket_is_taken(span_ms, points, interval, seconds) -> None:
    assert resolution(0, span_ms, points, interval) == seconds


@given(
    start=st.integers(0, 253_402_300_799_998),
    span=st.integers(1, TEN_YEARS),
    points=st.integers(10, 4000),
    interval=st.floats(0.2, 60),
)
def test_buckets_are_aligned_cover_the_span_and_are_never_too_many(start, span, points, interval) -> None:
    width = resolution(start, start + span, points, interval)
    starts = bucket_starts(start, start + span, width)
    assert width >= interval
    assert 1 <= len(starts) <= points
    assert all(one % (width * 1000) == 0 for one in (starts[0], starts[-1]))
    assert starts[0] <= start
    assert starts[-1] + width * 1000 >= start + span


def test_too_few_points_are_refused_with_the_numbers() -> None:
    with pytest.raises(ValueError, match="1 points are too few for 3155760000 s"):
        resolution(0, 3_155_760_000_000, 1, 1.0)


def test_a_bucket_that_fell_between_two_readings_takes_the_later_one() -> None:
    found = {0: bucket(990), 2000: bucket(2010, value=7.0)}
    shown = filled([0, 1000, 2000], found, None, 5000)
    assert shown == [found[0], found[2000], found[2000]]


def test_a_bucket_inside_a_gap_stays_empty() -> None:
    found = {0: bucket(990), 9000: bucket(9010)}
    shown = filled(range(0, 10000, 1000), found, None, 5000)
    assert shown == [found[0], *[None] * 8, found[9000]]


def test_the_buckets_before_the_first_and_after_the_last_reading_stay_empty() -> None:
    found = {2000: bucket(2010)}
    assert filled(range(0, 5000, 1000), found, None, 5000) == [None, None, found[2000], None, None]


def test_the_first_bucket_knows_the_reading_before_it() -> None:
    found = {2000: bucket(2010)}
    assert filled([1000, 2000], found, 990, 5000) == [found[2000], found[2000]]
    assert filled([1000, 2000], found, -9000, 5000) == [None, found[2000]]


@given(
    start=st.integers(0, 253_402_300_799_998),
    span=st.integers(1, TEN_YEARS),
    points=st.integers(10, 4000),
    tier=st.sampled_from(tiers.RESOLUTIONS),
)
def test_buckets_from_a_tier_are_a_multiple_of_its_resolution(start, span, points, tier) -> None:
    width = resolution(start, start + span, points, 1.0, tier)
    assert width % tier == 0
    assert len(bucket_starts(start, start + span, width)) <= points


def test_columns_hold_one_entry_a_bucket() -> None:
    one = Bucket(0, 9, 2, (4000.0, 2000, 1.0, 3.0, None, None, None, None))
    assert columns([one, None], 0) == {"mean": [2.0, None], "low": [1.0, None], "high": [3.0, None]}
    assert columns([one], 1) == {"mean": [None], "low": [None], "high": [None]}


def test_columns_of_no_buckets_are_empty() -> None:
    assert columns([], 0) == {"mean": [], "low": [], "high": []}


def test_a_mean_never_leaves_its_extremes_by_rounding() -> None:
    [mean] = columns([Bucket(0, 9, 3, (0.3 * 3000 + 1e-10, 3000, 0.3, 0.3))], 0)["mean"]
    assert mean == 0.3


def test_parts_of_a_bucket_join_exactly_and_unknown_ones_take_no_part() -> None:
    one = Bucket(0, 59_999, 1, (60_000.0, 60_000, 0.5, 2.0, None, None, None, None, 1.0, 1, 1.0, 1.0))
    two = Bucket(60_000, 89_000, 30, (90_000.0, 30_000, 0.7, 9.0, 2.0, 1, 2.0, 2.0, None, None, None, None))
    both = Bucket(0, 89_000, 31, [150_000.0, 90_000, 0.5, 9.0, 2.0, 1, 2.0, 2.0, 1.0, 1, 1.0, 1.0])
    assert joined(one, two) == both
    assert merged([{0: one}, {0: two, 120_000: one}]) == {0: both, 120_000: one}


def test_pieces_that_touch_are_not_apart() -> None:
    assert apart([(0, 59_000), (60_000, 90_000)], -500, 91_000, 5000) == []


def test_pieces_that_lie_apart_have_a_gap_between_them() -> None:
    assert apart([(0, 10), (9000, 9500)], None, 20_000, 5000) == [(10, 9000), (9500, 20_000)]
    assert apart([], 0, 9000, 5000) == [(0, 9000)]
    assert apart([], None, None, 5000) == []


def test_full_buckets_of_samples_are_not_suspected_of_a_gap() -> None:
    full = [Bucket(at, at + 20_040, 20_000, ()) for at in range(0, 100_000, 20_000)]
    assert suspects(full, 2500) is None


@given(st.integers(1, 53), st.integers(5001, 58_000))
def test_a_bucket_with_a_gap_inside_is_always_suspected(before, gap) -> None:
    times = [*range(0, before * 1000, 1000)]
    times += range(times[-1] + gap, 60_000, 1000)
    if times[-1] - times[0] > 5000 and len(times) > before:
        covered = (
            len(times) - 2
        ) * 1000  # neither the first nor the one after the gap speaks for the time before it
        assert suspects([Bucket(times[0], times[-1], covered, ())], 2500) == (times[0], times[-1])


def test_without_any_reading_the_whole_span_is_outside() -> None:
    assert outside([], None, None, 100, 9000, 5000) == [(100, 9000)]


def test_a_span_that_is_covered_to_its_edges_has_nothing_outside() -> None:
    assert outside([(3000, 20_000)], None, None, 1000, 22_000, 5000) == []


def test_what_lies_outside_the_data_ends_at_the_span() -> None:
    assert outside([(8000, 12_000)], None, None, 1000, 20_000, 5000) == [(1000, 8000), (12_000, 20_000)]
    assert outside([], 0, 30_000, 1000, 20_000, 5000) == []


def test_a_gap_that_begins_before_the_span_is_cut_at_its_start() -> None:
    assert lacking([(0, 9000)], [], 4000, 20_000, 5000) == [(4000, 9000)]


def test_a_pair_that_lies_outside_the_span_is_no_gap_of_it() -> None:
    assert lacking([(20_000, 40_000)], [], 4000, 20_000, 5000) == []


def test_an_explained_gap_does_not_lack_a_reason() -> None:
    assert lacking([(10_000, 60_000)], [(10_000, 60_000)], 0, 90_000, 5000) == []
    assert lacking([(10_000, 60_000)], [(30_000, 60_000), (9000, 30_000)], 0, 90_000, 5000) == []
    assert lacking([(10_000, 60_000)], [(11_000, 59_000)], 0, 90_000, 5000) == []


def test_what_a_reason_leaves_over_is_told_where_it_is_long() -> None:
    assert lacking([(10_000, 60_000)], [(30_000, 40_000)], 0, 90_000, 5000) == [
        (10_000, 30_000),
        (40_000, 60_000),
    ]


def test_of_too_many_gaps_the_longest_are_kept_in_order() -> None:
    pairs = [(at * 10_000, at * 10_000 + 6000 + at) for at in range(MOST_GAPS + 5)]
    assert lacking(pairs, [], 0, pairs[-1][1], 5000) == pairs[5:]

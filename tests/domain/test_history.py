"""Spans cut into buckets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.history import MOST_GAPS, Bucket, bucket_starts, columns, filled, gaps, resolution

HOUR = 3_600_000
TEN_YEARS = 3653 * 24 * HOUR


def bucket(first_ms: int, last_ms: int | None = None, value: float = 1.0) -> Bucket:
    return Bucket(first_ms, first_ms if last_ms is None else last_ms, {"load1": (value, value, value)})


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


def test_columns_hold_one_entry_a_bucket() -> None:
    one = Bucket(0, 9, {"load1": (2.0, 1.0, 3.0)})
    assert columns([one, None], "load1") == {"mean": [2.0, None], "low": [1.0, None], "high": [3.0, None]}


def test_without_any_reading_the_whole_span_is_one_gap() -> None:
    assert gaps([], None, 100, 9000, 5000) == [(100, 9000)]


def test_a_span_that_is_covered_to_its_edges_has_no_gap() -> None:
    assert gaps([], (3000, 20_000), 1000, 22_000, 5000) == []


def test_gaps_at_the_edges_end_at_the_span() -> None:
    assert gaps([], (8000, 12_000), 1000, 20_000, 5000) == [(1000, 8000), (12_000, 20_000)]


def test_a_gap_that_begins_before_the_span_is_cut_at_its_start() -> None:
    assert gaps([(0, 9000)], (0, 20_000), 4000, 20_000, 5000) == [(4000, 9000)]


def test_a_pair_that_lies_outside_the_span_is_no_gap_of_it() -> None:
    assert gaps([(20_000, 40_000)], (0, 40_000), 4000, 20_000, 5000) == []


def test_of_too_many_gaps_the_longest_are_kept_in_order() -> None:
    pairs = [(at * 10_000, at * 10_000 + 6000 + at) for at in range(MOST_GAPS + 5)]
    kept = gaps(pairs, (0, pairs[-1][1]), 0, pairs[-1][1], 5000)
    assert kept == pairs[5:]

"""Percentiles by the time that each row weighs, and the windows that they are told of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.history.domain import percentiles
from monitor.history.domain.percentiles import Band

whole = st.integers(0, 1000)


def test_a_hundred_equal_rows_have_the_fifth_and_the_ninety_fifth() -> None:
    assert percentiles.band([float(n) for n in range(100, 0, -1)], [60_000] * 100) == Band(5.0, 95.0)


def test_a_spike_of_one_row_in_twenty_is_no_p95() -> None:
    assert percentiles.band([1.0] * 19 + [100.0], [1] * 20) == Band(1.0, 1.0)


def test_a_row_counts_for_the_time_that_it_weighs() -> None:
    means = [1.0] * 19 + [100.0]
    assert percentiles.band(means, [1] * 19 + [19]) == Band(1.0, 100.0)
    assert percentiles.band([0.0] + [5.0] * 19, [1] + [1000] * 19) == Band(5.0, 5.0)


def test_nineteen_rows_have_none() -> None:
    assert percentiles.band([1.0] * 19, [1] * 19) is None


def test_unknown_rows_count_nowhere() -> None:
    assert percentiles.band([1.0] * 19 + [None], [1] * 20) is None
    assert percentiles.band([None] * 5 + [2.0] * 20, [None] * 5 + [1] * 20) == Band(2.0, 2.0)


@given(st.lists(st.tuples(whole, st.integers(1, 100)), min_size=20, max_size=60))
def test_no_more_than_five_hundredths_lie_below_the_p5_and_above_the_p95(rows) -> None:
    means, weights = [float(mean) for mean, _ in rows], [weight for _, weight in rows]
    found = percentiles.band(means, weights)
    assert found is not None
    assert found.p5 <= found.p95
    assert {found.p5, found.p95} <= set(means)
    below = sum(weight for mean, weight in rows if mean < found.p5)
    above = sum(weight for mean, weight in rows if mean > found.p95)
    assert max(below, above) * 100 <= 5 * sum(weights)
    assert sum(weight for mean, weight in rows if mean <= found.p5) * 100 >= 5 * sum(weights)


@pytest.mark.parametrize(
    ("width", "tier", "seconds"),
    [(86_400, 3600, 86_400), (43_200, 3600, 86_400), (3600, 900, 21_600), (900, 900, 21_600),
     (10_800, 3600, 86_400), (345_600, 3600, 345_600), (1, 60, 1200), (7200, 60, 7200)],
)  # fmt: skip
def test_a_window_is_whole_points_and_at_least_twenty_rows(width, tier, seconds) -> None:
    found = percentiles.window(width, tier)
    assert found == seconds
    assert found % width == 0
    assert found >= percentiles.LEAST_ROWS * tier

"""The suggestion of a threshold: the 99th percentile, weighted with time and rounded."""

import pytest

from monitor.rules.domain.suggestion import Distribution, suggested_clear, suggested_threshold, typed

DAY = 86_400.0


def test_the_suggestion_is_the_p99_weighted_with_time():
    held = Distribution()
    held.add(20.0, 0.985 * DAY)
    held.add(43.2, 0.010 * DAY)
    held.add(99.0, 0.005 * DAY)
    assert held.quantile(0.99) == pytest.approx(43.2, rel=0.002)
    assert suggested_threshold(held) == 43.0


def test_nothing_is_suggested_after_less_than_a_day():
    held = Distribution()
    held.add(20.0, DAY - 1)
    assert suggested_threshold(held) is None
    held.add(20.0, 1.0)
    assert suggested_threshold(held) == 20.0


def test_nothing_is_suggested_where_the_value_is_nearly_always_nothing():
    held = Distribution()
    held.add(0.0, 2 * DAY)
    assert suggested_threshold(held) is None


@pytest.mark.parametrize(
    ("value", "told"), [(43.21, 43), (0.6789, 0.68), (99.6, 100), (3.456e9, 3.5e9), (7, 7), (0, 0)]
)
def test_a_threshold_is_rounded_to_what_a_person_would_type(value, told):
    assert typed(value) == told


def test_the_clear_lies_at_87_percent():
    assert suggested_clear(75.0) == 65.0
    assert suggested_clear(2.0) == 1.7

"""Values as whole steps: told back as they were, however they were told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.history.domain import steps
from monitor.metrics.catalogue import CATALOGUE, NAMES


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("cpu_percent", 12.34, 1234),
        ("load1", 0.07, 7),
        ("memory_used_bytes", 8_123_456 * 1024.0, 8_123_456),
        ("network_sent_bytes_per_second", 299.0, 299),
    ],
)
def test_a_step_is_what_the_sampler_tells(name, value, expected):
    assert steps.count(name, value) == expected
    assert steps.value(name, expected) == value


@given(st.integers(0, 2**51), st.sampled_from(NAMES))
def test_what_was_told_to_a_step_comes_back_as_the_same_float(number, name):
    value = steps.value(name, number)
    assert steps.value(name, steps.count(name, value)) == value


@given(st.lists(st.floats(-1e300, 1e300), min_size=len(NAMES), max_size=len(NAMES)))
def test_rounding_keeps_the_order_and_bounds_the_absurd(values):
    doubled = [value + abs(value) for value in values]
    for one, more in zip(steps.of_reading(values), steps.of_reading(doubled), strict=True):
        assert -steps.MOST <= one <= more <= steps.MOST


def test_unknown_stays_unknown():
    assert steps.of_reading([None] * len(NAMES)) == [None] * len(NAMES)


def test_every_metric_has_a_step():
    assert steps.FACTORS.keys() == CATALOGUE.keys()

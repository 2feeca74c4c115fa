"""Numbers and durations as a person reads them."""

import math

import pytest

from monitor.metrics.catalogue import Unit
from monitor.metrics.quantities import number, quantity, span


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (75.0, Unit.PERCENT, "75 %"),
        (75.128, Unit.PERCENT, "75.13 %"),
        (3.1, Unit.LOAD, "3.1"),
        (1.0, Unit.TASKS, "1 task"),
        (0.0, Unit.TASKS, "0 tasks"),
        (2.5, Unit.CORES, "2.5 cores"),
        (1023.0, Unit.BYTES, "1023 B"),
        (1024.0, Unit.BYTES, "1 KiB"),
        (1.5 * 2**30, Unit.BYTES, "1.5 GiB"),
        (2.0**70, Unit.BYTES, "1048576 PiB"),
        (2.0**20, Unit.BYTES_PER_SECOND, "1 MiB/s"),
        (math.nan, Unit.PERCENT, "nan %"),
        (math.inf, Unit.BYTES, "inf PiB"),
    ],
)
def test_a_quantity_carries_its_unit(value: float, unit: Unit, text: str) -> None:
    assert quantity(value, unit) == text


@pytest.mark.parametrize(("value", "text"), [(100.0, "100"), (0.8, "0.8"), (1.999, "2"), (-0.5, "-0.5")])
def test_a_number_has_no_idle_zeros(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.4, "0 s"),
        (-3, "0 s"),
        (45, "45 s"),
        (59.6, "1 min"),
        (125, "2 min 5 s"),
        (3600, "1 h"),
        (3605, "1 h"),
        (3780, "1 h 3 min"),
        (187_200, "2 d 4 h"),
    ],
)
def test_a_span_shows_its_two_largest_units(seconds: float, text: str) -> None:
    assert span(seconds) == text

"""The course of what is judged: by the slope of all values, with a dead band, and nothing where it is mixed."""

from __future__ import annotations

import pytest

from monitor.notifications.domain.course import course

THRESHOLD = 4.0


def way(values):
    """Which way so many values of five minutes go."""
    step = 300 / (len(values) - 1)
    found = course([(index * step, value) for index, value in enumerate(values)], 300)
    assert found is not None
    return found.way(THRESHOLD)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], 1),
        ([8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0], -1),
        ([4.0, 4.1, 4.0, 3.9, 4.0, 4.1, 4.05], 0),
        # An old peak, then a new rise: five minutes before it was higher, but it does not get better.
        ([9.0, 6.0, 3.0, 2.0, 3.0, 5.0, 7.0, 8.0], None),
        # One busy second at the end of calm minutes is no rise.
        ([4.0] * 60 + [4.0, 9.0, 4.0], None),
        # One calm second at the end of a rise does not make it better.
        ([2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 1.0], None),
        ([4.0, 9.0, 4.0, 9.0, 4.0, 9.0, 4.0], None),
    ],
)
def test_the_way_is_the_slope_of_all_values_where_the_ends_agree(values, expected):
    assert way(values) == expected


def test_too_few_values_or_too_short_a_time_have_no_course():
    assert course([], 300) is None
    assert course([(0.0, 1.0), (300.0, 2.0)], 300) is None
    assert course([(float(at), 1.0) for at in range(60)], 300) is None


def test_the_ends_and_extremes_are_those_of_the_values():
    found = course(
        [(at * 30.0, float(value)) for at, value in enumerate([3, 9, 1, 4, 5, 6, 7, 7, 7, 8])], 300
    )
    assert found is not None
    assert (found.first, found.last, found.low, found.high) == (3.0, 8.0, 1.0, 9.0)

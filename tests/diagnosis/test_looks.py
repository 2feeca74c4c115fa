"""Which looks at processes tell of a span of time, and which cannot."""

import pytest

from monitor.diagnosis.looks import spoken_for, within
from tests.stages.snapshots import NOW_MS, snapshot


def ages(found):
    return [(NOW_MS - one.at_ms) / 1000 for one in found]


def taken(*ages_and_seconds):
    return [snapshot(age=age, seconds=seconds) for age, seconds in ages_and_seconds]


def test_looks_that_were_taken_in_the_time_are_within_it():
    assert ages(within(taken((40, 2), (19, 2), (5, 2)), NOW_MS, 20.0)) == [19, 5]


def test_without_any_the_newest_before_it_tells_unless_it_is_too_old():
    assert ages(within(taken((60, 2), (40, 2)), NOW_MS, 20.0)) == [40]
    assert within(taken((60, 2)), NOW_MS, 20.0) == []
    assert within(taken((-3, 2)), NOW_MS, 20.0) == []


@pytest.mark.parametrize(
    ("age", "seconds", "speaks"),
    [
        (0, 15.0, True),
        (5, 15.0, True),
        (6, 15.0, True),
        (6.5, 15.0, False),
        (19, 15.0, False),
        (18, 2.0, True),
        (18.4, 2.0, True),
        (18.6, 2.0, False),
        (19, 1.0, True),
        (5, None, False),
    ],
)
def test_a_look_speaks_for_a_time_in_which_nearly_all_of_it_lies(age, seconds, speaks):
    assert bool(spoken_for(taken((age, seconds)), NOW_MS, 20.0)) is speaks

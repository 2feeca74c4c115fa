"""All collectors together: every metric has one source, and no failing one stops the rest."""

import logging
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collectors.collection import Collection
from monitor.metrics.catalogue import NAMES
from monitor.metrics.members import Members


class Counting:
    """Fills load1 with the `elapsed` it was given, and raises when told to."""

    name = "counting"
    metrics: tuple[str, ...] = ("load1",)

    def __init__(self, value=None):
        self.error = None
        self.value = value
        self.given = []

    def collect(self, elapsed):
        self.given.append(elapsed)
        if self.error:
            raise self.error
        return {"load1": self.value if self.value is not None else elapsed}


class Steady:
    """Always fills load5 with 5."""

    name = "steady"
    metrics: tuple[str, ...] = ("load5",)

    def collect(self, elapsed):
        return {"load5": 5.0}


def test_all_names_are_there_even_without_any_collector():
    assert Collection([]).collect(1.0) == dict.fromkeys(NAMES)


def test_a_failing_collector_is_named_and_the_others_go_on():
    counting = Counting()
    counting.error = OSError(5, "Input/output error")
    collection = Collection([counting, Steady()])
    values = collection.collect(1.0)
    assert (values["load1"], values["load5"]) == (None, 5.0)
    assert collection.failing == {
        "counting": "The counting collector failed: OSError: [Errno 5] Input/output error"
    }


def test_a_collector_that_recovers_is_not_failing_and_its_next_delta_is_dropped():
    counting = Counting()
    collection = Collection([counting])
    for error in (None, OSError("gone"), None, None):
        counting.error = error
        collection.collect(1.0)
    assert counting.given == [1.0, 1.0, None, 1.0]
    assert collection.failing == {}


def test_a_failure_is_logged_once_and_again_after_an_hour(caplog):
    counting, now = Counting(), [0.0]
    counting.error = OSError("gone")
    collection = Collection([counting], clock=lambda: now[0])
    for at in (0.0, 1.0, 3599.0, 3600.0):
        now[0] = at
        collection.collect(1.0)
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2
    assert "Traceback" in caplog.text


def test_a_very_long_reason_is_cut():
    counting = Counting()
    counting.error = OSError("x" * 100_000)
    collection = Collection([counting])
    collection.collect(1.0)
    assert len(collection.failing["counting"]) < 300


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_whatever_number_a_collector_gives_only_finite_ones_come_out(value):
    given_value = Collection([Counting(value)]).collect(1.0)["load1"]
    assert given_value == (value if math.isfinite(value) else None)


def test_something_that_is_no_number_makes_the_collector_fail_and_nothing_else():
    collection = Collection([Counting("3.0"), Steady()])
    values = collection.collect(1.0)
    assert (values["load1"], values["load5"]) == (None, 5.0)
    assert "TypeError" in collection.failing["counting"]


def test_a_collector_cannot_fill_what_it_did_not_announce():
    steady = Steady()
    steady.collect = lambda elapsed: {"load5": 5.0, "load1": 1.0, "nonsense": 2.0}
    values = Collection([steady]).collect(1.0)
    assert values["load1"] is None
    assert set(values) == set(NAMES)


def test_a_stop_is_not_taken_for_a_failing_collector():
    counting = Counting()
    counting.error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        Collection([counting]).collect(1.0)


def test_the_time_of_each_collector_is_known_even_when_it_fails():
    counting = Counting()
    counting.error = OSError("gone")
    collection = Collection([counting, Steady()])
    collection.collect(1.0)
    assert set(collection.seconds) == {"counting", "steady"}
    assert all(seconds >= 0 for seconds in collection.seconds.values())


class Summing(Counting):
    """Tells what its load1 is made of, too."""

    name = "summing"

    def __init__(self):
        super().__init__(3.0)
        self.members = {"load1": Members({"a": 1.0, "b": 2.0}, adds_up=True)}


def test_what_values_are_made_of_is_collected_and_of_a_failing_collector_nothing_is():
    summing = Summing()
    collection = Collection([summing, Steady()])
    assert collection.members == {}
    collection.collect(1.0)
    assert collection.members == {"load1": Members({"a": 1.0, "b": 2.0}, adds_up=True)}
    summing.error = OSError("gone")
    collection.collect(1.0)
    assert collection.members == {}

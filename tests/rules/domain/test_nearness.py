"""How near rules are to firing, in whichever direction they fire."""

from dataclasses import replace

import pytest

from monitor.metrics.reading import Reading
from monitor.rules.domain.evaluator import Evaluator
from monitor.rules.domain.judge import share_reached
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import Condition

LOAD = RuleSpec(1, "Load", "load1", "warning", 0.0, 1.0, 0.8, 30.0, 60.0, per_core=True)
MEMORY = RuleSpec(
    2,
    "Memory",
    "memory_available_percent",
    "warning",
    0.0,
    10.0,
    15.0,
    0.0,
    60.0,
    per_core=False,
    comparison="below",
)


def near(*rules, **values):
    evaluator = Evaluator(rules)
    evaluator.evaluate(Reading(1000, 1.0, 0.0, {"cpu_effective_cores": 4.0, **values}))
    return evaluator.nearness()


def test_a_load_of_half_the_cores_is_half_way_to_the_cores():
    assert near(LOAD, load1=2.0) == 0.5
    assert near(LOAD, load1=6.0) == 1.5


def test_a_rule_that_fires_below_comes_nearer_as_the_value_falls():
    assert near(MEMORY, memory_available_percent=40.0) == 0.25
    assert near(MEMORY, memory_available_percent=8.0) == 1.25


def test_the_nearest_of_several_rules_counts():
    assert near(LOAD, MEMORY, load1=0.4, memory_available_percent=20.0) == 0.5


def test_what_is_unknown_is_far():
    assert near(LOAD, load1=None) == 0.0
    assert near() == 0.0
    assert Evaluator([LOAD]).nearness() == 0.0


@pytest.mark.parametrize(("value", "share"), [(-1.0, 0.0), (0.0, 1.0), (5.0, 1.0)])
def test_a_threshold_of_nothing_does_no_harm(value, share):
    assert share_reached(Condition(0.0, 0.0, 0.0, 0.0), value) == share


def test_a_value_of_nothing_does_no_harm_where_low_is_bad():
    assert share_reached(Condition(10.0, 15.0, 0.0, 0.0, below=True), 0.0) == 1.0


def test_a_disk_that_has_been_nearly_full_for_days_says_nothing_of_this_minute():
    disk = replace(LOAD, metric="disk_fullest_percent", threshold=90.0, clear_threshold=87.0, per_core=False)
    assert near(disk, disk_fullest_percent=89.0) == 0.0

"""One rule with two levels: escalating and stepping down within one alert, what restrains it, which way it fires."""

from dataclasses import replace

import pytest

from monitor.metrics.reading import Reading
from monitor.rules.domain.aggregates import Statistic
from monitor.rules.domain.evaluator import Evaluator
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import Change

CPU = RuleSpec(
    1, "CPU", "cpu_percent", "warning", 0.0, 75.0, 65.0, 0.0, 0.0, per_core=False,
    critical_threshold=95.0, critical_clear_threshold=85.0,
)  # fmt: skip
LOAD = replace(
    CPU, metric="load1", threshold=1.0, clear_threshold=0.8, per_core=True,
    critical_metric="load5", critical_threshold=2.0, critical_clear_threshold=1.6,
)  # fmt: skip
MEMORY = replace(
    CPU, metric="memory_available_percent", comparison="below", threshold=10.0,
    clear_threshold=15.0, critical_threshold=5.0,
    critical_clear_threshold=8.0,
)  # fmt: skip


def run(rule, *values, metric=None, **others):
    """(index, change, severity) of what one value a second led to; `others` are lists of further metrics."""
    evaluator, found = Evaluator([rule]), []
    for index, value in enumerate(values):
        readings = {metric or rule.metric: value, "cpu_effective_cores": 2.0}
        readings |= {name: series[index] for name, series in others.items()}
        for one in evaluator.evaluate(Reading(1000 * index, 1.0, 0.0, readings)):
            found.append((index, one.change.value, one.severity))
    return found


def test_an_alert_escalates_and_steps_down_without_firing_twice():
    assert run(CPU, 80, 96, 90, 84, 99, 50) == [
        (0, "fired", "warning"),
        (1, "escalated", "critical"),
        (3, "stepped_down", "warning"),
        (4, "escalated", "critical"),
        (5, "resolved", "critical"),
    ]


def test_an_alert_whose_critical_condition_holds_fires_as_critical():
    assert run(CPU, 99, 80) == [(0, "fired", "critical"), (1, "stepped_down", "warning")]


def test_both_levels_wait_and_hold_alike():
    slow = replace(CPU, for_seconds=2.0, hold_seconds=3.0)
    assert run(slow, *[99] * 4, *[80] * 5, *[50] * 5) == [
        (2, "fired", "critical"),
        (7, "stepped_down", "warning"),
        (9, "recovering", "warning"),
        (12, "resolved", "warning"),
    ]


def test_both_levels_can_change_with_one_reading_the_rule_first():
    slow = replace(CPU, hold_seconds=2.0)
    assert run(slow, 99, 80, 80, 50) == [
        (0, "fired", "critical"),
        (3, "recovering", "critical"),
        (3, "stepped_down", "warning"),
    ]


def test_another_metric_decides_on_the_critical_level_by_its_latest_value_and_the_cores():
    found = run(LOAD, *[3.0] * 4, load5=[3.0, 4.0, 3.0, None])
    assert found == [(0, "fired", "warning"), (1, "escalated", "critical"), (2, "stepped_down", "warning")]


def test_a_critical_metric_that_is_unknown_freezes_the_critical_level_alone():
    found = run(LOAD, 3.0, 3.0, 3.0, 1.0, load5=[4.0, None, None, None])
    assert found == [(0, "fired", "critical"), (3, "resolved", "critical")]


def test_a_value_that_is_unknown_freezes_both_levels():
    assert run(LOAD, 3.0, None, None, load5=[1.0, 9.0, 9.0]) == [(0, "fired", "warning")]


def test_the_critical_level_ends_with_its_alert_and_begins_anew_with_the_next():
    found = run(LOAD, 3.0, 1.0, 3.0, load5=[9.0, 3.5, 3.5])  # between both critical thresholds
    assert found == [(0, "fired", "critical"), (1, "resolved", "critical"), (2, "fired", "warning")]


def test_a_rule_that_fires_below_keeps_the_lowest_value_as_its_peak():
    evaluator = Evaluator([MEMORY])
    for index, value in enumerate((20.0, 9.0, 4.0, 12.0)):
        values = {"memory_available_percent": value}
        found = [one.change for one in evaluator.evaluate(Reading(index, 1.0, 0.0, values))]
    assert found == [Change.STEPPED_DOWN]
    assert evaluator.statuses[1].peak == 4.0
    assert run(MEMORY, 10.0, 15.0, 15.1) == [(0, "fired", "warning"), (2, "resolved", "warning")]


@pytest.mark.parametrize(("busy", "fires"), [(75.0, False), (74.9, True), (None, True)])
def test_a_restrained_rule_does_not_begin(busy, fires):
    pegged = replace(CPU, metric="cpu_busiest_core_percent", unless_metric="cpu_percent", unless_value=75.0)
    assert bool(run(pegged, 90.0, cpu_percent=[busy])) is fires


def test_what_restrains_a_rule_neither_ends_its_alert_nor_keeps_it_waiting():
    pegged = replace(
        CPU,
        metric="cpu_busiest_core_percent",
        for_seconds=2.0,
        unless_metric="cpu_percent",
        unless_value=75.0,
    )
    found = run(pegged, *[80.0] * 8, cpu_percent=[0, 0, 80, 0, 0, 0, 80, 80])
    assert found == [(5, "fired", "warning")]


def test_a_share_of_time_fires_upwards_whichever_side_of_its_level_is_bad():
    rule = replace(
        CPU, window_seconds=4.0, statistic=Statistic.SHARE, level=20.0, comparison="below",
        threshold=50.0, clear_threshold=25.0,
        critical_threshold=None,
    )  # fmt: skip
    assert run(rule, 90, 90, 90, 20, 10, 90, 90, 90, 90) == [
        (4, "fired", "warning"),
        (8, "resolved", "warning"),
    ]


def test_the_level_of_a_share_is_per_core_where_the_rule_is():
    rule = replace(LOAD, window_seconds=2.0, statistic=Statistic.SHARE, level=1.0, threshold=100.0,
                   clear_threshold=100.0,
                   critical_metric="", critical_threshold=None)  # fmt: skip
    assert run(rule, 1.9, 1.9) == []
    assert run(rule, 2.0, 2.0) == [(1, "fired", "warning")]


def test_the_extreme_of_a_window_is_judged_as_long_as_it_is_inside():
    rule = replace(CPU, window_seconds=3.0, statistic=Statistic.MAX, critical_threshold=None)
    assert run(rule, 10, 90, 10, 10, 10, 10) == [(2, "fired", "warning"), (4, "resolved", "warning")]


def test_a_level_that_was_edited_away_steps_down():
    evaluator = Evaluator([CPU])
    evaluator.evaluate(Reading(0, 1.0, 0.0, {"cpu_percent": 99.0}))
    statuses, criticals = evaluator.statuses, evaluator.criticals
    plain = Evaluator([replace(CPU, critical_threshold=None)], statuses, criticals)
    (outcome,) = plain.evaluate(Reading(1000, 1.0, 0.0, {"cpu_percent": 99.0}))
    assert (outcome.change, outcome.severity) == (Change.STEPPED_DOWN, "warning")

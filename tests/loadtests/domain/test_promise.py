"""How soon a rule must fire under a load test, by values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.loadtests.domain.promise import NoPromise, Start, promised_seconds
from monitor.metrics.reading import Reading
from monitor.rules.domain.evaluator import Evaluator
from monitor.rules.domain.spec import RuleSpec
from tests.stages.rules import a_rule

LOAD = a_rule(name="Load", metric="load1", window_seconds=0, threshold=1.0, per_core=True, for_seconds=30)
START = Start(workers=2, cores=2.0, interval=1.0)


def test_a_mean_is_promised_once_the_window_is_full_enough_of_load() -> None:
    assert promised_seconds(a_rule(threshold=85.5), START) == pytest.approx(120 * 85.5 / 95 + 2)


def test_a_mean_is_never_promised_before_it_is_known() -> None:
    assert promised_seconds(a_rule(threshold=10.0), START) == pytest.approx(0.8 * 120 + 2)


def test_a_threshold_near_all_of_it_takes_the_whole_window() -> None:
    assert promised_seconds(a_rule(threshold=99.0), START) == pytest.approx(122)


def test_fewer_workers_take_longer() -> None:
    assert promised_seconds(a_rule(threshold=45.0), replace(START, workers=1)) == pytest.approx(
        120 * 45 / 47.5 + 2
    )


def test_the_wait_of_the_rule_and_two_intervals_are_added() -> None:
    rule, start = a_rule(window_seconds=0, for_seconds=30), replace(START, interval=5.0)
    assert promised_seconds(rule, start) == pytest.approx(30 + 10)


@pytest.mark.parametrize(
    ("rule", "seconds"),
    [
        (a_rule(statistic="max"), 0.8 * 120),
        (a_rule(statistic="share", level=90.0, threshold=90.0), 0.9 * 120),
        (a_rule(metric="pressure_io_full_percent", threshold=20.0, window_seconds=60), 60),
        (a_rule(metric="tasks_blocked", threshold=2.0, window_seconds=0), 0),
    ],
)
def test_each_statistic_needs_its_share_of_the_window(rule: RuleSpec, seconds: float) -> None:
    assert promised_seconds(rule, START) == pytest.approx(seconds + 2)


def test_workers_that_cannot_fill_the_machine_promise_nothing() -> None:
    with pytest.raises(NoPromise) as refused:
        promised_seconds(a_rule(), replace(START, workers=1))
    assert str(refused.value) == (
        "CPU needs 75 %, but 1 worker brings it to 50 % at most: expect another rule."
    )


def test_a_load_that_only_approaches_its_threshold_is_not_promised() -> None:
    with pytest.raises(NoPromise, match="2 workers bring the 1-minute load towards 2 and never beyond"):
        promised_seconds(LOAD, START)


def test_a_load_that_other_work_lifts_over_the_threshold_is_promised_by_its_damping() -> None:
    busy = replace(START, values={"load1": 1.0})
    assert promised_seconds(LOAD, busy) == pytest.approx(5 + 60 * 0.693147 + 30 + 2)


def test_a_load_that_is_there_already_takes_no_time_to_rise() -> None:
    assert promised_seconds(LOAD, replace(START, values={"load1": 2.5})) == pytest.approx(30 + 2)


def test_a_rule_that_fires_below_is_refused() -> None:
    with pytest.raises(NoPromise, match="Memory low fires when one falls"):
        promised_seconds(a_rule(name="Memory low", comparison="below"), START)


def test_an_unknown_load_counts_as_none() -> None:
    with pytest.raises(NoPromise):
        promised_seconds(LOAD, replace(START, values={"load1": None}))


@pytest.mark.parametrize("before", [[], [0.0] * 200, [100.0] * 60 + [0.0] * 120, [60.0] * 200, [0.0] * 60])
@pytest.mark.parametrize("threshold", [30.0, 75.0, 90.0])
def test_the_state_machine_keeps_the_promise_whatever_came_before(
    before: list[float], threshold: float
) -> None:
    rule = a_rule(threshold=threshold, clear_threshold=threshold)
    evaluator = Evaluator([rule])
    promised = promised_seconds(rule, START)
    for second, value in enumerate([*before, *[95.0] * int(promised)]):
        evaluator.evaluate(Reading(second * 1000, 1.0, 0.0, {"cpu_percent": value}))
    assert evaluator.statuses[1].is_open

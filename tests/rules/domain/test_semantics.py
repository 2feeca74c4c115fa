"""The rules as they run, held against a plain reference model over thousands of random pasts; a seed tells a failure.

3,000 pasts of up to 190 readings with gaps, unknown values, clocks that are set and restarts; 1,000 for each of the
properties below. What a restart does to the rows is in tests/ingest/test_restarts.py.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.metrics.reading import Reading
from monitor.rules.domain.backtest import Backtest
from monitor.rules.domain.evaluator import Evaluator
from monitor.rules.domain.spec import RuleSpec
from tests.stages.examples import examples
from tests.stages.pasts import past_of, plain, rule_of

SEEDS = st.integers(0, 2**63)
EVERY_CHANGE = {"fired", "recovering", "relapsed", "resolved", "ended_unseen", "escalated", "stepped_down"}


def told(outcomes):
    return [(one.change.value, one.severity) for one in outcomes]


def lived(rule, past, restarts=frozenset()):
    """(changes, status, status of the critical level) after each reading; a restart comes before those of these indices."""
    evaluator = Evaluator([rule])
    for index, reading in enumerate(past):
        if index in restarts:
            evaluator = restarted(evaluator, rule, past[:index])
        changes = told(evaluator.evaluate(reading))
        yield reading, changes, evaluator.statuses[1], evaluator.criticals[1]


def restarted(before, rule, past):
    """What a new process makes of the statuses and the readings of the one before it: its windows fill, nothing else."""
    evaluator = Evaluator([rule], before.statuses, before.criticals)
    for reading in past:
        evaluator.replay(reading, ())
    return evaluator


def compare(seed) -> Counter[str]:
    """Hold one random past, restarts included, against the model, which never restarts; how often each change came."""
    chance = Random(seed)
    rule, past = rule_of(chance), past_of(chance)
    restarts = {index for index in range(len(past)) if chance.random() < 0.03}
    model, seen = plain(rule), Counter[str](restarted=len(restarts))
    for reading, changes, status, critical in lived(rule, past, restarts):
        assert changes == model.see(reading.covered, reading.gap, dict(reading.values)), (rule, reading)
        assert (status.is_open, critical.is_open) == (model.base.is_open, model.critical.is_open)
        assert not status.is_open or status.peak == model.peak
        seen.update(change for change, _ in changes)
    return seen


@settings(max_examples=examples(3000), deadline=None)
@given(SEEDS)
def test_the_changes_are_those_of_the_reference_model(seed):
    compare(seed)


def test_the_random_pasts_hold_every_change_many_times():
    seen = sum((compare(seed) for seed in range(150)), Counter[str]())
    assert set(seen) == {*EVERY_CHANGE, "restarted"}
    assert min(seen.values()) > 5


@settings(max_examples=examples(1000), deadline=None)
@given(SEEDS)
def test_one_alert_at_a_time_and_nothing_happens_while_the_value_is_unknown(seed):
    chance = Random(seed)
    rule, is_open, critical = rule_of(chance), False, False
    for reading, changes, _, _ in lived(rule, past_of(chance)):
        assert not (changes and rule.window_seconds == 0 and reading.values["cpu_percent"] is None)
        for change, severity in changes:
            assert is_open == (change != "fired")
            assert change != "escalated" or not critical
            assert change != "stepped_down" or critical
            is_open = change not in ("resolved", "ended_unseen")
            critical = is_open and severity == "critical"


@settings(max_examples=examples(1000), deadline=None)
@given(SEEDS)
def test_the_clock_of_the_wall_decides_nothing(seed):
    chance = Random(seed)
    rule, past = rule_of(chance), past_of(chance)
    stopped = [replace(reading, taken_at_ms=7) for reading in past]
    assert [one[1] for one in lived(rule, past)] == [one[1] for one in lived(rule, stopped)]


@settings(max_examples=examples(1000), deadline=None)
@given(SEEDS)
def test_a_back_test_finds_the_alerts_of_the_live_evaluator(seed):
    chance = Random(seed)
    rule, past = rule_of(chance), past_of(chance)
    evaluator, made, test = Evaluator([rule]), [], Backtest(rule, -(10**15))
    for reading in past:
        for one in evaluator.evaluate(reading):
            if one.change == "fired":
                made.append([one.status.started_at_ms, one.at_ms, None, None, one.severity])
            elif one.change in ("resolved", "ended_unseen"):
                made[-1][2:4] = [one.at_ms, one.before.peak]
            elif one.change == "escalated":
                made[-1][4] = one.severity
        values = tuple(reading.values[name] for name in rule.metrics)
        cores = reading.values["cpu_effective_cores"]
        test.feed([(reading.taken_at_ms, reading.covered, reading.gap, cores, values)])
    if made and made[-1][2] is None:
        made[-1][3] = evaluator.statuses[1].peak
    test.finish()
    found = [[e.started_at_ms, e.fired_at_ms, e.resolved_at_ms, e.peak, e.severity] for e in test.episodes]
    assert found == made
    assert test.critical_count == sum(severity == "critical" for *_, severity in made)


@pytest.mark.parametrize("below", [False, True])
def test_a_value_on_the_threshold_fires_and_one_on_the_clear_threshold_does_not_clear(below):
    fires, clears, calm = (8.0, 10.0, 10.01) if below else (10.0, 8.0, 7.99)
    rule = RuleSpec(
        1,
        "Any",
        "cpu_percent",
        "info",
        0.0,
        fires,
        clears,
        0.0,
        0.0,
        per_core=False,
        comparison="below" if below else "above",
    )
    values = [Reading(at, 1.0, 0.0, {"cpu_percent": value}) for at, value in enumerate((fires, clears, calm))]
    assert [one[1] for one in lived(rule, values)] == [[("fired", "info")], [], [("resolved", "info")]]

"""The rules as they run, held against a plain reference model over thousands of random pasts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.domain.backtest import Backtest
from monitor.domain.evaluating import Evaluator
from monitor.domain.gauges import Statistic
from monitor.domain.reading import Reading
from monitor.domain.rulespec import RuleSpec
from tests.domain.reference import Reference

VALUES = [0.0, 3.0, 5.0, 6.0, 8.0, 8.01, 10.0, 12.5, 15.0, 20.0]
NAMES = ("cpu_percent", "load5", "load1")
CALM = st.just(None)
RELAXED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}


@st.composite
def rules(draw):
    """Any rule that the admin lets pass: both directions, each statistic, one level or two, with or without a restraint."""
    below = draw(st.booleans())
    window = draw(st.sampled_from([0.0, 0.0, 3.0, 10.0]))
    statistic = draw(st.sampled_from(list(Statistic))) if window else Statistic.MEAN
    share = statistic is Statistic.SHARE
    other = draw(st.sampled_from(["", "", "load5"]))
    clear, steps_down, fires, critical = (20.0, 40.0, 50.0, 80.0) if share else (5.0, 8.0, 10.0, 15.0)
    if below and not share:
        clear, steps_down, fires, critical = 15.0, 10.0, 8.0, 5.0
    if other:
        steps_down, critical = (8.0, 5.0) if below else (6.0, 12.5)
    if draw(st.booleans()):
        critical = steps_down = None
    restrained = draw(st.sampled_from([False, False, True]))
    return RuleSpec(
        id=1, name="Any", metric="cpu_percent", severity=draw(st.sampled_from(["info", "warning"])), window=window,
        threshold=fires, clear=clear, pending_for=draw(st.sampled_from([0.0, 0.0, 2.0, 5.0])),
        hold=draw(st.sampled_from([0.0, 2.0, 6.0])), per_core=draw(st.booleans()), below=below, statistic=statistic,
        level=8.0 if share else None, critical_threshold=critical, critical_clear=steps_down,
        critical_metric=other if critical is not None else "", unless_metric="load1" if restrained else "",
        unless_value=10.0 if restrained else None,
    )  # fmt: skip


VALUE = st.one_of(st.none(), st.sampled_from(VALUES), st.sampled_from(VALUES))
BLOCK = st.tuples(
    st.tuples(VALUE, VALUE, VALUE),
    st.sampled_from([2.0, 1.0, 1.0, 1.0, None]),  # cores
    st.sampled_from([1.0, 1.0, 1.0, 0.2, 1.003, 0.0, 2.5]),  # covered
    st.sampled_from([0.0] * 9 + [1.5, 7.0, 4000.0]),  # gap before the first of the block
    st.sampled_from([0, 0, 0, 0, -7_200_000, 86_400_000]),  # how far the clock is set before it, ms
    st.integers(1, 8),
)
BLOCKS = st.lists(BLOCK, min_size=1, max_size=24)


def past(blocks):
    """Readings of one host, with gaps, unknown values and a clock that is set now and then; no two of one time."""
    found, at_ms, taken = [], 1_700_000_000_000, set()
    for (own, worse, other), cores, covered, gap, step_ms, count in blocks:
        at_ms += step_ms
        for number in range(count):
            missed = gap if number == 0 else 0.0
            at_ms += max(1, round(1000 * (covered + missed)))
            while at_ms in taken:
                at_ms += 1
            taken.add(at_ms)
            values = dict(zip(NAMES, (own, worse, other), strict=True)) | {"cpu_effective_cores": cores}
            found.append(Reading(at_ms, covered, missed, values))
    return found


def plain(rule: RuleSpec) -> Reference:
    return Reference(
        {
            "metric": rule.metric, "severity": rule.severity, "window": rule.window, "statistic": rule.statistic.value,
            "level": rule.level, "threshold": rule.threshold, "clear": rule.clear, "below": rule.below,
            "for": rule.pending_for, "hold": rule.hold, "per_core": rule.per_core, "critical": rule.critical_threshold,
            "critical_clear": rule.critical_clear, "critical_metric": rule.critical_metric,
            "unless_metric": rule.unless_metric, "unless_value": rule.unless_value,
        }
    )  # fmt: skip


def told(outcomes):
    return [(one.change.value, one.severity) for one in outcomes]


@settings(max_examples=300, **RELAXED)
@given(rules(), BLOCKS)
def test_the_changes_are_those_of_the_reference_model(rule, blocks):
    evaluator, model = Evaluator([rule]), plain(rule)
    for index, reading in enumerate(past(blocks)):
        expected = model.see(reading.covered, reading.gap, dict(reading.values))
        assert told(evaluator.evaluate(reading)) == expected, index
        status = evaluator.statuses[1]
        assert (status.is_open, evaluator.criticals[1].is_open) == (
            model.base.is_open,
            model.critical.is_open,
        )
        if status.is_open:
            assert status.peak == model.peak


@settings(max_examples=100, **RELAXED)
@given(rules(), BLOCKS)
def test_one_alert_at_a_time_and_nothing_happens_while_the_value_is_unknown(rule, blocks):
    evaluator, is_open, critical = Evaluator([rule]), False, False
    for reading in past(blocks):
        found = told(evaluator.evaluate(reading))
        if rule.window == 0 and reading.values["cpu_percent"] is None:
            assert found == []
        for change, severity in found:
            assert is_open == (change != "fired")
            assert (change == "escalated") <= (not critical)
            assert (change == "stepped_down") <= critical
            is_open = change not in ("resolved", "ended_unseen")
            critical = is_open and severity == "critical"


@settings(max_examples=100, **RELAXED)
@given(rules(), BLOCKS)
def test_the_clock_of_the_wall_decides_nothing(rule, blocks):
    readings = past(blocks)
    true, wrong = Evaluator([rule]), Evaluator([rule])
    for reading in readings:
        assert told(true.evaluate(reading)) == told(wrong.evaluate(replace(reading, taken_at_ms=7)))


@settings(max_examples=100, **RELAXED)
@given(rules(), BLOCKS)
def test_a_back_test_finds_the_alerts_of_the_live_evaluator(rule, blocks):
    evaluator, made = Evaluator([rule]), []
    test = Backtest(rule, -(10**15))
    for reading in past(blocks):
        for one in evaluator.evaluate(reading):
            if one.change == "fired":
                made.append([one.status.started_at_ms, one.at_ms, None, None, one.severity])
            elif one.change in ("resolved", "ended_unseen"):
                made[-1][2:4] = [one.at_ms, one.before.peak]
            elif one.change == "escalated":
                made[-1][4] = one.severity
        values = tuple(reading.values[name] for name in rule.metrics)
        test.feed(
            [
                (
                    reading.taken_at_ms,
                    reading.covered,
                    reading.gap,
                    reading.values["cpu_effective_cores"],
                    values,
                )
            ]
        )
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
        1, "Any", "cpu_percent", "info", 0.0, fires, clears, 0.0, 0.0, per_core=False, below=below
    )
    evaluator = Evaluator([rule])
    found = [told(evaluator.evaluate(Reading(at, 1.0, 0.0, {"cpu_percent": value})))
             for at, value in enumerate((fires, clears, calm))]  # fmt: skip
    assert found == [[("fired", "info")], [], [("resolved", "info")]]

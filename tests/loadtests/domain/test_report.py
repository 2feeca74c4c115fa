"""The report of a load test, sentence by sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.loadtests.domain import report
from monitor.loadtests.domain.report import Fired, Watch
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import State, Status

CPU = RuleSpec(1, "CPU", "cpu_percent", "warning", 120.0, 75.0, 65.0, 0.0, 60.0, per_core=False)
LOAD = RuleSpec(2, "Load", "load1", "warning", 0.0, 1.0, 0.8, 30.0, 60.0, per_core=True)
FIRED = Fired(1, "CPU", "cpu_percent", 75.0, crossed=90.0, fired=90.0, stored=0.004, pushed=0.006)


def calm(value: float | None = None) -> Status:
    return Status(value=value, blind=0.0 if value is not None else 1.0)


def seen(*statuses: tuple[Status, Status], fired: tuple[Fired, ...] = (), cores: float = 2.0) -> list[str]:
    """What a watch tells after these statuses of (CPU, Load), a pair a reading; alerts fire at the last."""
    watch = Watch()
    for number, pair in enumerate(statuses, start=1):
        watch.see(fired if number == len(statuses) else (), (CPU, LOAD), {1: pair[0], 2: pair[1]}, cores)
    return watch.sentences()


def test_an_alert_is_told_with_its_crossing_and_its_delays() -> None:
    assert report.fired_sentence(FIRED) == (
        "CPU reached its threshold 75 % at t+90.0 s, "
        "the alert was stored 4 ms and pushed 6 ms after the reading."
    )


def test_a_rule_that_waits_is_told_with_both_its_times() -> None:
    load = Fired(2, "Load", "load1", 2.0, crossed=50.0, fired=80.0, stored=0.004, pushed=2.5)
    assert report.fired_sentence(load) == (
        "Load reached its threshold 2 at t+50.0 s and stayed there until its alert fired at t+80.0 s, "
        "the alert was stored 4 ms and pushed 2.5 s after the reading."
    )


def test_a_threshold_reached_before_the_test_is_not_given_a_negative_time() -> None:
    sentence = report.fired_sentence(replace(FIRED, crossed=-3.0))
    assert "reached its threshold 75 % before the test began and stayed there" in sentence


def test_what_was_never_pushed_is_not_said_to_have_been() -> None:
    assert "stored 4 ms and not pushed after" in report.fired_sentence(replace(FIRED, pushed=None))


def test_without_an_alert_the_nearest_rule_is_told() -> None:
    assert seen((calm(31.0), calm(0.5)), (calm(12.0), calm(0.1))) == [
        "No alert fired: the CPU mean of 120 s reached 31 %, the rule needs 75 %."
    ]


def test_a_value_just_short_of_the_threshold_is_not_rounded_up_to_it() -> None:
    assert seen((calm(74.99), calm(0.1))) == [
        "No alert fired: the CPU mean of 120 s reached 74.9 %, the rule needs 75 %."
    ]


def test_a_threshold_per_core_counts_the_cores() -> None:
    assert seen((calm(31.0), calm(1.9)), cores=2.0) == [
        "No alert fired: the value of Load reached 1.9, the rule needs 2."
    ]


def test_a_value_that_was_high_for_too_short_is_told_as_such() -> None:
    pending = Status(State.PENDING, started_at_ms=1, held=12.4, seen_at_ms=1, value=2.34, peak=2.34)
    assert seen((calm(31.0), pending), (calm(31.0), calm(0.2))) == [
        "No alert fired: the value of Load reached 2.3 and was at 2 or above for 12 s, the rule needs 30 s."
    ]


def test_an_unknown_value_is_called_unknown() -> None:
    watch = Watch()
    watch.see((), (CPU,), {1: calm()}, 2.0)
    assert watch.sentences() == ["No alert fired: the CPU mean of 120 s stayed unknown, the rule needs 75 %."]


def test_a_value_from_before_an_unknown_stretch_does_not_count() -> None:
    watch = Watch()
    watch.see((), (CPU,), {1: Status(value=70.0, blind=3.0)}, 2.0)
    assert "stayed unknown" in watch.sentences()[0]


def test_an_alert_that_stood_before_is_not_counted_as_fired() -> None:
    standing = Status(State.FIRING, started_at_ms=1, seen_at_ms=1, value=90.0, peak=90.0)
    assert seen((standing, calm(0.5))) == [
        "The alert CPU stood before the test began, so that the test could not make it fire; its value reached 90 %, "
        "its threshold is 75 %."
    ]


def test_an_alert_that_fires_at_the_first_reading_did_not_stand_before() -> None:
    standing = Status(State.FIRING, started_at_ms=1, seen_at_ms=1, value=90.0, peak=90.0)
    assert seen((standing, calm(0.5)), fired=(FIRED,)) == [report.fired_sentence(FIRED)]


def test_an_alert_that_was_stored_late_did_not_stand_before() -> None:
    standing = Status(State.FIRING, started_at_ms=1, seen_at_ms=1, value=90.0, peak=90.0)
    pair = (standing, calm(0.5))
    assert seen(pair, pair, fired=(FIRED,)) == [report.fired_sentence(FIRED)]


def test_a_test_without_a_reading_says_so() -> None:
    assert Watch().sentences() == ["No alert fired: nothing was measured during the test."]


def test_a_host_without_rules_says_so() -> None:
    watch = Watch()
    watch.see((), (), {}, 2.0)
    assert watch.sentences() == ["No alert fired: no rule is switched on."]


def test_the_ending_comes_first() -> None:
    assert report.report(report.cancelled(12.34), ["A.", "B."]) == "Cancelled after 12.3 s. A. B."
    assert report.report("", ["A.", "B."]) == "A. B."


def test_dead_workers_are_counted_with_their_causes() -> None:
    assert report.died(["signal SIGKILL", "signal SIGKILL"], 4, 3.0) == (
        "2 of 4 workers died within 3.0 s (signal SIGKILL)."
    )


@pytest.mark.parametrize("many", [1, 4, 5, 40])
def test_a_report_never_exceeds_its_column(many: int) -> None:
    text = report.report("Cancelled after 9.0 s.", ["x" * 110 + "."] * many)
    assert len(text) <= report.LONGEST_REPORT
    told = text.count("x" * 110)
    assert told == many or text.endswith(f" And {many - told} more.")


def test_one_endless_sentence_is_cut() -> None:
    assert len(report.report("y" * 2600, ["z" * 600])) == report.LONGEST_REPORT


@pytest.mark.parametrize(("threshold", "peak", "nearer"), [(0.0, -5.0, "Load"), (-10.0, -11.0, "Load")])
def test_a_threshold_of_zero_or_less_can_be_compared(threshold: float, peak: float, nearer: str) -> None:
    odd = replace(CPU, name="Odd", threshold=threshold, clear_threshold=threshold)
    watch = Watch()
    watch.see((), (odd, LOAD), {1: calm(peak), 2: calm(1.99)}, 2.0)
    assert f"the value of {nearer}" in watch.sentences()[0]


# Of a drill: why the one alert that counts did not fire


def test_a_missed_alert_is_told_by_how_near_its_own_rule_came() -> None:
    watch = Watch()
    watch.see((), (CPU, LOAD), {1: calm(31.0), 2: calm(1.9)}, 2.0)
    assert watch.missed(1) == "The CPU mean of 120 s reached 31 %, the rule needs 75 %."
    assert watch.missed(2).startswith("The value of Load reached 1.9")


def test_an_alert_that_stood_is_the_reason_that_none_fired() -> None:
    standing = Status(State.FIRING, started_at_ms=1, seen_at_ms=1, value=90.0, peak=90.0)
    watch = Watch()
    watch.see((), (CPU, LOAD), {1: standing, 2: calm(0.5)}, 2.0)
    assert watch.missed(1).endswith("its threshold is 75 %. An alert that stands does not fire again.")


@pytest.mark.parametrize("rule_id", [7, None])
def test_a_rule_that_is_gone_is_the_reason_that_none_fired(rule_id: int | None) -> None:
    watch = Watch()
    watch.see((), (CPU, LOAD), {1: calm(31.0), 2: calm(0.5)}, 2.0)
    assert watch.missed(rule_id) == "The rule was switched off or deleted."


def test_without_a_reading_nothing_is_known_of_a_missed_alert() -> None:
    assert Watch().missed(1) == "Nothing was measured during the test."

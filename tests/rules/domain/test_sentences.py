"""A rule in one plain sentence."""

from dataclasses import replace

from monitor.rules.domain.sentences import rule_sentence
from tests.stages.rules import a_rule

LOAD = {"metric": "load1", "window_seconds": 0, "threshold": 1.0, "clear_threshold": 0.8, "for_seconds": 30}


def test_a_mean_is_told_with_its_window() -> None:
    assert rule_sentence(a_rule()) == (
        "Fires when the mean CPU of 120 s is at least 75 %; clears below 65 % for 60 s."
    )


def test_a_threshold_per_core_is_told_as_such() -> None:
    assert rule_sentence(a_rule(**LOAD, per_core=True)) == (
        "Fires when the 1-minute load is at least 1 per core for 30 s; clears below 0.8 per core for 60 s."
    )


def test_known_cores_give_the_absolute_threshold_too() -> None:
    assert rule_sentence(a_rule(**LOAD, per_core=True), 2.5) == (
        "Fires when the 1-minute load is at least 2.5 (1 per core) for 30 s; "
        "clears below 2 (0.8 per core) for 60 s."
    )


def test_a_rule_without_a_hold_clears_at_once() -> None:
    assert rule_sentence(a_rule(hold_seconds=0)).endswith("; clears below 65 %.")


def test_bytes_are_told_in_a_unit_that_a_person_reads() -> None:
    rule = a_rule(metric="swap_used_bytes", window_seconds=0, threshold=1.5 * 2**30, clear_threshold=2.0**20)
    assert rule_sentence(rule) == (
        "Fires when the swap used is at least 1.5 GiB; clears below 1 MiB for 60 s."
    )


def test_an_abbreviation_keeps_its_capitals() -> None:
    assert "the mean I/O pressure of 120 s" in rule_sentence(a_rule(metric="pressure_io_some_percent"))


def test_a_metric_that_has_left_the_catalogue_still_gives_a_sentence() -> None:
    assert rule_sentence(a_rule(metric="gone")).startswith(
        "Fires when the mean gone of 120 s is at least 75;"
    )


def test_a_critical_level_is_told_beside_the_threshold() -> None:
    assert rule_sentence(a_rule(critical_threshold=95.0)) == (
        "Fires when the mean CPU of 120 s is at least 75 %, critical at 95 %; clears below 65 % for 60 s."
    )


def test_another_metric_for_the_critical_level_is_named() -> None:
    rule = a_rule(**LOAD, per_core=True, critical_metric="load5", critical_threshold=2.0)
    assert ", critical when the 5-minute load is at least 4 (2 per core); clears below" in rule_sentence(
        rule, 2.0
    )


def test_a_rule_that_fires_below_says_so_at_both_ends() -> None:
    rule = a_rule(metric="memory_available_percent", comparison="below", threshold=10, clear_threshold=15,
                critical_threshold=5, window_seconds=60)  # fmt: skip
    assert rule_sentence(rule) == (
        "Fires when the mean available memory of 60 s is at most 10 %, critical at 5 %; clears above 15 % for 60 s."
    )


def test_the_extreme_of_a_window_is_the_highest_or_the_lowest() -> None:
    assert "when the highest CPU of 120 s is at least 75 %" in rule_sentence(a_rule(statistic="max"))
    assert "the lowest CPU of 120 s is at most" in rule_sentence(a_rule(statistic="max", comparison="below"))


def test_a_share_of_time_names_its_level_and_its_window() -> None:
    rule = a_rule(statistic="share", level=90, threshold=50, clear_threshold=30, window_seconds=600)
    assert rule_sentence(rule) == (
        "Fires when the CPU is at least 90 % for at least 50 % of 600 s; clears below 30 % of 600 s for 60 s."
    )
    assert "when the CPU is at most 90 % for at least 50 % of 600 s" in rule_sentence(
        replace(rule, comparison="below")
    )


def test_what_restrains_a_rule_has_a_sentence_of_its_own() -> None:
    told = rule_sentence(a_rule(unless_metric="load1", unless_value=4))
    assert told.endswith(". No alert begins while the mean 1-minute load of 120 s is at least 4.")

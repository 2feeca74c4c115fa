"""A rule in one plain sentence."""

from dataclasses import dataclass

from monitor.domain.sentences import rule_sentence


@dataclass
class Rule:
    """The CPU rule that loadmon ships with, unless told otherwise."""

    metric: str = "cpu_percent"
    comparison: str = "above"
    window_seconds: int = 120
    statistic: str = "mean"
    level: float | None = None
    threshold: float = 75.0
    clear_threshold: float = 65.0
    critical_threshold: float | None = None
    critical_metric: str = ""
    per_core: bool = False
    for_seconds: int = 0
    hold_seconds: int = 60
    unless_metric: str = ""
    unless_value: float | None = None


LOAD = {"metric": "load1", "window_seconds": 0, "threshold": 1.0, "clear_threshold": 0.8, "for_seconds": 30}


def test_a_mean_is_told_with_its_window() -> None:
    assert rule_sentence(Rule()) == (
        "Fires when the mean CPU of 120 s is at least 75 %; clears below 65 % for 60 s."
    )


def test_a_threshold_per_core_is_told_as_such() -> None:
    assert rule_sentence(Rule(**LOAD, per_core=True)) == (
        "Fires when the 1-minute load is at least 1 per core for 30 s; clears below 0.8 per core for 60 s."
    )


def test_known_cores_give_the_absolute_threshold_too() -> None:
    assert rule_sentence(Rule(**LOAD, per_core=True), 2.5) == (
        "Fires when the 1-minute load is at least 2.5 (1 per core) for 30 s; "
        "clears below 2 (0.8 per core) for 60 s."
    )


def test_a_rule_without_a_hold_clears_at_once() -> None:
    assert rule_sentence(Rule(hold_seconds=0)).endswith("; clears below 65 %.")


def test_bytes_are_told_in_a_unit_that_a_person_reads() -> None:
    rule = Rule(metric="swap_used_bytes", window_seconds=0, threshold=1.5 * 2**30, clear_threshold=2.0**20)
    assert rule_sentence(rule) == (
        "Fires when the swap used is at least 1.5 GiB; clears below 1 MiB for 60 s."
    )


def test_an_abbreviation_keeps_its_capitals() -> None:
    assert "the mean I/O pressure of 120 s" in rule_sentence(Rule(metric="pressure_io_some_percent"))


def test_a_metric_that_has_left_the_catalogue_still_gives_a_sentence() -> None:
    assert rule_sentence(Rule(metric="gone")).startswith("Fires when the mean gone of 120 s is at least 75;")

"""Validation of a rule: a sentence for each field whose value no alert could live with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from monitor.metrics.catalogue import NO_DATA
from monitor.rules.domain.aggregates import Statistic
from monitor.rules.domain.severity import CRITICAL
from monitor.rules.domain.spec import METRICS, RuleSpec

LARGEST = 1e15
LONGEST = {"window_seconds": 3600, "for_seconds": 3600, "hold_seconds": 86_400}
NUMBERS = tuple(field.name for field in fields(RuleSpec) if str(field.type).startswith("float"))

Complaint = tuple[str, str]  # field, sentence


def complaints(rule: RuleSpec) -> dict[str, str]:
    """By field, a sentence that says what is wrong; empty where nothing is."""
    wrong = dict(_unusable(rule))
    if wrong:
        return wrong
    checks = (_own, _critical, _share, _unless, _silence, _lengths)
    for check in checks:
        for field, sentence in check(rule):
            wrong.setdefault(field, sentence)
    return wrong


def _unusable(rule: RuleSpec) -> Iterator[Complaint]:
    for field in NUMBERS:
        value = getattr(rule, field)
        if value is not None and not abs(value) < LARGEST:
            yield field, f"{value} is not a usable number."
    if rule.statistic not in list(Statistic):  # such as a later version's, which must not be judged as a mean
        yield "statistic", f"There is no statistic called {rule.statistic!r}."


def _own(rule: RuleSpec) -> Iterator[Complaint]:
    if _missing(rule.threshold, rule.clear_threshold):
        return
    below = rule.fires_below
    if _beyond(rule.clear_threshold, rule.threshold, below):
        yield (
            "clear_threshold",
            f"The alert could never clear: {rule.clear_threshold:g} lies {_side(below)} the threshold "
            f"{rule.threshold:g}.",
        )


def _critical(rule: RuleSpec) -> Iterator[Complaint]:
    fires, clears = rule.critical_threshold, rule.critical_clear_threshold
    if fires is None and clears is None:
        if rule.critical_metric:
            yield (
                "critical_threshold",
                "Give both critical thresholds for this metric, or choose no critical metric.",
            )
        return
    if fires is None or clears is None:
        field = "critical_threshold" if fires is None else "critical_clear_threshold"
        yield field, "Give both critical thresholds, or neither."
        return
    if rule.severity == CRITICAL:
        yield (
            "critical_threshold",
            "The alert is critical from the start: leave this empty, or lower the severity.",
        )
    below = rule.critical_below
    if _beyond(clears, fires, below):
        yield (
            "critical_clear_threshold",
            f"The alert could never step down: {clears:g} lies {_side(below)} the critical threshold {fires:g}.",
        )
    if rule.critical_metric or _missing(rule.threshold, rule.clear_threshold):
        return
    if not _beyond(fires, rule.threshold, below):
        yield (
            "critical_threshold",
            f"It must lie {_side(below)} the threshold {rule.threshold:g}, where the alert fires.",
        )
    if _beyond(rule.clear_threshold, clears, below):
        yield (
            "critical_clear_threshold",
            f"It must not lie {_side(not below)} the clear threshold {rule.clear_threshold:g}, where the alert ends.",
        )


def _share(rule: RuleSpec) -> Iterator[Complaint]:
    if not rule.is_share:
        if rule.level is not None:
            yield "level", "Only a share of time has a level: leave this empty, or judge a share of time."
        return
    if not rule.window_seconds:
        yield "window_seconds", "A share of time needs a window."
    if rule.level is None:
        yield "level", "A share of time needs a level: the value that counts as beyond."
    own = ("threshold", "clear_threshold")
    critical = () if rule.critical_metric else ("critical_threshold", "critical_clear_threshold")
    for field in (*own, *critical):
        value = getattr(rule, field)
        if value is not None and not 0 <= value <= 100:
            yield field, f"A share of time lies between 0 and 100 %, not at {value:g}."


def _unless(rule: RuleSpec) -> Iterator[Complaint]:
    if rule.unless_metric and rule.unless_value is None:
        yield "unless_value", "Give the value too, or no metric."
    if rule.unless_value is not None and not rule.unless_metric:
        yield "unless_metric", "Choose the metric too, or give no value."


def _silence(rule: RuleSpec) -> Iterator[Complaint]:
    for field in METRICS[1:]:
        if getattr(rule, field) == NO_DATA.name:
            yield (
                field,
                "The silence of the sampler is no value of a sample: only a rule of its own can judge it.",
            )
    if rule.metric != NO_DATA.name:
        return
    if rule.window_seconds:
        yield "window_seconds", "The silence of the sampler is judged by its latest value: give 0."
    if rule.below:
        yield "comparison", "The silence of the sampler can only be too long: choose at or above."
    if rule.per_core:
        yield "per_core", "The silence of the sampler does not depend on the cores."
    if rule.critical_threshold is not None:
        yield "critical_threshold", "The silence of the sampler has one level: set the severity instead."
    if rule.unless_metric:
        yield "unless_metric", "While the sampler is silent no other metric is known: leave this empty."


def _lengths(rule: RuleSpec) -> Iterator[Complaint]:
    for field, limit in LONGEST.items():
        value: Any = getattr(rule, field)
        if (value or 0) > limit:
            yield field, f"Give at most {limit} seconds."


def _beyond(one: float, other: float, below: bool) -> bool:
    """Whether `one` is worse than `other`."""
    return one < other if below else one > other


def _side(below: bool) -> str:
    return "below" if below else "above"


def _missing(*values: float | None) -> bool:
    return None in values

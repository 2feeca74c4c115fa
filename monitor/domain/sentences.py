"""An alert rule as one plain sentence."""

from __future__ import annotations

from typing import Protocol

from .metrics import CATALOGUE, Unit
from .quantities import quantity

NOUNS = {"cpu_percent": "CPU", "load1": "1-minute load", "load5": "5-minute load", "load15": "15-minute load"}


class Rule(Protocol):
    """What a sentence needs to know of a rule; times are in seconds."""

    metric: str
    window_seconds: int
    threshold: float
    clear_threshold: float
    per_core: bool
    for_seconds: int
    hold_seconds: int


def rule_sentence(rule: Rule, cores: float | None = None) -> str:
    """When `rule` fires and clears; with `cores` a threshold per core is told in absolute numbers too."""
    fires = f"{_limit(rule, rule.threshold, cores)}{_lasting(rule.for_seconds)}"
    clears = f"{_limit(rule, rule.clear_threshold, cores)}{_lasting(rule.hold_seconds)}"
    return f"Fires when {_subject(rule)} is at least {fires}; clears below {clears}."


def _subject(rule: Rule) -> str:
    noun = _noun(rule.metric)
    return f"the mean {noun} of {rule.window_seconds} s" if rule.window_seconds else f"the {noun}"


def _noun(metric: str) -> str:
    if metric in NOUNS:
        return NOUNS[metric]
    label = CATALOGUE[metric].label if metric in CATALOGUE else metric
    return label if label[:2].isupper() or label[1:2] == "/" else label[:1].lower() + label[1:]


def _limit(rule: Rule, value: float, cores: float | None) -> str:
    unit = CATALOGUE[rule.metric].unit if rule.metric in CATALOGUE else Unit.LOAD
    if not rule.per_core:
        return quantity(value, unit)
    if cores is None:
        return f"{quantity(value, unit)} per core"
    return f"{quantity(value * cores, unit)} ({quantity(value, unit)} per core)"


def _lasting(seconds: int) -> str:
    return f" for {seconds} s" if seconds else ""

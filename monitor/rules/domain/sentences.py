"""Sentences of a rule: when it fires, and why its alert became critical."""

from __future__ import annotations

from monitor.metrics.catalogue import JUDGED, Unit
from monitor.metrics.quantities import quantity
from monitor.rules.domain.aggregates import Statistic
from monitor.rules.domain.outcome import Outcome
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import Change


def rule_sentence(rule: RuleSpec, cores: float | None = None) -> str:
    """When `rule` fires and clears; with `cores` a threshold per core is told in absolute numbers too."""
    below = rule.fires_below
    limit = _share_limit if rule.is_share else _limit
    fires = f"{_bound(below)} {limit(rule, rule.threshold, cores)}{_lasting(rule.for_seconds)}"
    clears = f"{limit(rule, rule.clear_threshold, cores)}{_lasting(rule.hold_seconds)}"
    ends = f"clears {'above' if below else 'below'} {clears}"
    first = f"Fires when {_subject(rule, cores)} {fires}{_critical(rule, cores)}; {ends}."
    return f"{first}{_unless(rule)}"


def critical_reason(outcome: Outcome) -> str:
    """Why an alert became critical, or is no longer, where another metric than its own decides; "" elsewhere."""
    rule, condition, value = outcome.rule, outcome.critical, outcome.critical_value
    if outcome.change is Change.STEPPED_DOWN and condition is None:
        return "The rule has no critical level any more."
    if not rule.critical_metric or condition is None or value is None:
        return ""
    unit = JUDGED[rule.critical_metric].unit if rule.critical_metric in JUDGED else Unit.LOAD
    told = f"The {_noun(rule.critical_metric)} is {quantity(value, unit)}"
    if outcome.change is Change.STEPPED_DOWN:
        return f"{told}, no longer critical."
    begins = outcome.change is Change.FIRED and condition.reached(value)
    if outcome.change is not Change.ESCALATED and not begins:
        return ""
    side = "below" if condition.below else "above"
    return f"{told}, critical at {quantity(condition.threshold, unit)} or {side}."


def _subject(rule: RuleSpec, cores: float | None) -> str:
    """What is judged, with the verb before its bound."""
    noun = _noun(rule.metric)
    if not rule.window_seconds:
        return f"the {noun} is"
    if rule.is_share:
        level = _limit(rule, rule.level or 0.0, cores)
        return f"the {noun} is {_bound(rule.below)} {level} for"
    return f"the {_adjective(rule)} {noun} of {rule.window_seconds} s is"


def _adjective(rule: RuleSpec) -> str:
    if rule.statistic == Statistic.MAX:
        return "lowest" if rule.below else "highest"
    return "mean"


def _critical(rule: RuleSpec, cores: float | None) -> str:
    value = rule.critical_threshold
    if value is None:
        return ""
    if not rule.critical_metric:
        same = _share_limit if rule.is_share else _limit
        return f", critical at {same(rule, value, cores)}"
    subject, bound = f"the {_noun(rule.critical_metric)} is", _bound(rule.below)
    return f", critical when {subject} {bound} {_limit(rule, value, cores, rule.critical_metric)}"


def _unless(rule: RuleSpec) -> str:
    if not rule.unless_metric or rule.unless_value is None:
        return ""
    noun = _noun(rule.unless_metric)
    judged = f"mean {noun} of {rule.window_seconds} s" if rule.window_seconds else noun
    return f" No alert begins while the {judged} is at least {quantity(rule.unless_value, _unit(rule.unless_metric))}."


def _bound(below: bool) -> str:
    return "at most" if below else "at least"


def _noun(metric: str) -> str:
    return JUDGED[metric].noun if metric in JUDGED else metric


def _limit(rule: RuleSpec, value: float, cores: float | None, metric: str = "") -> str:
    unit = _unit(metric or rule.metric)
    if not rule.per_core:
        return quantity(value, unit)
    if cores is None:
        return f"{quantity(value, unit)} per core"
    return f"{quantity(value * cores, unit)} ({quantity(value, unit)} per core)"


def _share_limit(rule: RuleSpec, value: float, cores: float | None) -> str:
    return f"{quantity(value, Unit.PERCENT)} of {rule.window_seconds} s"


def _unit(metric: str) -> Unit:
    return JUDGED[metric].unit if metric in JUDGED else Unit.LOAD


def _lasting(seconds: int) -> str:
    return f" for {seconds} s" if seconds else ""

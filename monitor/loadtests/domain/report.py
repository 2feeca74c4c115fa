"""Report of a load test, what it proved in sentences: made of the times and values that were measured while it ran."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.metrics.catalogue import CATALOGUE, Unit
from monitor.metrics.quantities import quantity
from monitor.rules.domain.aggregates import Statistic
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import Condition, State, Status

LONGEST_REPORT = 2000
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Fired:
    """An alert that fired during the test.

    crossed, fired: seconds since the test began at which the value first reached the threshold, and at which
    it had done so for long enough. stored, pushed: seconds after the reading that made it fire; None: never.
    """

    rule_id: int | None
    rule: str
    metric: str
    threshold: float
    crossed: float
    fired: float
    stored: float | None
    pushed: float | None


@dataclass(frozen=True, slots=True)
class Approach:
    """How near one rule came: its worst known value, and seconds at the threshold or beyond."""

    rule: RuleSpec
    condition: Condition
    peak: float | None
    held: float

    @property
    def threshold(self) -> float:
        """Absolute: at which value the rule fires."""
        return self.condition.threshold


class Watch:
    """Follows one load test reading by reading."""

    def __init__(self) -> None:
        self.fired: list[Fired] = []
        self._open_before: frozenset[int] | None = None
        self._approaches: dict[int, Approach] = {}

    def see(
        self, fired: Iterable[Fired], rules: Iterable[RuleSpec], statuses: Mapping[int, Status], cores: float
    ) -> None:
        """Take in what one reading led to: alerts that fired, and where each rule stands after it."""
        self.fired += fired
        rules = list(rules)
        if self._open_before is None:
            self._open_before = frozenset(rule.id for rule in rules if statuses[rule.id].is_open)
        for rule in rules:
            self._approaches[rule.id] = _nearer(self._approaches.get(rule.id), rule, statuses[rule.id], cores)

    def sentences(self) -> list[str]:
        """Each alert that fired; where none did, what stood already or how near the nearest rule came."""
        told = [fired_sentence(each) for each in self.fired]
        stood = (self._open_before or frozenset()) - {each.rule_id for each in self.fired}
        told += [stood_sentence(self._approaches[rule_id]) for rule_id in sorted(stood)]
        if told:
            return told
        if self._open_before is None:
            return ["No alert fired: nothing was measured during the test."]
        return [nearest_sentence(self._approaches.values())]

    def missed(self, rule_id: int | None) -> str:
        """Why the alert of one rule did not fire, in a sentence."""
        if self._open_before is None:
            return "Nothing was measured during the test."
        approach = None if rule_id is None else self._approaches.get(rule_id)
        if approach is None:
            return "The rule was switched off or deleted."
        if rule_id in self._open_before:
            return f"{stood_sentence(approach)} An alert that stands does not fire again."
        told = nearest_sentence([approach]).removeprefix("No alert fired: ")
        return told[:1].upper() + told[1:]


def report(ending: str, sentences: Sequence[str]) -> str:
    """One text of at most 2000 characters: how the test ended ("": as planned), then what fits of the rest."""
    return fitting([ending, *sentences], " ")


def fitting(sentences: Sequence[str], between: str) -> str:
    """What fits of `sentences` into a report, and how many more there are; the first is cut where it alone is too long."""
    told = [sentence for sentence in sentences if sentence]
    parts: list[str] = []
    for done, sentence in enumerate(told):
        rest = f"And {len(told) - done} more."
        reserve = len(between) + len(rest) if done + 1 < len(told) else 0
        if parts and len(between.join([*parts, sentence])) + reserve > LONGEST_REPORT:
            parts.append(rest)
            break
        parts.append(sentence)
    return between.join(parts)[:LONGEST_REPORT]


def fired_sentence(alert: Fired) -> str:
    """When the threshold was reached, and how long after the reading the alert was stored and pushed."""
    reached = f"at t+{alert.crossed:.1f} s" if alert.crossed >= 0 else "before the test began"
    text = f"{alert.rule} reached its threshold {amount(alert.threshold, alert.metric)} {reached}"
    if alert.fired - alert.crossed >= 0.05:
        text += f" and stayed there until its alert fired at t+{alert.fired:.1f} s"
    stored = "not stored" if alert.stored is None else f"stored {duration(alert.stored)}"
    pushed = "not pushed" if alert.pushed is None else f"pushed {duration(alert.pushed)}"
    return f"{text}, the alert was {stored} and {pushed} after the reading."


def stood_sentence(approach: Approach) -> str:
    """What the test did to a value whose alert stood already."""
    rule = approach.rule
    text = f"The alert {rule.name} stood before the test began, so that the test could not make it fire"
    if approach.peak is None:
        return f"{text}."
    reached = _told(_rounded(approach, approach.peak), rule)
    return f"{text}; its value reached {reached}, its threshold is {_told(approach.threshold, rule)}."


def nearest_sentence(approaches: Iterable[Approach]) -> str:
    """Why no alert fired, told of the rule that came nearest."""
    approaches = list(approaches)
    if not approaches:
        return "No alert fired: no rule is switched on."
    nearest = max(approaches, key=_nearness)
    rule, needs = nearest.rule, _told(nearest.threshold, nearest.rule)
    what = (
        f"the {rule.name} {_judged(rule)} of {rule.window_seconds:g} s"
        if rule.window_seconds
        else f"the value of {rule.name}"
    )
    if nearest.peak is None:
        return f"No alert fired: {what} stayed unknown, the rule needs {needs}."
    reached = f"No alert fired: {what} reached {_told(_rounded(nearest, nearest.peak), rule)}"
    if not nearest.condition.reached(nearest.peak):
        return f"{reached}, the rule needs {needs}."
    held, side = math.floor(nearest.held), "below" if nearest.condition.below else "above"
    return f"{reached} and was at {needs} or {side} for {held} s, the rule needs {rule.for_seconds:g} s."


def cancelled(seconds: float) -> str:
    """The ending of a test that somebody cancelled that long after its start."""
    return f"Cancelled after {seconds:.1f} s."


def stopped(seconds: float) -> str:
    """The ending of a test whose sampler was stopped that long after its start."""
    return f"The sampler was stopped {seconds:.1f} s into the test."


def died(deaths: Sequence[str], workers: int, seconds: float) -> str:
    """The ending of a test whose workers died early; `deaths` says of each how."""
    causes = ", ".join(sorted(set(deaths)))
    return f"{len(deaths)} of {workers} workers died within {seconds:.1f} s ({causes})."


def amount(value: float, metric: str) -> str:
    """A value of `metric` with its unit."""
    return quantity(value, CATALOGUE[metric].unit if metric in CATALOGUE else Unit.LOAD)


def duration(seconds: float) -> str:
    """A delay as a person reads it: "4 ms", "12.3 s"."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _judged(rule: RuleSpec) -> str:
    words: dict[str, str] = {Statistic.MEAN: "mean", Statistic.MAX: "extreme", Statistic.SHARE: "share"}
    return words[rule.statistic]


def _told(value: float, rule: RuleSpec) -> str:
    return quantity(value, Unit.PERCENT) if rule.is_share else amount(value, rule.metric)


def _rounded(approach: Approach, value: float) -> float:
    """`value` to one decimal and never nearer to the threshold than it was: 74.96 did not reach 75."""
    return math.ceil(value * 10) / 10 if approach.condition.below else math.floor(value * 10) / 10


def _nearer(before: Approach | None, rule: RuleSpec, status: Status, cores: float) -> Approach:
    known = status.value if status.blind == 0 else None
    condition = rule.condition(cores)
    peak = before.peak if before else None
    peak = peak if known is None else condition.worst(peak, known)
    held = status.held if status.state is State.PENDING else 0.0
    held = max(held, before.held) if before else held
    return Approach(rule, condition, peak, held)


def _nearness(approach: Approach) -> float:
    """1 and more where the threshold was reached; what is unknown, or stands for days, is farthest."""
    if approach.peak is None:
        return -1.0
    if approach.rule.is_standing and not approach.condition.reached(approach.peak):
        return -0.5
    return approach.condition.share_reached(approach.peak)

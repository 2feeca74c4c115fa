"""Rules applied to the readings of one host, in order: which alerts fire, recover or stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from .alerting import Change, Condition, Observation, State, Status, step
from .reading import Reading
from .windows import Window

MEAN_SECONDS = 120.0
MEAN_METRICS = ("cpu_percent", "load1", "pressure_io_full_percent", "pressure_memory_full_percent")


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """One rule as values; thresholds are per core where `per_core` says so, window 0 means the latest value."""

    id: int
    name: str
    metric: str
    severity: str
    window: float
    threshold: float
    clear: float
    pending_for: float
    hold: float
    per_core: bool

    def condition(self, cores: float) -> Condition:
        """The condition in absolute numbers on a host of `cores` effective cores."""
        factor = cores if self.per_core else 1.0
        return Condition(self.threshold * factor, self.clear * factor, self.pending_for, self.hold)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A recorded change of one rule: what, when, at which value and absolute thresholds; status is the one after it.

    before is the status that preceded it: its started_at_ms, peak and seen_at_ms describe the alert that ends.
    """

    rule: RuleSpec
    change: Change
    at_ms: int
    value: float
    condition: Condition
    before: Status
    status: Status


class Evaluator:
    """Evaluates every rule on each reading of one host; holds windows and statuses in memory, nothing else."""

    def __init__(self, rules: Iterable[RuleSpec], statuses: Mapping[int, Status] | None = None) -> None:
        self.rules = tuple(rules)
        self.statuses = {rule.id: (statuses or {}).get(rule.id, Status()) for rule in self.rules}
        keys = {(rule.metric, rule.window) for rule in self.rules if rule.window}
        keys |= {(metric, MEAN_SECONDS) for metric in MEAN_METRICS}
        self._windows = {key: Window(key[1]) for key in keys}
        self._cores: float | None = None

    def evaluate(self, reading: Reading) -> list[Outcome]:
        """Take one reading in; return the changes it caused."""
        self._take(reading)
        outcomes = []
        for rule in self.rules:
            before = self.statuses[rule.id]
            status, outcome = self._step(rule, before, reading)
            self.statuses[rule.id] = status
            if outcome is not None:
                outcomes.append(outcome)
        return outcomes

    def replay(self, reading: Reading, rule_ids: Iterable[int]) -> None:
        """Take a stored reading in again: windows fill and the named rules' clocks run, but nothing changes twice."""
        self._take(reading)
        wanted = set(rule_ids)
        for rule in self.rules:
            if rule.id not in wanted:
                continue
            status, outcome = self._step(rule, self.statuses[rule.id], reading)
            self.statuses[rule.id] = status if outcome is None else _on_the_brink(outcome)

    def means(self) -> dict[str, float | None]:
        """The 2-minute mean of the metrics that the page shows one for; None while it is unknown."""
        return {metric: self._windows[metric, MEAN_SECONDS].mean() for metric in MEAN_METRICS}

    def _take(self, reading: Reading) -> None:
        self._cores = reading.values.get("cpu_effective_cores") or self._cores
        for (metric, _), window in self._windows.items():
            window.add(reading.covered, reading.gap, reading.values.get(metric))

    def _step(self, rule: RuleSpec, before: Status, reading: Reading) -> tuple[Status, Outcome | None]:
        value = self._value(rule, reading)
        if rule.per_core and self._cores is None:
            value = None
        condition = rule.condition(self._cores or 1.0)
        seen = Observation(reading.taken_at_ms, reading.covered, reading.gap, value)
        status, change = step(condition, before, seen)
        if change is None or value is None:
            return status, None
        return status, Outcome(rule, change, reading.taken_at_ms, value, condition, before, status)

    def _value(self, rule: RuleSpec, reading: Reading) -> float | None:
        if rule.window:
            return self._windows[rule.metric, rule.window].mean()
        return reading.values.get(rule.metric)


def _on_the_brink(outcome: Outcome) -> Status:
    """The status just short of a change that a replay may not make: the next live reading makes it.

    Happens only where the rule was edited, or where the stored history starts in the middle of a wait.
    """
    if outcome.change is Change.FIRED:
        return replace(outcome.status, state=State.PENDING, held=outcome.condition.pending_for)
    return replace(outcome.before, seen_at_ms=outcome.at_ms, blind=0.0)

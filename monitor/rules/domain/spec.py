"""A rule as values: its fields, what it judges, and by which absolute numbers on a host."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.metrics.catalogue import Family, family_of
from monitor.rules.domain.aggregates import Aggregate, Statistic
from monitor.rules.domain.states import Condition

BELOW = "below"
PARTS: dict[str, tuple[str, ...]] = {
    "Value": ("metric", "window_seconds", "statistic", "level", "per_core"),
    "Fires": ("comparison", "threshold", "for_seconds"),
    "Clears": ("clear_threshold", "hold_seconds"),
    "Critical level": ("critical_threshold", "critical_clear_threshold", "critical_metric"),
    "Exception": ("unless_metric", "unless_value"),
}
"""The fields of RuleSpec that decide when an alert stands, by what they are for; forms, queries and rows go by these."""
FIELDS = tuple(name for names in PARTS.values() for name in names)
METRICS = tuple(
    name for name in FIELDS if name.endswith("metric")
)  # those that name one, the rule's own first
STANDING = frozenset({Family.FILE_SYSTEMS})
"""What stands at one value for days: how near they are says nothing of what happens this minute."""


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """One rule as values, named as the columns of its row; what is still to be typed is None in a row of a form.

    Thresholds are per core where `per_core` says so; times are in seconds, a window of 0 means the latest value.
    comparison: "above", or "below": fires at the threshold or below it. Of a share of time it tells which side of
    `level` counts; much of a bad time is bad, so a share always fires at its threshold or above, and `per_core`
    multiplies the level. statistic: a word of Statistic.
    critical_metric: judged by its latest value against the critical thresholds; "": what the rule judges itself.
    unless_metric: no alert begins while its mean (its latest value without a window) is at `unless_value` or above.
    """

    id: int
    name: str
    metric: str
    severity: str
    window_seconds: int
    threshold: float
    clear_threshold: float
    for_seconds: int
    hold_seconds: int
    per_core: bool
    comparison: str = "above"
    statistic: str = Statistic.MEAN
    level: float | None = None
    critical_threshold: float | None = None
    critical_clear_threshold: float | None = None
    critical_metric: str = ""
    unless_metric: str = ""
    unless_value: float | None = None

    @property
    def is_standing(self) -> bool:
        """Whether it judges what stands at one value for days."""
        return family_of(self.metric) in STANDING

    @property
    def below(self) -> bool:
        """Whether low values are bad."""
        return self.comparison == BELOW

    @property
    def is_share(self) -> bool:
        """Whether it is meant to judge a share of time, in percent; that needs a window and a level, see validation.

        What is judged in the end, whatever the columns hold, is `aggregate`.
        """
        return self.statistic == Statistic.SHARE

    @property
    def fires_below(self) -> bool:
        """Whether what it judges is bad where it is low."""
        return self.below and not self.is_share

    @property
    def critical_below(self) -> bool:
        """Whether what its critical thresholds judge is bad where it is low."""
        return self.below if self.critical_metric else self.fires_below

    @property
    def aggregate(self) -> Aggregate:
        """What it judges."""
        if not self.window_seconds:
            return Aggregate(self.metric)
        if self.is_share:
            return Aggregate(
                self.metric, self.window_seconds, Statistic.SHARE, self.level, self.below, self.per_core
            )
        if self.statistic == Statistic.MAX:
            return Aggregate(self.metric, self.window_seconds, Statistic.MAX, below=self.below)
        return Aggregate(self.metric, self.window_seconds)

    @property
    def critical_aggregate(self) -> Aggregate:
        """What its critical thresholds judge."""
        return Aggregate(self.critical_metric) if self.critical_metric else self.aggregate

    @property
    def unless_aggregate(self) -> Aggregate | None:
        """What keeps it from firing, if anything does."""
        if not self.unless_metric or self.unless_value is None:
            return None
        return Aggregate(self.unless_metric, self.window_seconds)

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """Everything that it judges."""
        unless = self.unless_aggregate
        return (self.aggregate, self.critical_aggregate, *((unless,) if unless else ()))

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric that it looks at, each once, its own first."""
        return tuple(dict.fromkeys(filter(None, (getattr(self, name) for name in METRICS))))

    def factor(self, cores: float) -> float:
        """By what the thresholds are multiplied on a host of `cores` effective cores."""
        return cores if self.per_core and not self.is_share else 1.0

    def critical_factor(self, cores: float) -> float:
        """By what the critical thresholds are multiplied."""
        return cores if self.per_core and (self.critical_metric or not self.is_share) else 1.0

    def condition(self, cores: float) -> Condition:
        """The condition in absolute numbers on a host of `cores` effective cores."""
        factor = self.factor(cores)
        threshold, clear = self.threshold * factor, self.clear_threshold * factor
        return Condition(threshold, clear, self.for_seconds, self.hold_seconds, self.fires_below)

    def critical_condition(self, cores: float) -> Condition | None:
        """The critical condition in absolute numbers; None where the rule has no critical level."""
        if self.critical_threshold is None or self.critical_clear_threshold is None:
            return None
        factor = self.critical_factor(cores)
        threshold, clear = self.critical_threshold * factor, self.critical_clear_threshold * factor
        return Condition(threshold, clear, self.for_seconds, self.hold_seconds, self.critical_below)

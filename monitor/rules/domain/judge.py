"""Judge of one rule on one host: reading by reading where both of its levels stand, and what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from monitor.metrics.members import Members
from monitor.rules.domain.aggregates import Aggregates
from monitor.rules.domain.following import BothLevels
from monitor.rules.domain.membership import Document
from monitor.rules.domain.outcome import Outcome
from monitor.rules.domain.severity import CRITICAL
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import (
    Change,
    Observation,
    State,
    Status,
    changes_nothing,
    step,
    step_critical,
)

NO_MEMBERS: Mapping[str, Members] = {}


class Judge:
    """Holds the statuses of one rule; what it judges comes from `aggregates`, which must have taken the reading before."""

    def __init__(
        self,
        rule: RuleSpec,
        aggregates: Aggregates,
        base: Status | None = None,
        critical: Status | None = None,
        members: Iterable[Document] = (),
    ) -> None:
        self.rule = rule
        self.value: float | None = None  # what was judged last
        self._value_before: float | None = None
        self.condition = rule.condition(1.0)
        self.critical_condition = rule.critical_condition(1.0)
        self.critical = critical or Status()
        self._base = base or Status()
        self._glimpse: tuple[int, float] | None = None  # the newest value that changed nothing
        self._cores: float | None = None
        self._source = aggregates.source(rule.aggregate)
        self._critical_source = aggregates.source(rule.critical_aggregate)
        unless = rule.unless_aggregate
        self._unless_source = aggregates.source(unless) if unless else None
        self._levels = BothLevels(rule, aggregates, members)

    @property
    def base(self) -> Status:
        """Where the rule stands."""
        if self._glimpse is not None:
            at_ms, value = self._glimpse
            self._base = replace(self._base, blind=0.0, seen_at_ms=at_ms, value=value)
            self._glimpse = None
        return self._base

    @property
    def members(self) -> tuple[Document, ...]:
        """What the alert that stands is of, where the rule judges a set."""
        return self._levels.base.documents(self.condition, self._cores) if self._base.is_open else ()

    @property
    def is_open(self) -> bool:
        """Whether an alert stands."""
        return self._base.is_open

    @property
    def severity(self) -> str:
        """Of the alert, where one stands."""
        return self._severity(self.critical)

    @property
    def _is_idle(self) -> bool:
        return self._base.state is State.INACTIVE

    @property
    def nearness(self) -> float:
        """The share of the threshold that the value has come to; 0 while it is unknown."""
        return 0.0 if self.value is None else self.condition.share_reached(self.value)

    def may_fire_within(self, seconds: float) -> bool:
        """Whether an alert may begin within `seconds`: its wait ends, or without one its value goes on as from the last."""
        if self._base.is_open or self.value is None:
            return False
        if self._base.state is State.PENDING:
            return self._base.held + seconds >= self.rule.for_seconds
        rise = 0.0 if self._value_before is None else self.value - self._value_before
        return not self.rule.for_seconds and self.condition.reached(self.value + rise)

    def see(
        self,
        at_ms: int,
        covered: float,
        gap: float,
        cores: float | None,
        members: Mapping[str, Members] = NO_MEMBERS,
    ) -> list[Outcome]:
        """Judge the reading that was taken at `at_ms`; return what changed, at most one change of each level."""
        self._judge(cores)
        if self._is_idle:
            self._levels.glance(members)
            found = self._see(at_ms, covered, gap)
            if not self._is_idle:
                self._levels.begin(at_ms)
                found = [replace(one, members=self.members) for one in found]
            return found
        conditions = self.condition, self.critical_condition
        self._levels.take(at_ms, covered, members, conditions, cores)
        if self._base.is_open:
            self.value = self._levels.base.known(self.value, self.condition, cores)
        found = [*self._news(at_ms), *self._see(at_ms, covered, gap)]
        if self._is_idle:
            self._levels.forget()
        return found

    def forget(self) -> None:
        """Begin anew, with the windows as they are."""
        self._base, self.critical, self._glimpse = Status(), Status(), None
        self._levels.forget()

    def _see(self, at_ms: int, covered: float, gap: float) -> list[Outcome]:
        if self.value is not None and self._is_quiet(self.value):
            self._glimpse = (at_ms, self.value)
            return []
        before, critical_before = self.base, self.critical
        seen, critical_seen = self._observations(at_ms, covered, gap)
        self._base, change = step(self.condition, before, seen)
        self.critical, shift = step_critical(
            self.critical_condition, critical_before, critical_seen, self._base
        )
        found = []
        if change:
            level = self.critical if change is Change.FIRED else critical_before
            found.append(self._outcome(change, at_ms, before, level, critical_seen.value))
        if shift and before.is_open and self._base.is_open:
            found.append(self._outcome(shift, at_ms, before, self.critical, critical_seen.value))
        return found

    def replay(
        self, at_ms: int, covered: float, gap: float, cores: float | None, base: bool, critical: bool
    ) -> None:
        """Judge a stored reading again for the levels that are asked for; their clocks run, but nothing changes twice."""
        self._judge(cores)
        if self._base.is_open:
            self.value = self._levels.base.known(self.value, self.condition, cores)
        before, critical_before = self.base, self.critical
        seen, critical_seen = self._observations(at_ms, covered, gap)
        if base:
            after, change = step(self.condition, before, seen)
            self._base = self._on_the_brink(before, after, seen) if change else after
        if critical:
            after, shift = step_critical(self.critical_condition, critical_before, critical_seen, self._base)
            recorded = shift is not None and before.is_open and self._base.is_open
            self.critical = self._on_the_brink(critical_before, after, critical_seen) if recorded else after

    def _judge(self, cores: float | None) -> None:
        if cores != self._cores:
            self._cores = cores
            self.condition = self.rule.condition(cores or 1.0)
            self.critical_condition = self.rule.critical_condition(cores or 1.0)
        known = not self.rule.per_core or cores is not None
        self._value_before = self.value
        self.value = self._source() if known else None

    def _worse(self) -> float | None:
        """What the critical level judges; None, too, where it is calm only without what is not measured any more."""
        value, following = self._critical_source(), self._levels.critical
        return (
            following.known(value, self.critical_condition, self._cores) if self.critical.is_open else value
        )

    def _news(self, at_ms: int) -> list[Outcome]:
        """What of a standing alert cannot be seen any more, and what is seen again."""
        if not self._base.is_open:
            return []
        news = zip((Change.UNSEEN, Change.SEEN_AGAIN), self._levels.base.news(), strict=True)
        return [
            replace(self._outcome(change, at_ms, self.base, self.critical, None), names=names)
            for change, names in news
            if names
        ]

    def _is_quiet(self, value: float) -> bool:
        """Whether `value` changes nothing, and what the critical level judges neither."""
        if not changes_nothing(self.condition, self._base, value):
            return False
        if self._is_idle:
            return True
        condition, status = self.critical_condition, self.critical
        if condition is None:
            return not status.is_open
        worse = self._worse()
        if worse is None:
            return status.state is State.INACTIVE
        return changes_nothing(condition, status, worse)

    def _observations(self, at_ms: int, covered: float, gap: float) -> tuple[Observation, Observation]:
        """What both levels are to judge; unknown for the rule is unknown for both."""
        worse = None if self.value is None else self._worse()
        seen = Observation(at_ms, covered, gap, self.value, self._is_restrained())
        return seen, Observation(at_ms, covered, gap, worse)

    def _is_restrained(self) -> bool:
        limit = self.rule.unless_value
        if self._unless_source is None or limit is None or self._base.is_open:
            return False
        value = self._unless_source()
        return value is not None and value >= limit

    def _on_the_brink(self, before: Status, after: Status, seen: Observation) -> Status:
        """The status just short of a change that a replay may not make: the next live reading makes it.

        Happens only where the rule was edited, or where the stored history starts in the middle of a wait.
        """
        if after.is_open and not before.is_open:
            return replace(after, state=State.PENDING, held=self.rule.for_seconds)
        return replace(before, seen_at_ms=seen.at_ms, blind=0.0)

    def _outcome(
        self, change: Change, at_ms: int, before: Status, level: Status, worse: float | None
    ) -> Outcome:
        return Outcome(
            rule=self.rule,
            change=change,
            at_ms=at_ms,
            value=self.value if self.value is not None else self._base.value or 0.0,
            condition=self.condition,
            before=before,
            status=self._base,
            severity=self._severity(level),
            critical=self.critical_condition,
            critical_value=worse,
            members=self.members,
        )

    def _severity(self, level: Status) -> str:
        """Where the critical level stands at `level`."""
        return CRITICAL if level.is_open else self.rule.severity

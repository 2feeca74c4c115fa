"""Following of the members that an alert is of, for a level of a rule: what vanished does not let the level calm down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.metrics.members import Members
from monitor.rules.domain.aggregates import Aggregate, Aggregates, Statistic
from monitor.rules.domain.membership import Document, Membership
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import Condition

LEAST_SHARE = 0.05
"""Of the clear threshold: a member of a sum that had less than this is not what the alert is of."""


class Following:
    """Follows the members of what `aggregate` judges; of a rule that fires below there is nothing to follow.

    For what vanishes can make a maximum or a sum only lower: it ends no alert about a low one.
    """

    def __init__(
        self, aggregate: Aggregate, is_below: bool, aggregates: Aggregates, documents: Iterable[Document] = ()
    ) -> None:
        self._aggregate = aggregate
        self._is_below = is_below
        self._latest = aggregates.source(Aggregate(aggregate.metric))
        self._membership = Membership(aggregate.seconds)
        self._membership.remember(documents)
        self._last: Members | None = None

    def glance(self, members: Mapping[str, Members]) -> None:
        """Keep in mind what was measured last, while nothing is wrong."""
        self._last = members.get(self._aggregate.metric) or self._last

    def begin(self, at_ms: int) -> None:
        """Something is wrong from `at_ms` on, of what was measured last."""
        if self._last is not None and not self._is_below:
            self._membership.take(at_ms, 0.0, self._last)

    def take(
        self,
        at_ms: int,
        covered: float,
        members: Mapping[str, Members],
        condition: Condition,
        cores: float | None,
    ) -> None:
        """Take in the members of the reading at `at_ms`, which its values were taken of before."""
        found = members.get(self._aggregate.metric)
        if found is None or self._is_below:
            return
        self._membership.take(at_ms, covered, found)
        if self._membership.is_lacking:
            self._membership.drop_gone(self._least(condition, cores))

    def forget(self) -> None:
        """The alert is over."""
        self._membership.forget()

    def known(self, value: float | None, condition: Condition | None, cores: float | None) -> float | None:
        """`value`; None where it is calm only without what cannot be seen."""
        if (
            value is None
            or condition is None
            or not self._membership.is_lacking
            or not condition.cleared(value)
        ):
            return value
        least = self._latest() or 0.0 if self._aggregate.statistic is Statistic.SHARE else value
        return None if self._membership.with_unseen(least) >= self._bound(condition, cores) else value

    def news(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The names of those that are unseen, and of those that are seen again, since it was last asked."""
        return self._membership.news()

    def documents(self, condition: Condition, cores: float | None) -> tuple[Document, ...]:
        """What the alert is of."""
        return self._membership.documents(self._least(condition, cores))

    def _least(self, condition: Condition, cores: float | None) -> float:
        """What a member had at least that the alert is of."""
        bound = self._bound(condition, cores)
        return LEAST_SHARE * bound if self._membership.adds_up else bound

    def _bound(self, condition: Condition, cores: float | None) -> float:
        """From where on a value of the metric itself is not calm."""
        one = self._aggregate
        if one.statistic is not Statistic.SHARE or one.level is None:
            return condition.clear
        return one.level * (cores or 1.0) if one.per_core else one.level


class BothLevels:
    """Follows what both levels of a rule are of: mostly the same; a critical metric of its own has its own members."""

    def __init__(self, rule: RuleSpec, aggregates: Aggregates, documents: Iterable[Document]) -> None:
        self.base = Following(rule.aggregate, rule.below, aggregates, documents)
        self.critical = self.base
        if rule.critical_metric:
            self.critical = Following(rule.critical_aggregate, rule.below, aggregates)

    def glance(self, members: Mapping[str, Members]) -> None:
        """Keep in mind what was measured last, while nothing is wrong."""
        if members:
            for one in self._each:
                one.glance(members)

    def begin(self, at_ms: int) -> None:
        """Something is wrong from `at_ms` on."""
        for one in self._each:
            one.begin(at_ms)

    def take(
        self,
        at_ms: int,
        covered: float,
        members: Mapping[str, Members],
        conditions: tuple[Condition, Condition | None],
        cores: float | None,
    ) -> None:
        """Take in the members of the reading at `at_ms`."""
        for one, condition in zip(self._each, conditions, strict=False):
            if condition is not None:
                one.take(at_ms, covered, members, condition, cores)

    def forget(self) -> None:
        """The alert is over."""
        for one in self._each:
            one.forget()

    @property
    def _each(self) -> tuple[Following, ...]:
        return (self.base,) if self.critical is self.base else (self.base, self.critical)

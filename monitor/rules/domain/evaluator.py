"""Evaluator: the rules applied to the readings of one host, in order; which alerts fire, recover or stay."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from monitor.metrics.reading import Reading
from monitor.metrics.windows import MEAN_METRICS, MEAN_SECONDS
from monitor.rules.domain.aggregates import Aggregate, Aggregates
from monitor.rules.domain.judge import Judge
from monitor.rules.domain.membership import Document
from monitor.rules.domain.outcome import Outcome
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import Status

NONE: Mapping[int, Status] = {}


class Evaluator:
    """Evaluates every rule on each reading of one host; holds windows and statuses in memory, nothing else."""

    def __init__(
        self,
        rules: Iterable[RuleSpec],
        statuses: Mapping[int, Status] | None = None,
        criticals: Mapping[int, Status] | None = None,
        members: Mapping[int, Sequence[Document]] | None = None,
    ) -> None:
        """Rules begin inactive, unless `statuses` and `criticals` (of their critical levels) say otherwise.

        members: what the alerts that stand are of, by the rule's id, where it judges a set.
        """
        self.rules = tuple(rules)
        means = {metric: Aggregate(metric, MEAN_SECONDS) for metric in MEAN_METRICS}
        self._aggregates = Aggregates(
            [*means.values(), *(one for rule in self.rules for one in rule.aggregates)]
        )
        self._means = {metric: self._aggregates.source(aggregate) for metric, aggregate in means.items()}
        self._judges = {
            rule.id: Judge(
                rule,
                self._aggregates,
                (statuses or NONE).get(rule.id),
                (criticals or NONE).get(rule.id),
                (members or {}).get(rule.id, ()),
            )
            for rule in self.rules
        }
        self._moving = [judge for judge in self._judges.values() if not judge.rule.is_standing]
        self._cores: float | None = None

    @property
    def statuses(self) -> dict[int, Status]:
        """Where each rule stands, by its id."""
        return {rule_id: judge.base for rule_id, judge in self._judges.items()}

    @property
    def criticals(self) -> dict[int, Status]:
        """Where the critical level of each rule stands, by the rule's id."""
        return {rule_id: judge.critical for rule_id, judge in self._judges.items()}

    @property
    def members(self) -> dict[int, tuple[Document, ...]]:
        """What the alert of each rule is of, by the rule's id; only of rules that judge a set and have one."""
        return {rule_id: found for rule_id, judge in self._judges.items() if (found := judge.members)}

    def evaluate(self, reading: Reading) -> list[Outcome]:
        """Take one reading in; return the changes it caused."""
        self._take(reading)
        at_ms, covered, gap, cores = reading.taken_at_ms, reading.covered, reading.gap, self._cores
        outcomes = []
        for judge in self._judges.values():
            outcomes += judge.see(at_ms, covered, gap, cores, reading.members)
        return outcomes

    def replay(
        self, reading: Reading, rule_ids: Collection[int], critical_ids: Collection[int] | None = None
    ) -> None:
        """Take a stored reading in again: windows fill and the named rules' clocks run, but nothing changes twice.

        critical_ids: the rules whose critical level goes along; None: the same.
        """
        self._take(reading)
        also = rule_ids if critical_ids is None else critical_ids
        at_ms, covered, gap, cores = reading.taken_at_ms, reading.covered, reading.gap, self._cores
        for rule_id, judge in self._judges.items():
            if rule_id in rule_ids or rule_id in also:
                judge.replay(at_ms, covered, gap, cores, rule_id in rule_ids, rule_id in also)

    def adopt(self, other: Evaluator, rule_ids: Iterable[int]) -> None:
        """Let the named rules stand where they stand in `other`, which has taken the same readings in."""
        for rule_id in rule_ids:
            judge = other._judges[rule_id]
            self._judges[rule_id] = Judge(
                judge.rule, self._aggregates, judge.base, judge.critical, judge.members
            )
        self._moving = [judge for judge in self._judges.values() if not judge.rule.is_standing]

    def forget(self, rule_id: int) -> None:
        """Let the alert of a rule be over: somebody ended it."""
        self._judges[rule_id].forget()

    def means(self) -> dict[str, float | None]:
        """The 2-minute mean of the metrics that the page shows one for; None while it is unknown."""
        return {metric: mean() for metric, mean in self._means.items()}

    def nearness(self) -> float:
        """The largest share of its threshold that the known value of any rule has come to: 0, to 1 and more."""
        return max((judge.nearness for judge in self._moving), default=0.0)

    def may_fire_within(self, seconds: float) -> bool:
        """Whether an alert may begin within `seconds`, as far as its value goes on as it did."""
        return any(judge.may_fire_within(seconds) for judge in self._moving)

    def is_open(self) -> bool:
        """Whether an alert stands, other than of what stands at one value for days."""
        return any(judge.is_open for judge in self._moving)

    def standing(self) -> list[tuple[RuleSpec, str]]:
        """The rules whose alert stands, each with the alert's severity."""
        return [(judge.rule, judge.severity) for judge in self._judges.values() if judge.is_open]

    def _take(self, reading: Reading) -> None:
        self._cores = reading.values.get("cpu_effective_cores") or self._cores
        self._aggregates.take(reading.covered, reading.gap, reading.values, self._cores)

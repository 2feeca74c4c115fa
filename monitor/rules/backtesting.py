"""Back-tests: what a rule would have done on the stored past of a host, with a threshold to suggest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.history.domain import tiers
from monitor.hosts.models import Host
from monitor.metrics.catalogue import NO_DATA
from monitor.rules import past
from monitor.rules.domain.backtest import Backtest
from monitor.rules.domain.backtest_words import Found, Part, backtest_sentence, coarse_sentences, is_coarse
from monitor.rules.domain.sentences import rule_sentence
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import Condition
from monitor.rules.domain.suggestion import suggested_clear, suggested_threshold, why_none

DAY_MS = 86_400_000
WEEK_MS = 7 * DAY_MS
DEFAULT_DAYS = 30  # that are looked back unless told


class Untried(ValueError):
    """The rule judges what no sample holds; the message is a sentence."""

    def __str__(self) -> str:
        return (
            "This rule cannot be tried on the past: while the sampler is silent nothing is stored, "
            "so only the notifier, which runs beside it, can judge the silence as it happens."
        )


@dataclass(frozen=True, slots=True)
class Result:
    """What `rule` would have done on `host` in [start_ms, end_ms), the last `days`; `known` seconds of it are known.

    run: the alerts that would have been. parts: which tiers that was read from, oldest first.
    """

    host: Host
    rule: RuleSpec
    days: int
    start_ms: int
    end_ms: int
    run: Backtest
    parts: Sequence[Part]
    known: float

    @property
    def resolution_seconds(self) -> int:
        """The length of the coarsest means that were judged; 0: single samples only."""
        return max((part.resolution for part in self.parts), default=0) if self.known > 0 else 0

    @property
    def condition(self) -> Condition | None:
        """The condition on this host; None where its cores are not known."""
        return self.rule.condition(self._cores) if self._is_absolute else None

    @property
    def critical_condition(self) -> Condition | None:
        """The critical one, where it judges the same values."""
        absolute = self._is_absolute and not self.rule.critical_metric
        return self.rule.critical_condition(self._cores) if absolute else None

    @property
    def suggested_threshold(self) -> float | None:
        """What one might type; None where too little is known."""
        return suggested_threshold(self.run.distribution, self.rule.fires_below)

    @property
    def suggested_clear_threshold(self) -> float | None:
        """Where an alert at the suggested threshold should clear."""
        fires = self.suggested_threshold
        return None if fires is None else suggested_clear(fires, self.rule.fires_below)

    @property
    def no_suggestion(self) -> str:
        """Why nothing is suggested; "" where something is."""
        return why_none(self.run.distribution) if self.suggested_threshold is None else ""

    @property
    def rule_sentence(self) -> str:
        """What was tried."""
        return rule_sentence(self.rule, self.host.effective_cores)

    @property
    def sentence(self) -> str:
        """What was found."""
        run, coarse = self.run, any(is_coarse(part, self.rule) for part in self.parts)
        figures = run.count, run.total_seconds, run.longest_seconds, run.is_firing
        return backtest_sentence(Found(self.days, *figures, self.known, coarse, run.critical_count))

    @property
    def notes(self) -> list[str]:
        """How far this can be trusted."""
        return coarse_sentences(self.parts, self.rule) if self.known > 0 else []

    @property
    def _cores(self) -> float:
        return self.host.effective_cores or 1.0

    @property
    def _is_absolute(self) -> bool:
        return not self.rule.per_core or bool(self.host.effective_cores)


def backtest(host: Host, rule: RuleSpec, days: int, now_ms: int) -> Result:
    """What `rule` would have done on `host` in the last `days`.

    It costs much: whoever asks takes turns. Raises Untried for the silence of the sampler.
    """
    if rule.metric == NO_DATA.name:
        raise Untried
    start_ms = now_ms - days * DAY_MS
    run = Backtest(rule, start_ms, now_ms - WEEK_MS)
    warm_up_ms = 1000 * (rule.window_seconds + rule.for_seconds + tiers.MINUTE)
    known = 0.0
    plan = past.stretches(host, min(start_ms, now_ms - WEEK_MS) - warm_up_ms, now_ms + 1)
    for points in past.pages(host, rule, plan):
        run.feed(points)
        known += sum(point[1] for point in points if point[4][0] is not None and point[0] > start_ms)
    run.finish()
    parts = [
        Part(one.resolution, (one.end_ms - max(one.start_ms, start_ms)) / 1000)
        for one in plan
        if one.end_ms > start_ms
    ]
    return Result(host, rule, days, start_ms, now_ms, run, parts, known)

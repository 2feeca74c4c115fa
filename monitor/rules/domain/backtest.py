"""Back-test of one rule: which alerts the live monitor would have made of stored readings.

The same windows and the same judge decide as live (`judge.Judge`); two days of seconds take a blink.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.rules.domain.aggregates import Aggregates
from monitor.rules.domain.judge import Judge
from monitor.rules.domain.outcome import Outcome
from monitor.rules.domain.severity import CRITICAL, WARNING
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import Change, Status
from monitor.rules.domain.suggestion import Distribution

MOST_EPISODES = 1000

Values = tuple[float | None, ...]  # of the rule's metrics, in the order of RuleSpec.metrics
Point = tuple[int, float, float, float | None, Values]  # at_ms, covered, gap, effective cores, values


@dataclass(frozen=True, slots=True)
class Episode:
    """One alert that would have been: times in ms since the epoch, resolved_at_ms None while it still stood.

    seen_at_ms: its end where that was observed, else when the value was last known in it. severity: the worst it had.
    """

    started_at_ms: int
    fired_at_ms: int
    resolved_at_ms: int | None
    seen_at_ms: int
    peak: float
    end_observed: bool = True
    severity: str = WARNING

    def seconds(self, since_ms: int) -> float:
        """How long it stood from `since_ms` and its firing on, as far as anybody knows."""
        return max(self.seen_at_ms - max(self.fired_at_ms, since_ms), 0) / 1000


class Backtest:
    """One rule fed with the past of one host in order; holds its windows, its judge and what it found."""

    def __init__(self, rule: RuleSpec, since_ms: int, suggest_since_ms: int | None = None) -> None:
        """Episodes that ended before `since_ms` do not count; the suggestion listens from `suggest_since_ms` on."""
        self.rule = rule
        self.since_ms = since_ms
        self.episodes: deque[Episode] = deque(maxlen=MOST_EPISODES)
        self.count = self.critical_count = 0
        self.total_seconds = self.longest_seconds = 0.0
        self.distribution = Distribution()
        self._suggest_since_ms = since_ms if suggest_since_ms is None else suggest_since_ms
        self._aggregates = Aggregates(rule.aggregates)
        self._judge = Judge(rule, self._aggregates)
        self._cores: float | None = None
        self._fired_at_ms = self._seen_at_ms = 0
        self._severity = rule.severity

    def feed(self, points: Iterable[Point]) -> None:
        """Take readings in, oldest first."""
        names, take, see, add = (
            self.rule.metrics,
            self._aggregates.take,
            self._judge.see,
            self.distribution.add,
        )
        scaled = self.rule.per_core and not self.rule.is_share
        for at_ms, covered, gap, cores, values in points:
            self._cores = cores or self._cores
            take(covered, gap, dict(zip(names, values, strict=True)), self._cores)
            for outcome in see(at_ms, covered, gap, self._cores):
                self._note(outcome)
            value = self._judge.value
            if value is None:
                continue
            self._seen_at_ms = at_ms
            if at_ms >= self._suggest_since_ms and covered > 0:
                add(value / self._cores if scaled and self._cores else value, covered)

    def finish(self) -> None:
        """Count the alert that still stands, if any; nothing may be fed afterwards."""
        if self.is_firing:
            self._count(self._judge.base, None, observed=True)

    @property
    def is_firing(self) -> bool:
        """Whether an alert stands."""
        return self._judge.base.is_open

    def _note(self, outcome: Outcome) -> None:
        before, change = outcome.before, outcome.change
        if change is Change.FIRED:
            self._fired_at_ms, self._severity = outcome.at_ms, outcome.severity
        elif change is Change.ESCALATED:
            self._severity = CRITICAL
        elif change in (Change.RESOLVED, Change.ENDED_UNSEEN):
            peaked = before if before.peak is not None else outcome.status
            self._count(peaked, outcome.at_ms, observed=change is Change.RESOLVED)

    def _count(self, status: Status, resolved_at_ms: int | None, observed: bool) -> None:
        seen_at_ms = resolved_at_ms if observed and resolved_at_ms is not None else self._seen_at_ms
        if seen_at_ms < self.since_ms:
            return
        started = self._fired_at_ms if status.started_at_ms is None else status.started_at_ms
        peak = status.peak if status.peak is not None else 0.0
        episode = Episode(
            started, self._fired_at_ms, resolved_at_ms, seen_at_ms, peak, observed, self._severity
        )
        self.episodes.append(episode)
        self.count += 1
        self.critical_count += self._severity == CRITICAL
        self.total_seconds += episode.seconds(self.since_ms)
        self.longest_seconds = max(self.longest_seconds, episode.seconds(self.since_ms))

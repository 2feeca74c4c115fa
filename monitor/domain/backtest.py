"""One rule over a long past: which alerts the state machine of the live monitor would have made of stored readings.

`alerting.step` decides, as it does live. What changes nothing (inactive and below the threshold, firing and not below
the clear) is passed over, and the mean of the window is a running one, so that two days of seconds take a blink.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from .alerting import Change, Condition, Observation, State, Status, step
from .evaluating import RuleSpec
from .suggesting import Distribution
from .windows import LEAST_COVERAGE, Window

RENEW_AFTER = 4096
SLACK = 1e-11  # of the largest sum: well above the error of RENEW_AFTER additions
MOST_EPISODES = 1000

Point = tuple[int, float, float, float | None, float | None]  # at_ms, covered, gap, value, effective cores


@dataclass(frozen=True, slots=True)
class Episode:
    """One alert that would have been: times in ms since the epoch, resolved_at_ms None while it still stood.

    seen_at_ms: its end where that was observed, else when the value was last known in it.
    """

    started_at_ms: int
    fired_at_ms: int
    resolved_at_ms: int | None
    seen_at_ms: int
    peak: float
    end_observed: bool = True

    def seconds(self, since_ms: int) -> float:
        """How long it stood from `since_ms` and its firing on, as far as anybody knows."""
        return max(self.seen_at_ms - max(self.fired_at_ms, since_ms), 0) / 1000


class RunningWindow(Window):
    """The same mean as a Window's in constant time; the exact one wherever a rounding error could decide."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self._known = self._sum = self._largest = 0.0
        self._until_renewal = RENEW_AFTER
        self._least = LEAST_COVERAGE * seconds - 1e-9

    def add(self, covered: float, gap: float, value: float | None) -> None:
        """Move on by `covered` + `gap` seconds."""
        now = self._now = self._now + (covered + gap)
        pieces = self._pieces
        if value is not None and covered > 0:
            pieces.append((now, covered, value))
            self._known += covered
            self._sum += covered * value
            self._largest = max(self._largest, abs(covered * value), abs(self._sum))
        oldest = now - self.seconds
        while pieces and pieces[0][0] <= oldest:
            _, gone, lost = pieces.popleft()
            self._known -= gone
            self._sum -= gone * lost
        self._until_renewal -= 1
        if self._until_renewal <= 0 or not pieces:
            self._renew()

    def judged(self, limits: tuple[float, float]) -> float | None:
        """The mean; computed as live wherever it lies so near to one of `limits` that rounding could tell."""
        if not self._pieces:
            return None
        end, covered, value = self._pieces[0]
        outside = max(covered - (end - (self._now - self.seconds)), 0.0)
        known = self._known - outside
        if abs(known - self._least) < 1e-6:
            return self.mean()
        if known < self._least:
            return None
        mean = (self._sum - outside * value) / known
        slack = SLACK * (self._largest + abs(limits[0])) / known + SLACK * abs(mean)
        near = abs(mean - limits[0]) <= slack or abs(mean - limits[1]) <= slack
        return self.mean() if near else mean

    def _renew(self) -> None:
        """Add up anew what is inside: rounding errors end here."""
        self._until_renewal = RENEW_AFTER
        self._known = sum(covered for _, covered, _ in self._pieces)
        self._sum = sum(covered * value for _, covered, value in self._pieces)
        self._largest = max((abs(covered * value) for _, covered, value in self._pieces), default=0.0)


class Backtest:
    """One rule fed with the past of one host in order; holds its window, its status and what it found."""

    def __init__(self, rule: RuleSpec, since_ms: int, suggest_since_ms: int | None = None) -> None:
        """Episodes that ended before `since_ms` do not count; the suggestion listens from `suggest_since_ms` on."""
        self.rule = rule
        self.since_ms = since_ms
        self.episodes: deque[Episode] = deque(maxlen=MOST_EPISODES)
        self.count = 0
        self.total_seconds = self.longest_seconds = 0.0
        self.distribution = Distribution()
        self._suggest_since_ms = since_ms if suggest_since_ms is None else suggest_since_ms
        self._window = RunningWindow(rule.window) if rule.window else None
        self._cores: float | None = None
        self._condition = rule.condition(1.0)
        self._status = Status()
        self._fired_at_ms = self._seen_at_ms = 0

    def feed(self, points: Iterable[Point]) -> None:
        """Take readings in, oldest first."""
        window, per_core, add = self._window, self.rule.per_core, self.distribution.add
        threshold, clear = self._limits()
        for at_ms, covered, gap, value, cores in points:
            if cores and cores != self._cores:
                self._cores = cores
                self._condition = self.rule.condition(cores)
                threshold, clear = self._limits()
            if window is not None:
                window.add(covered, gap, value)
                value = window.judged((threshold, clear))
            if per_core and self._cores is None:
                value = None
            status = self._status
            if value is None:
                if status.state is not State.INACTIVE:
                    self._step(Observation(at_ms, covered, gap, None))
                continue
            if at_ms >= self._suggest_since_ms and covered > 0:
                add(value / self._cores if per_core and self._cores else value, covered)
            if status.state is State.INACTIVE:
                if value < threshold:
                    continue
            elif (
                status.state is State.FIRING
                and not status.blind
                and status.peak is not None
                and clear <= value <= status.peak
            ):
                self._seen_at_ms = at_ms
                continue
            self._step(Observation(at_ms, covered, gap, value))

    def finish(self) -> None:
        """Count the alert that still stands, if any; nothing may be fed afterwards."""
        if self._status.is_open:
            self._count(self._status, None, observed=True)

    @property
    def is_firing(self) -> bool:
        """Whether an alert stands."""
        return self._status.is_open

    def _limits(self) -> tuple[float, float]:
        condition: Condition = self._condition
        return condition.threshold, condition.clear

    def _step(self, seen: Observation) -> None:
        before = self._status
        self._status, change = step(self._condition, before, seen)
        if change is Change.FIRED:
            self._fired_at_ms = seen.at_ms
        elif change in (Change.RESOLVED, Change.ENDED_UNSEEN):
            peaked = before if before.peak is not None else self._status
            self._count(peaked, seen.at_ms, observed=change is Change.RESOLVED)
        if seen.value is not None:
            self._seen_at_ms = seen.at_ms

    def _count(self, status: Status, resolved_at_ms: int | None, observed: bool) -> None:
        seen_at_ms = resolved_at_ms if observed and resolved_at_ms is not None else self._seen_at_ms
        if seen_at_ms < self.since_ms:
            return
        started = self._fired_at_ms if status.started_at_ms is None else status.started_at_ms
        peak = status.peak if status.peak is not None else 0.0
        episode = Episode(started, self._fired_at_ms, resolved_at_ms, seen_at_ms, peak, observed)
        self.episodes.append(episode)
        self.count += 1
        self.total_seconds += episode.seconds(self.since_ms)
        self.longest_seconds = max(self.longest_seconds, episode.seconds(self.since_ms))

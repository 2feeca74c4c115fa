"""The alert state machine: one condition, one status, one observation in; the next status and what changed out.

    inactive -> pending -> firing -> recovering -> inactive (resolved)

Durations are observed time: a gap neither fires nor resolves anything, and unknown values freeze the state. The
critical level of a rule is the same machine once more; it lives as long as the condition of the rule itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

FORGET_PENDING_AFTER = 3600.0


class State(StrEnum):
    """Where one rule stands on one host."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"


class Change(StrEnum):
    """What a step did that must be recorded."""

    FIRED = "fired"
    RECOVERING = "recovering"
    RELAPSED = "relapsed"
    RESOLVED = "resolved"
    ENDED_UNSEEN = "ended_unseen"
    ESCALATED = "escalated"
    STEPPED_DOWN = "stepped_down"
    UNSEEN = "unseen"
    SEEN_AGAIN = "seen_again"


_OF_THE_CRITICAL_LEVEL = {
    Change.FIRED: Change.ESCALATED,
    Change.RESOLVED: Change.STEPPED_DOWN,
    Change.ENDED_UNSEEN: Change.STEPPED_DOWN,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """Fires at value >= threshold for `pending_for` seconds; resolves at value < clear for `hold` seconds.

    below: the other way round, fires at value <= threshold and resolves at value > clear.
    """

    threshold: float
    clear: float
    pending_for: float
    hold: float
    below: bool = False

    def __post_init__(self) -> None:
        if not (self.clear >= self.threshold if self.below else self.clear <= self.threshold):
            side = "below" if self.below else "above"
            raise ValueError(f"clear {self.clear} lies {side} threshold {self.threshold}")
        if self.pending_for < 0 or self.hold < 0:
            raise ValueError(f"pending_for {self.pending_for} and hold {self.hold} must not be negative")

    def reached(self, value: float) -> bool:
        """Whether `value` is at the threshold or beyond."""
        return value <= self.threshold if self.below else value >= self.threshold

    def cleared(self, value: float) -> bool:
        """Whether `value` is on the calm side of the clear threshold."""
        return value > self.clear if self.below else value < self.clear

    def worst(self, one: float | None, other: float) -> float:
        """The worse of two values; None is no value."""
        if one is None:
            return other
        return min(one, other) if self.below else max(one, other)

    def share_reached(self, value: float) -> float:
        """The share of the threshold that `value` has come to, 0 at least; 1 and more where it is reached.

        Below: the threshold as a share of the value. A threshold of 0 or less has no shares: 0, or 1 where it is reached.
        """
        if self.threshold <= 0 or value <= 0:
            return 1.0 if self.reached(value) else 0.0
        return self.threshold / value if self.below else value / self.threshold


@dataclass(frozen=True, slots=True)
class Observation:
    """One evaluated value: at (ms since the epoch), seconds it covers, seconds of gap before it, None if unknown.

    restrained: whatever the value, no alert may begin now.
    """

    at_ms: int
    covered: float
    gap: float
    value: float | None
    restrained: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """What one rule remembers between observations.

    started_at_ms: when the condition first held; None while inactive.
    held: observed seconds in PENDING or RECOVERING.
    blind: seconds since the value was last known.
    seen_at_ms: when the value was last known.
    peak: the worst value since the condition first held.
    """

    state: State = State.INACTIVE
    started_at_ms: int | None = None
    held: float = 0.0
    blind: float = 0.0
    seen_at_ms: int | None = None
    value: float | None = None
    peak: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether an alert stands: fired and not yet resolved."""
        return self.state in (State.FIRING, State.RECOVERING)


def step(condition: Condition, status: Status, seen: Observation) -> tuple[Status, Change | None]:
    """Return the status after `seen` and the change to record, if any."""
    if seen.value is None:
        return replace(status, blind=status.blind + seen.gap + seen.covered), None
    blind = status.blind + seen.gap
    known = replace(status, blind=0.0, seen_at_ms=seen.at_ms, value=seen.value)
    if status.is_open:
        return _open(condition, known, seen, seen.value, blind)
    return _closed(condition, known, seen, seen.value, blind)


def step_critical(
    condition: Condition | None, status: Status, seen: Observation, base: Status
) -> tuple[Status, Change | None]:
    """The critical level after `seen`, where the rule itself came to stand at `base` with the same reading.

    None as the condition: the rule has no critical level (any more). Changes are ESCALATED and STEPPED_DOWN; they
    are to be recorded only for an alert that stood before this reading.
    """
    if base.state is State.INACTIVE:
        return Status(), None
    if condition is None:
        ends = status.is_open and seen.value is not None
        return (Status(), Change.STEPPED_DOWN) if ends else (status, None)
    after, change = step(condition, status, seen)
    return after, _OF_THE_CRITICAL_LEVEL.get(change) if change else None


def changes_nothing(condition: Condition, status: Status, value: float) -> bool:
    """Whether a known `value` leaves everything as it is but the time at which it was last seen."""
    if status.state is State.INACTIVE:
        return not condition.reached(value)
    if status.state is not State.FIRING or status.blind or status.peak is None:
        return False
    if condition.below:
        return status.peak <= value <= condition.clear
    return condition.clear <= value <= status.peak


def _closed(
    condition: Condition, status: Status, seen: Observation, value: float, blind: float
) -> tuple[Status, Change | None]:
    if seen.restrained or not condition.reached(value):
        return replace(status, state=State.INACTIVE, started_at_ms=None, held=0.0, peak=None), None
    if status.state is State.PENDING and blind <= FORGET_PENDING_AFTER:
        peak = condition.worst(status.peak, value)
        pending = replace(status, held=status.held + seen.covered, peak=peak)
    else:
        pending = replace(status, state=State.PENDING, started_at_ms=seen.at_ms, held=0.0, peak=value)
    if pending.held < condition.pending_for - 1e-9:
        return pending, None
    return replace(pending, state=State.FIRING, held=0.0), Change.FIRED


def _open(
    condition: Condition, status: Status, seen: Observation, value: float, blind: float
) -> tuple[Status, Change | None]:
    status = replace(status, peak=condition.worst(status.peak, value))
    if not condition.cleared(value):
        relapsed = status.state is State.RECOVERING
        return replace(status, state=State.FIRING, held=0.0), Change.RELAPSED if relapsed else None
    if blind > condition.hold:
        return _ended(status), Change.ENDED_UNSEEN
    held = status.held + seen.covered if status.state is State.RECOVERING else 0.0
    if held >= condition.hold - 1e-9:
        return _ended(status), Change.RESOLVED
    entered = status.state is State.FIRING
    return replace(status, state=State.RECOVERING, held=held), Change.RECOVERING if entered else None


def _ended(status: Status) -> Status:
    return replace(status, state=State.INACTIVE, started_at_ms=None, held=0.0)

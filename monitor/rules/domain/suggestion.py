"""Suggestion of a threshold that a person would type: a far percentile of what a rule judged, weighted with time."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from monitor.metrics.quantities import span

STEPS_PER_E = 500  # how finely values are told apart: 0.2 %
LEAST_SECONDS = 86_400.0
SHARE = 0.99
CLEAR_SHARE = 0.87
DIGITS = 2
NOTHING = -(10**9)  # where zero and below is counted


@dataclass(slots=True)
class Distribution:
    """How long which value held, in steps of 0.2 %: small however much goes in."""

    seconds: float = 0.0
    _held: dict[int, float] = field(default_factory=dict)

    def add(self, value: float, seconds: float) -> None:
        """`value` held for `seconds`."""
        key = round(math.log(value) * STEPS_PER_E) if value > 0 else NOTHING
        self.seconds += seconds
        self._held[key] = self._held.get(key, 0.0) + seconds

    def quantile(self, share: float) -> float | None:
        """The least value that was not exceeded for `share` of the time; None where nothing is known."""
        reached = 0.0
        for key in sorted(self._held):
            reached += self._held[key]
            if reached >= share * self.seconds - 1e-9:
                return 0.0 if key == NOTHING else math.exp(key / STEPS_PER_E)
        return None


def suggested_threshold(distribution: Distribution, below: bool = False) -> float | None:
    """The p99 (below: the p1) rounded to what a person would type; None after less than a day, or where it is 0."""
    if distribution.seconds < LEAST_SECONDS:
        return None
    found = distribution.quantile(1 - SHARE if below else SHARE)
    return typed(found) if found else None


def why_none(distribution: Distribution) -> str:
    """Why suggested_threshold has none, as a sentence."""
    if distribution.seconds < LEAST_SECONDS:
        known = span(distribution.seconds)
        return f"No threshold is suggested: that takes a day of data, and the last week has {known}."
    return "No threshold is suggested: in the last week the value was hardly ever above 0."


def suggested_clear(threshold: float, below: bool = False) -> float:
    """Where an alert at `threshold` should clear: far enough on the calm side not to flutter."""
    return typed(threshold / CLEAR_SHARE if below else CLEAR_SHARE * threshold)


def typed(value: float) -> float:
    """`value` with two digits, as one would type it."""
    if value == 0:
        return 0.0
    return float(f"{value:.{DIGITS - 1}e}")

"""One reading of a host: what was measured, when, and how much time it speaks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.metrics.members import Members
from monitor.metrics.parts import Part, PartNow

SHORTEST_GAP_SECONDS = 5.0
GAP_INTERVALS = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """Values of all metrics at one instant.

    taken_at_ms: wall clock, milliseconds since the epoch.
    covered: seconds (monotonic) since the previous reading that the rates speak for; 0 after a gap.
    gap: seconds since the previous reading that nothing speaks for; 0 when contiguous.
    values: metric name -> value in the metric's unit, None where it is unknown.
    members: metric name -> what its value is made of; only of metrics over a set, and only as they are measured: what
    is stored keeps none.
    parts: each file system, disk and interface, as long as `members`.
    """

    taken_at_ms: int
    covered: float
    gap: float
    values: Mapping[str, float | None]
    members: Mapping[str, Members] = field(default_factory=dict)
    parts: Mapping[Part, PartNow] = field(default_factory=dict)


def longest_step(interval: float) -> float:
    """Seconds between two readings up to which they count as contiguous; anything longer is a gap."""
    return max(GAP_INTERVALS * interval, SHORTEST_GAP_SECONDS)


def split_step(step: float | None, interval: float) -> tuple[float, float]:
    """Return (covered, gap) for `step` seconds since the previous reading; None: there was none."""
    if step is None or step <= 0:
        return 0.0, 0.0
    return (step, 0.0) if step <= longest_step(interval) else (0.0, step)


def gap_between(step: float, covered: float, interval: float) -> float:
    """Seconds of `step` (wall clock, between two stored readings) that nothing speaks for; small slips are none."""
    missing = step - covered
    return missing if missing > interval else 0.0

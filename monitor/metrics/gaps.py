"""Gaps between readings: why there are no samples, told from the clocks around one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.metrics.quantities import span

CLOCK_STEP_SECONDS = 2.0


class Kind(StrEnum):
    """Why there is a gap; the same words as in the database and the API."""

    SAMPLER_DOWN = "sampler_down"
    SUSPENDED = "suspended"
    REBOOTED = "rebooted"
    CLOCK_STEPPED = "clock_stepped"
    STORAGE_FAILING = "storage_failing"


@dataclass(frozen=True, slots=True)
class GapSpec:
    """A gap between two readings, in ms since the epoch by the host's clock; start <= end."""

    start_ms: int
    end_ms: int
    kind: Kind
    note: str = ""


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks at one reading: wall (ms since the epoch), boottime (s, suspend included), monotonic (s, without)."""

    wall_ms: int
    boottime: float
    monotonic: float


def between_readings(before: Clocks, after: Clocks, longest_step: float) -> list[GapSpec]:
    """The gaps between two readings of one process; `longest_step` seconds count as contiguous."""
    found = []
    passed = after.boottime - before.boottime
    slept = passed - (after.monotonic - before.monotonic)
    stepped = (after.wall_ms - before.wall_ms) / 1000 - passed
    if passed > longest_step:
        kind = Kind.SUSPENDED if slept > passed / 2 else Kind.SAMPLER_DOWN
        true_end = max(before.wall_ms, after.wall_ms - round(stepped * 1000) if abs(stepped) > CLOCK_STEP_SECONDS
                       else after.wall_ms)  # fmt: skip
        found.append(GapSpec(before.wall_ms, true_end, kind))
    if abs(stepped) > CLOCK_STEP_SECONDS:
        found.append(_stepped(before, after, stepped))
    return found


def before_first_reading(
    last_ms: int | None, now_ms: int, same_boot: bool, longest_step: float
) -> list[GapSpec]:
    """The gap between the last stored reading and the first of a new process."""
    if last_ms is not None and now_ms < last_ms and not same_boot:
        return [GapSpec(now_ms, now_ms, Kind.REBOOTED, "The clock was behind the last sample.")]
    if last_ms is None or now_ms - last_ms <= longest_step * 1000:
        return []
    return [GapSpec(last_ms, now_ms, Kind.SAMPLER_DOWN if same_boot else Kind.REBOOTED)]


def _stepped(before: Clocks, after: Clocks, seconds: float) -> GapSpec:
    way = "forward" if seconds > 0 else "back"
    note = f"The clock was set {way} by {span(abs(seconds))}."
    start = before.wall_ms if seconds > 0 else after.wall_ms
    return GapSpec(start, after.wall_ms, Kind.CLOCK_STEPPED, note)

"""The tone of a moment: fine, busy, overloaded, or calming down; the proofs are told in docs/evidence.md."""

from __future__ import annotations

from enum import StrEnum

from monitor.diagnosis.cause import Kind, cause
from monitor.diagnosis.evidence import Evidence, Values
from monitor.diagnosis.proofs import (
    CALM_CPU_PERCENT,
    HIGH_SHARE_OF_CORES,
    PRESSURE_PERCENT,
    is_calm,
    stalls_on_io,
    tasks_wait,
)
from monitor.metrics.catalogue import CATALOGUE

BUSY_CPU_PERCENT = 75.0
WAITS_FOR_CPU_PERCENT = 50.0
"""Of CPU pressure: what says without the CPU itself that there is more to do than can be done."""

LEFT_OVER = (Kind.REMEMBERED, Kind.NOTHING, Kind.UNKNOWN)
"""What is told of a machine that has calmed down: nothing that is of now."""

STANDING = frozenset({Kind.MEMORY, Kind.STEAL, Kind.THROTTLED, Kind.SHORT_TASKS, Kind.CPU})
"""What is proven of a moment whatever the load is: with any of it not all is fine."""


class Tone(StrEnum):
    """How the page should look."""

    OK = "ok"
    BUSY = "busy"
    OVERLOADED = "overloaded"
    CALMING = "calming"
    UNKNOWN = "unknown"


def tone_of(now: Evidence, means: Values, lately: Evidence) -> Tone:
    """How the page should look; `means` are of two minutes, `lately` the evidence on the last seconds."""
    if is_high(now, means):
        if _has_calmed(now, lately):
            return Tone.CALMING if cause(now).kind in LEFT_OVER else Tone.BUSY
        return Tone.OVERLOADED if _is_overloaded(now, means) else Tone.BUSY
    return Tone.BUSY if is_busy(now) or is_busy(lately) or is_crowded(lately) else Tone.OK


def _is_overloaded(now: Evidence, means: Values) -> bool:
    judged = {**means, "load1": share(now)}  # history judges by the same limits
    return any(_at_least(judged, one.name, one.overloads_at) for one in CATALOGUE.values())


def is_high(now: Evidence, means: Values) -> bool:
    """Whether an average tells of much to do."""
    cpu_is_high = _at_least(means, "cpu_percent", BUSY_CPU_PERCENT)
    return cpu_is_high or share(now) >= HIGH_SHARE_OF_CORES or _is_overloaded(now, means)


def share(now: Evidence) -> float:
    """The load of a core."""
    return (now.load1 or 0.0) / (now.cores or 1.0)


def is_busy(moment: Evidence) -> bool:
    """Whether a number that stands beside the word says that the machine has much to do."""
    cpu, pressure = moment.cpu.busy, moment.pressure
    return (
        (cpu is not None and cpu >= BUSY_CPU_PERCENT)
        or stalls_on_io(moment)
        or (pressure.memory_some is not None and pressure.memory_some >= PRESSURE_PERCENT)
        or (pressure.cpu_some is not None and pressure.cpu_some >= WAITS_FOR_CPU_PERCENT)
        or cause(moment).kind in STANDING
    )


def is_crowded(moment: Evidence) -> bool:
    """Whether so many tasks run or wait that the load will tell of them."""
    running, blocked, cores = moment.tasks.running or 0.0, moment.tasks.blocked or 0.0, moment.cores or 1.0
    return running + blocked > cores or (tasks_wait(moment) and blocked >= HIGH_SHARE_OF_CORES * cores)


def _has_calmed(now: Evidence, lately: Evidence) -> bool:
    """Whether the averages tell of earlier work: hardly anything is left of it, for some seconds and at this one."""
    cpu = now.cpu.busy
    return cpu is not None and cpu < CALM_CPU_PERCENT and not is_busy(now) and is_calm(lately)


def _at_least(values: Values, name: str, limit: float | None) -> bool:
    value = values.get(name)
    return value is not None and limit is not None and value >= limit

"""One sentence that says how the machine is and why, built from the values of one reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from monitor.diagnosis import culprits

BUSY_SHARE_OF_CORES = 0.7
BUSY_CPU_PERCENT = 75.0
FULL_CPU_PERCENT = 95.0
CPU_BOUND_PERCENT = 80.0
PRESSURE_PERCENT = 10.0
HARD_PRESSURE_PERCENT = 20.0
STEAL_PERCENT = 10.0
CALM_CPU_PERCENT = 50.0


class Tone(StrEnum):
    """How the page should look."""

    OK = "ok"
    BUSY = "busy"
    OVERLOADED = "overloaded"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The tone and the sentence."""

    tone: Tone
    text: str


NO_MEANS: Mapping[str, float | None] = {}


def verdict(
    values: Mapping[str, float | None],
    means: Mapping[str, float | None] = NO_MEANS,
    busy: Mapping[str, Any] | None = None,
) -> Verdict:
    """Judge one reading; values that are unknown are left out of the sentence, never guessed.

    The tone follows the kernel's 1-minute load and the 2-minute `means`, so that it does not flicker with
    single seconds; the reasons in the sentence are those of this moment. The culprits come from `busy`, the evidence
    of the last scan of the processes.
    """
    load, cpu, cores = values.get("load1"), values.get("cpu_percent"), values.get("cpu_effective_cores")
    if not cores or (load is None and cpu is None):
        return Verdict(Tone.UNKNOWN, "Not enough is known yet to judge this machine.")
    tone = _tone(means, load, cores)
    head = f"Load {load:.1f} on {_cores(cores)}" if load is not None else _cores(cores).capitalize()
    if tone is Tone.OK:
        parts = [f"CPU {cpu:.0f} %"] if cpu is not None else []
        return Verdict(tone, _sentence("Fine", head, [*parts, *_queue(values), *_pressure(values)]))
    cause, who = _cause(values, load, cpu, cores), _culprits(values, busy)
    facts = [f"{cause} ({who})" if cause and who else cause, *_queue(values), *_pressure(values)]
    return Verdict(tone, _sentence("Busy" if tone is Tone.BUSY else "Overloaded", head, facts))


def _sentence(word: str, head: str, facts: list[str]) -> str:
    known = ", ".join(fact for fact in facts if fact)
    return f"{word}. {head}: {known}." if known else f"{word}. {head}."


def _tone(means: Mapping[str, float | None], load: float | None, cores: float) -> Tone:
    share = (load or 0.0) / cores
    stalled = _at_least(means, "pressure_io_full_percent", HARD_PRESSURE_PERCENT) or _at_least(
        means, "pressure_memory_full_percent", PRESSURE_PERCENT
    )
    if share >= 1.0 or _at_least(means, "cpu_percent", FULL_CPU_PERCENT) or stalled:
        return Tone.OVERLOADED
    if share >= BUSY_SHARE_OF_CORES or _at_least(means, "cpu_percent", BUSY_CPU_PERCENT):
        return Tone.BUSY
    return Tone.OK


def _cause(values: Mapping[str, float | None], load: float | None, cpu: float | None, cores: float) -> str:
    """The first of the known causes that the values prove; "" where none is proven."""
    if _at_least(values, "pressure_memory_some_percent", PRESSURE_PERCENT):
        return "short of memory"
    if _at_least(values, "tasks_blocked", 1) and _waits_for_disk(values):
        return "waiting for disk"
    if _at_least(values, "cpu_steal_percent", STEAL_PERCENT):
        return f"CPU taken by other virtual machines ({values['cpu_steal_percent']:.0f} %)"
    if cpu is not None and cpu >= CPU_BOUND_PERCENT:
        return "CPU-bound"
    if (
        load is not None
        and cpu is not None
        and load >= BUSY_SHARE_OF_CORES * cores
        and cpu < CALM_CPU_PERCENT
    ):
        if not _at_least(values, "tasks_blocked", 1):
            return f"CPU {cpu:.0f} % now, the average still remembers earlier work"
        return f"CPU {cpu:.0f} %, tasks wait uninterruptibly"
    return f"CPU {cpu:.0f} %" if cpu is not None else ""


def _culprits(values: Mapping[str, float | None], busy: Mapping[str, Any] | None) -> str:
    """Who causes what `_cause` names, as far as the evidence tells."""
    if busy is None:
        return ""
    if _at_least(values, "pressure_memory_some_percent", PRESSURE_PERCENT):
        return culprits.by_memory(busy.get("by_memory") or [])
    if _at_least(values, "tasks_blocked", 1) and _waits_for_disk(values):
        return culprits.blocked(busy.get("blocked") or [])
    cores = busy.get("online_cores")
    cpu = values.get("cpu_percent")
    if cpu is not None and cpu >= CALM_CPU_PERCENT:
        return culprits.by_cpu(busy.get("by_cpu") or [], cpu * cores / 100 if cores else None)
    return culprits.blocked(busy.get("blocked") or [])


def _waits_for_disk(values: Mapping[str, float | None]) -> bool:
    io, wait = "pressure_io_some_percent", "cpu_iowait_percent"
    return _at_least(values, io, PRESSURE_PERCENT) or _at_least(values, wait, PRESSURE_PERCENT)


def _queue(values: Mapping[str, float | None]) -> list[str]:
    words = (("tasks_running", "running"), ("tasks_blocked", "blocked"))
    return [f"{values[name]:.0f} {word}" for name, word in words if values.get(name) is not None]


def _pressure(values: Mapping[str, float | None]) -> list[str]:
    io = values.get("pressure_io_some_percent")
    if io is None:
        return []
    return ["no I/O pressure" if io < 1 else f"I/O pressure {io:.0f} %"]


def _cores(cores: float) -> str:
    return "1 core" if cores == 1 else f"{cores:g} cores"


def _at_least(values: Mapping[str, float | None], name: str, limit: float) -> bool:
    value = values.get(name)
    return value is not None and value >= limit

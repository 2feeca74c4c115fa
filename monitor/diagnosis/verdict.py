"""The verdict, the one sentence at the head of the page: how the machine is and why, from the values of one reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from monitor.diagnosis import words
from monitor.diagnosis.cause import (
    CALM_CPU_PERCENT,
    HIGH_SHARE_OF_CORES,
    PRESSURE_PERCENT,
    Blamed,
    Cause,
    Kind,
    cause,
    is_calm,
    not_for_io,
    stalls_on_io,
)
from monitor.diagnosis.evidence import NOTHING, Evidence, Tasks, Values, of_reading
from monitor.metrics.catalogue import CATALOGUE

BUSY_CPU_PERCENT = 75.0
MOST_ALERTS = 2
LEFT_OVER = (Kind.REMEMBERED, Kind.NOTHING, Kind.UNKNOWN)
"""What is told of a machine that has calmed down: nothing that is of now."""

CAUSES = {
    Kind.MEMORY: "short of memory",
    Kind.NETWORK_FILES: "waiting for a network file system",
    Kind.DISK: "waiting for disk",
    Kind.IO: "waiting for I/O",
    Kind.THROTTLED: "stopped by its CPU quota",
    Kind.SHORT_TASKS: "many short tasks",
    Kind.CPU: "CPU-bound",
    Kind.ONE_CORE: "one core is full",
}


class Tone(StrEnum):
    """How the page should look."""

    OK = "ok"
    BUSY = "busy"
    OVERLOADED = "overloaded"
    CALMING = "calming"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The tone and the sentence."""

    tone: Tone
    text: str


Standing = tuple[str, str]
"""An open alert: the name of its rule, and its severity in a word."""

NO_MEANS: Values = {}
WORDS = {
    Tone.OK: "Fine",
    Tone.BUSY: "Busy",
    Tone.OVERLOADED: "Overloaded",
    Tone.CALMING: "Calming down",
}


def verdict(
    values: Values, means: Values = NO_MEANS, busy: Evidence = NOTHING, standing: Sequence[Standing] = ()
) -> Verdict:
    """Judge one reading; values that are unknown are left out of the sentence, never guessed.

    Red follows the kernel's 1-minute load and the 2-minute `means`, so that it does not flicker with single seconds; the
    numbers and reasons in the sentence are those of this moment, and "Fine" stands beside none that says otherwise.
    The processes come from `busy`, the evidence of the last scan. `standing`: the open alerts that are no mere hints,
    the gravest first; with one of them not all is fine.
    """
    now = of_reading(values, busy)
    cores, load, cpu = now.cores, now.load1, now.cpu.busy
    if not cores or (load is None and cpu is None):
        return Verdict(Tone.UNKNOWN, "Not enough is known yet to judge this machine.")
    tone = _tone(now, means, busy)
    on = "1 core" if cores == 1 else f"{cores:g} cores"
    head = f"Load {load:.1f} on {on}" if load is not None else on
    if tone is Tone.OK:
        now = of_reading(values)
        said = _percent(cpu)
    elif tone is Tone.CALMING:
        remembers = load is not None and load >= HIGH_SHARE_OF_CORES * cores
        earlier = "the average still remembers earlier work" if remembers else "the last minutes were busier"
        said = _listed(f"{_percent(cpu)} now", earlier)
    else:
        said = _told(now, cause(now))
    facts = _listed(said, *_queue(now.tasks), *_pressure(now.pressure.io_some))
    sentence = f"{head}: {facts}." if facts else f"{head}."
    if standing and tone in (Tone.OK, Tone.CALMING):
        return Verdict(Tone.BUSY, f"Attention. {_open(standing)}. {sentence}")
    return Verdict(tone, f"{WORDS[tone]}. {sentence}")


def _tone(now: Evidence, means: Values, busy: Evidence) -> Tone:
    share = (now.load1 or 0.0) / (now.cores or 1.0)
    judged = {**means, "load1": share}  # history judges by the same limits
    overloaded = any(_at_least(judged, one.name, one.overloads_at) for one in CATALOGUE.values())
    if overloaded or share >= HIGH_SHARE_OF_CORES or _at_least(means, "cpu_percent", BUSY_CPU_PERCENT):
        if _has_calmed(now, busy):
            return Tone.CALMING if cause(now).kind in LEFT_OVER else Tone.BUSY
        return Tone.OVERLOADED if overloaded else Tone.BUSY
    return Tone.BUSY if _is_busy_now(now) else Tone.OK


def _is_busy_now(now: Evidence) -> bool:
    """Whether a number that stands beside the word says that the machine has much to do."""
    memory, cpu = now.pressure.memory_some, now.cpu.busy
    return (
        (cpu is not None and cpu >= BUSY_CPU_PERCENT)
        or stalls_on_io(now)
        or (memory is not None and memory >= PRESSURE_PERCENT)
    )


def _has_calmed(now: Evidence, busy: Evidence) -> bool:
    """Whether the averages tell of earlier work: hardly anything is left of it, for some seconds and at this one."""
    lately = now if busy.cpu.busy is None else replace(busy, cores=now.cores, load1=now.load1)
    cpu = now.cpu.busy
    return cpu is not None and cpu < CALM_CPU_PERCENT and not _is_busy_now(now) and is_calm(lately)


def _told(evidence: Evidence, why: Cause) -> str:
    """The cause in words, with whom it is blamed on; "" where nothing is known."""
    cpu = _percent(evidence.cpu.busy)
    if why.kind is Kind.UNKNOWN and why.load_is_high:
        return _listed(cpu, "what keeps the load up is not known")
    if why.kind is Kind.REMEMBERED:
        return f"{cpu} now, the average still remembers earlier work"
    if why.kind is Kind.STEAL:
        return f"CPU taken by other virtual machines ({evidence.cpu.steal:.0f} %)"
    who = _who(evidence, why)
    blamed = f" ({who})" if who else ""
    if why.kind in (Kind.NOTHING, Kind.UNKNOWN):
        return f"{cpu}{blamed}" if cpu else ""
    if why.kind is Kind.WAITING:
        return _listed(
            cpu, f"tasks wait uninterruptibly{blamed}", "not for I/O" if not_for_io(evidence) else ""
        )
    return f"{CAUSES[why.kind]}{blamed}"


def _who(evidence: Evidence, why: Cause) -> str:
    """Those whom the cause is blamed on, as far as the evidence names them."""
    if why.blamed is Blamed.BUSIEST:
        return words.in_cpu(evidence)
    if why.blamed is Blamed.LARGEST:
        return words.in_memory(evidence)
    if why.blamed is Blamed.WAITING:
        return words.in_sleep(evidence)
    return words.started(evidence) if why.blamed is Blamed.PARENTS else ""


def _open(standing: Sequence[Standing]) -> str:
    """ "1 critical alert is open: Disk", "3 alerts are open: Disk, CPU and 1 more"."""
    name, severity = standing[0]
    if len(standing) == 1:
        return f"1 {severity} alert is open: {words.short(name)}"
    named = [words.short(name) for name, _ in standing[:MOST_ALERTS]]
    others = len(standing) - len(named)
    return (
        f"{len(standing)} alerts are open: {words.joined([*named, *([f'{others} more'] if others else [])])}"
    )


def _queue(tasks: Tasks) -> list[str]:
    counts = ((tasks.running, "running"), (tasks.blocked, "blocked"))
    return [f"{count:.0f} {word}" for count, word in counts if count is not None]


def _pressure(io: float | None) -> list[str]:
    if io is None:
        return []
    return ["no I/O pressure" if io < 1 else f"I/O pressure {io:.0f} %"]


def _percent(cpu: float | None) -> str:
    return "" if cpu is None else f"CPU {cpu:.0f} %"


def _listed(*facts: str) -> str:
    return ", ".join(fact for fact in facts if fact)


def _at_least(values: Values, name: str, limit: float | None) -> bool:
    value = values.get(name)
    return value is not None and limit is not None and value >= limit

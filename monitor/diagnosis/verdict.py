"""The verdict, the one sentence at the head of the page: how the machine is and why, from the values of one reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.diagnosis import words
from monitor.diagnosis.cause import Blamed, Cause, Kind, cause
from monitor.diagnosis.evidence import NOTHING, Evidence, Values, of_reading
from monitor.diagnosis.kernel_functions import may_be_for_io
from monitor.diagnosis.proofs import HIGH_SHARE_OF_CORES, PRESSURE_PERCENT, not_for_io
from monitor.diagnosis.tone import (
    LEFT_OVER,
    WAITS_FOR_CPU_PERCENT,
    Tone,
    is_busy,
    is_crowded,
    is_high,
    share,
    tone_of,
)
from monitor.metrics.catalogue import Unit
from monitor.metrics.quantities import quantity

LITTLE_MEMORY_PERCENT = 5.0
MOST_ALERTS = 2
BUSIER_MINUTES = "the last minutes were busier"
CAUSES = {
    Kind.MEMORY: "short of memory",
    Kind.MEMORY_LIMIT: "tasks at a memory limit of their own",
    Kind.NETWORK_FILES: "waiting for a network file system",
    Kind.DISK: "waiting for disk",
    Kind.IO: "waiting for I/O",
    Kind.THROTTLED: "stopped by its CPU quota",
    Kind.SHORT_TASKS: "many short tasks",
    Kind.CPU: "CPU-bound",
    Kind.ONE_CORE: "one core is full",
}


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
    lately = now if busy.cpu.busy is None else replace(busy, cores=cores, load1=load)
    tone = tone_of(now, means, lately)
    on = "1 core" if cores == 1 else f"{cores:g} cores"
    head = f"Load {load:.1f} on {on}" if load is not None else on
    if tone is Tone.OK:
        said = _percent(cpu)
    elif tone is Tone.CALMING:
        remembers = share(now) >= HIGH_SHARE_OF_CORES
        said = _listed(_now(cpu), "the average still remembers earlier work" if remembers else BUSIER_MINUTES)
    else:
        said = _why(now, means, lately)
    facts = _listed(said, *_queue(now), *_pressures(now))
    sentence = f"{head}: {facts}." if facts else f"{head}."
    wrong = _open(standing) if standing else _little_memory(now)
    if wrong and tone in (Tone.OK, Tone.CALMING):
        return Verdict(Tone.BUSY, f"Attention. {wrong}. {sentence}")
    return Verdict(tone, f"{WORDS[tone]}. {sentence}")


def _why(now: Evidence, means: Values, lately: Evidence) -> str:
    """Why it is busy, or overloaded; where nothing of this moment says it, what does."""
    told = _told(now, cause(now))
    if share(now) >= HIGH_SHARE_OF_CORES or is_busy(now) or is_crowded(now):
        return told
    if is_high(now, means):
        return _listed(told, BUSIER_MINUTES)
    return _listed(_now(now.cpu.busy), f"the last seconds were busier{_blamed(lately, cause(lately))}")


def _told(evidence: Evidence, why: Cause) -> str:
    """The cause in words, with whom it is blamed on; "" where nothing is known."""
    cpu = _percent(evidence.cpu.busy)
    if why.kind is Kind.UNKNOWN and why.load_is_high:
        return _listed(cpu, "what keeps the load up is not known")
    if why.kind is Kind.REMEMBERED:
        return f"{cpu} now, the average still remembers earlier work"
    if why.kind is Kind.STEAL:
        return f"CPU taken by other virtual machines ({evidence.cpu.steal:.0f} %)"
    blamed = _blamed(evidence, why)
    if why.kind in (Kind.NOTHING, Kind.UNKNOWN):
        return f"{cpu}{blamed}" if cpu else ""
    if why.kind is Kind.WAITING:
        return _listed(
            cpu, f"tasks wait uninterruptibly{blamed}", "not for I/O" if not_for_io(evidence) else ""
        )
    return f"{CAUSES[why.kind]}{blamed}"


def _blamed(evidence: Evidence, why: Cause) -> str:
    who = _who(evidence, why)
    return f" ({who})" if who else ""


def _who(evidence: Evidence, why: Cause) -> str:
    """Those whom the cause is blamed on, as far as the evidence names them."""
    if why.blamed is Blamed.BUSIEST:
        return "" if _used_more_than_is(evidence) else words.in_cpu(evidence)
    if why.blamed is Blamed.LARGEST:
        return words.in_memory(evidence)
    if why.blamed is Blamed.WAITING:
        return words.in_sleep(evidence, bool if why.kind is Kind.WAITING else may_be_for_io)
    return words.started(evidence) if why.blamed is Blamed.PARENTS else ""


def _used_more_than_is(evidence: Evidence) -> bool:
    """Whether those whom the last look saw used more than twice of what the machine does at this moment."""
    busy, used = evidence.busy_cores, sum(row.cpu_percent or 0.0 for row in evidence.by_cpu) / 100
    return busy is not None and used > 2 * max(busy, 0.1)


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


def _queue(now: Evidence) -> list[str]:
    """ "4 running", "24 blocked (midwife, in kernel_clone)": by name where more wait than run, and the cause is another."""
    running, blocked = now.tasks.running, now.tasks.blocked
    told = [] if running is None else [f"{running:.0f} running"]
    if blocked is None:
        return told
    unnamed = blocked > (running or 0.0) and cause(now).blamed is not Blamed.WAITING
    who = words.in_sleep(now) if unnamed and now.blocked else ""
    return [*told, f"{blocked:.0f} blocked" + (f" ({who})" if who else "")]


def _pressures(now: Evidence) -> list[str]:
    """That of I/O as far as it is known; those of the CPU and of memory where nothing else says why it is busy."""
    cpu, io, memory = now.pressure.cpu_some, now.pressure.io_some, now.pressure.memory_some
    told = [] if io is None else ["no I/O pressure" if io < 1 else f"I/O pressure {io:.0f} %"]
    if cause(now).kind not in LEFT_OVER:
        return told
    others = (("CPU", cpu, WAITS_FOR_CPU_PERCENT), ("memory", memory, PRESSURE_PERCENT))
    return told + [
        f"{name} pressure {value:.0f} %" for name, value, least in others if value and value >= least
    ]


def _little_memory(now: Evidence) -> str:
    """ "80 MiB of memory available", where that is hardly any; else ""."""
    left, percent = now.memory.available_bytes, now.memory.available_percent
    if percent is None or percent >= LITTLE_MEMORY_PERCENT or left is None:
        return ""
    return f"{quantity(left, Unit.BYTES)} of memory available"


def _percent(cpu: float | None) -> str:
    return "" if cpu is None else f"CPU {cpu:.0f} %"


def _now(cpu: float | None) -> str:
    return "" if cpu is None else f"{_percent(cpu)} now"


def _listed(*facts: str) -> str:
    return ", ".join(fact for fact in facts if fact)

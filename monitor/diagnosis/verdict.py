"""The verdict, the one sentence at the head of the page: how the machine is and why, from the values of one reading."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.diagnosis import culprits
from monitor.diagnosis.cause import HIGH_SHARE_OF_CORES, Blamed, Cause, Kind, cause
from monitor.diagnosis.evidence import NOTHING, Evidence, Tasks, Values, of_reading

OVERLOADED_SHARE_OF_CORES = 1.0
BUSY_CPU_PERCENT = 75.0
OVERLOADED_CPU_PERCENT = 95.0
OVERLOADED_IO_PERCENT = 20.0
OVERLOADED_MEMORY_PERCENT = 10.0
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
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The tone and the sentence."""

    tone: Tone
    text: str


NO_MEANS: Values = {}
WORDS = {Tone.OK: "Fine", Tone.BUSY: "Busy", Tone.OVERLOADED: "Overloaded"}


def verdict(values: Values, means: Values = NO_MEANS, busy: Evidence = NOTHING) -> Verdict:
    """Judge one reading; values that are unknown are left out of the sentence, never guessed.

    The tone follows the kernel's 1-minute load and the 2-minute `means`, so that it does not flicker with
    single seconds; the reasons in the sentence are those of this moment. The processes come from `busy`, the evidence
    of the last scan.
    """
    now = of_reading(values, busy)
    cores, load, cpu = now.cores, now.load1, now.cpu.busy
    if not cores or (load is None and cpu is None):
        return Verdict(Tone.UNKNOWN, "Not enough is known yet to judge this machine.")
    tone = _tone(means, load, cores)
    on = "1 core" if cores == 1 else f"{cores:g} cores"
    head = f"Load {load:.1f} on {on}" if load is not None else on
    if tone is Tone.OK:
        now = of_reading(values)
        said = "" if cpu is None else f"CPU {cpu:.0f} %"
    else:
        said = _told(now, cause(now))
    facts = _listed(said, *_queue(now.tasks), *_pressure(now.pressure.io_some))
    return Verdict(tone, f"{WORDS[tone]}. {head}: {facts}." if facts else f"{WORDS[tone]}. {head}.")


def _tone(means: Values, load: float | None, cores: float) -> Tone:
    share = (load or 0.0) / cores
    stalled = _at_least(means, "pressure_io_full_percent", OVERLOADED_IO_PERCENT) or _at_least(
        means, "pressure_memory_full_percent", OVERLOADED_MEMORY_PERCENT
    )
    full = _at_least(means, "cpu_percent", OVERLOADED_CPU_PERCENT)
    if share >= OVERLOADED_SHARE_OF_CORES or full or stalled:
        return Tone.OVERLOADED
    if share >= HIGH_SHARE_OF_CORES or _at_least(means, "cpu_percent", BUSY_CPU_PERCENT):
        return Tone.BUSY
    return Tone.OK


def _told(evidence: Evidence, why: Cause) -> str:
    """The cause in words, with whom it is blamed on; "" where nothing is known."""
    who = _who(evidence, why)
    blamed = f" ({who})" if who else ""
    cpu = "" if evidence.cpu.busy is None else f"CPU {evidence.cpu.busy:.0f} %"
    if why.kind in (Kind.NOTHING, Kind.UNKNOWN):
        unknown = (
            "what keeps the load up is not known" if why.kind is Kind.UNKNOWN and why.load_is_high else ""
        )
        return _listed(f"{cpu}{blamed}" if cpu else "", unknown)
    if why.kind is Kind.REMEMBERED:
        return f"{cpu} now, the average still remembers earlier work"
    if why.kind is Kind.WAITING:
        return _listed(cpu, f"tasks wait uninterruptibly{blamed}")
    if why.kind is Kind.STEAL:
        return f"CPU taken by other virtual machines ({evidence.cpu.steal:.0f} %)"
    return f"{CAUSES[why.kind]}{blamed}"


def _who(evidence: Evidence, why: Cause) -> str:
    """Those whom the cause is blamed on, as far as the evidence names them."""
    if why.blamed is Blamed.BUSIEST:
        return culprits.in_cpu(culprits.busiest(evidence), evidence.busy_cores)
    if why.blamed is Blamed.LARGEST:
        return culprits.in_memory(culprits.largest(evidence))
    if why.blamed is Blamed.WAITING:
        return culprits.in_sleep(culprits.waiting(evidence))
    return culprits.parents(evidence) if why.blamed is Blamed.PARENTS else ""


def _queue(tasks: Tasks) -> list[str]:
    words = ((tasks.running, "running"), (tasks.blocked, "blocked"))
    return [f"{count:.0f} {word}" for count, word in words if count is not None]


def _pressure(io: float | None) -> list[str]:
    if io is None:
        return []
    return ["no I/O pressure" if io < 1 else f"I/O pressure {io:.0f} %"]


def _listed(*facts: str) -> str:
    return ", ".join(fact for fact in facts if fact)


def _at_least(values: Values, name: str, limit: float) -> bool:
    value = values.get(name)
    return value is not None and value >= limit

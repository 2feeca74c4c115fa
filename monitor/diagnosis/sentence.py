"""The sentence that explains an alert, and the few words on who is to blame: the cause, and its figures, in words."""

from __future__ import annotations

from monitor.diagnosis import culprits, sight, words
from monitor.diagnosis.cause import Blamed, Cause, Kind, cause
from monitor.diagnosis.evidence import Evidence
from monitor.diagnosis.kernel_functions import is_no_io, may_be_for_io, tasks
from monitor.diagnosis.proofs import (
    HALF_A_TASK,
    SWAPPING_BYTES_PER_SECOND,
    not_for_io,
    stalls_on_io,
    tasks_wait,
)
from monitor.metrics.catalogue import Family, Unit, family_of
from monitor.metrics.quantities import quantity
from monitor.metrics.text import clipped, counted

LONGEST = 500
PLACES = {
    Kind.DISK: "the disk",
    Kind.IO: "I/O",
    Kind.NETWORK_FILES: "the network file system",
    Kind.CPU: "the CPU",
    Kind.ONE_CORE: "one core",
    Kind.THROTTLED: "the CPU quota",
    Kind.STEAL: "the hypervisor",
    Kind.SHORT_TASKS: "many short tasks",
    Kind.MEMORY: "memory",
    Kind.MEMORY_LIMIT: "a memory limit",
}
WAITS = {
    Kind.NETWORK_FILES: "waiting for a network file system",
    Kind.DISK: "waiting for disk",
    Kind.IO: "waiting for I/O",
    Kind.WAITING: "waiting uninterruptibly",
}
CPU_TIME = frozenset({Family.CPU, Family.ONE_CORE, Family.IO_WAIT, Family.STEAL, Family.CORES})
SAYS_IT = {
    Kind.CPU: CPU_TIME | {Family.CPU_PRESSURE},
    Kind.ONE_CORE: frozenset({Family.ONE_CORE}),
    Kind.MEMORY: frozenset({Family.MEMORY, Family.MEMORY_PRESSURE}),
}
"""Where the metric of an alert names the place already."""

UNBLAMED = frozenset({Family.FILE_SYSTEMS, Family.DISK, Family.NETWORK, Family.OWN, Family.NO_DATA})
"""What the processes that keep the machine busy have no part in."""


COVERS = 0.8
"""Of the time that is judged: where looks at processes cover less, it is said."""


def explain(evidence: Evidence, metric: str = "", until: str = "") -> str:
    """The sentence on `evidence`, at most 500 characters; `metric` is that of the alert, if it is for one.

    Where that is too few the names and figures end in dots, never the cause.

    until: what the time that it tells of led to ("before it fired"); with it the sentence says which time that is.
    """
    if family_of(metric) is Family.FILE_SYSTEMS and (fullest := _fullest(evidence)):
        return fullest
    why = cause(evidence, metric)
    middle = "; ".join(
        part for part in (", ".join(_tasks(evidence, why)), ", ".join(_figures(evidence, why))) if part
    )
    head, conclusion, span = _head(evidence), _conclusion(evidence, why), _span(evidence, until)
    rest = len(head) + len(conclusion) + len(span) + len(": : .")
    parts = [part for part in (head, clipped(middle, LONGEST - rest), conclusion) if part]
    return (": ".join(parts) or "Nothing is known of this moment") + "." + span


def in_few_words(evidence: Evidence, metric: str) -> str:
    """Who is to blame for an alert on `metric`: "the disk, 5 x rsync"; "" where nobody is known."""
    about = family_of(metric)
    if about in UNBLAMED:
        return ""
    why = cause(evidence, metric)
    place = "" if about in SAYS_IT.get(why.kind, ()) else PLACES.get(why.kind, "")
    return ", ".join(part for part in (place, _first(evidence, why.blamed)) if part)


def covers(looked: float, judged: float) -> bool:
    """Whether looks of so many seconds tell of nearly all that is judged; where they do not, it is said."""
    return looked >= COVERS * judged


def _first(evidence: Evidence, blamed: Blamed) -> str:
    """The first of those who are blamed."""
    if blamed is Blamed.WAITING:
        return next((counted(one.name, one.tasks) for one in culprits.waiting(evidence)), "")
    if blamed is Blamed.BUSIEST:
        found = sight.unseen(evidence)
        return found or next((words.who(one) for one in culprits.busiest(evidence)), "")
    if blamed is Blamed.LARGEST:
        return words.largest_holder(evidence)
    return ""


def _span(evidence: Evidence, until: str) -> str:
    """ " This is of the 20 s before it fired; processes were looked at in 8 of them."; "" where that is not asked for."""
    judged, looked = evidence.judged_seconds, evidence.seconds or 0.0
    if not until or not judged:
        return ""
    rest = "" if covers(looked, judged) else f"; processes were looked at in {looked:.0f} of them"
    return f" This is of the {judged:.0f} s {until}{rest}."


def _fullest(evidence: Evidence) -> str:
    """Which file system is the fullest, for an alert that is about nothing else; "" where that is not known."""
    disk = evidence.disk
    percent, path, inodes = disk.fullest_percent, disk.fullest_path, disk.fullest_inodes_percent
    if percent is None or not path:
        return ""
    parts = [f"Fullest file system {path} {quantity(percent, Unit.PERCENT)}"]
    is_of_inodes = disk.fullest_inodes_left is not None and inodes is not None and inodes >= percent
    if is_of_inodes:
        parts.append(f"{f'{disk.fullest_inodes_left:.0f}' if disk.fullest_inodes_left else 'no'} inodes left")
    if disk.fullest_left_bytes is not None:
        space = quantity(disk.fullest_left_bytes, Unit.BYTES)
        parts.append(f"{space} of space left" if is_of_inodes else f"{space} left")
    return ", ".join(parts) + "."


def _head(evidence: Evidence) -> str:
    on = "" if evidence.cores is None else words.cores(evidence.cores)
    if evidence.load1 is None:
        return on
    return f"Load {evidence.load1:.1f} on {on}" if on else f"Load {evidence.load1:.1f}"


def _tasks(evidence: Evidence, why: Cause) -> list[str]:
    running, blocked = evidence.tasks.running, evidence.tasks.blocked
    parts = [] if running is None else [f"{running:.0f} running"]
    if why.waits is not None and blocked is not None:
        parts += _waiting(evidence, why.waits, blocked)
    return parts


def _waiting(evidence: Evidence, kind: Kind, blocked: float) -> list[str]:
    """Those that wait for `kind` and, told apart, those whose place in the kernel says that it is no I/O."""
    counts = [(tasks(row), is_no_io(row)) for row in evidence.blocked]
    away = (
        blocked * sum(count for count, no_io in counts if no_io) / max(1, sum(count for count, _ in counts))
    )
    if kind is Kind.WAITING or not away:
        return [_so_many(blocked, kind, words.in_sleep(evidence))]
    for_io = _so_many(blocked - away, kind, words.in_sleep(evidence, may_be_for_io))
    others = _so_many(away, Kind.WAITING, words.in_sleep(evidence, is_no_io))
    return [for_io, others] if blocked - away >= HALF_A_TASK else [others]


def _so_many(count: float, kind: Kind, who: str) -> str:
    return f"{count:.0f} {WAITS[kind]}" + (f" ({who})" if who else "")


def _figures(evidence: Evidence, why: Cause) -> list[str]:
    parts = [_percent("CPU", evidence.cpu.busy)]
    if why.blamed is Blamed.BUSIEST and not (why.kind is Kind.UNKNOWN and why.load_is_high):
        parts.append(words.in_cpu(evidence))
    if why.kind is Kind.SHORT_TASKS:
        parts.append(_short_tasks(evidence))
    if why.kind is Kind.STEAL:
        parts.append(f"{evidence.cpu.steal:.0f} % of the time taken by other virtual machines")
    if why.blamed is Blamed.LARGEST or why.kind is Kind.MEMORY_LIMIT:
        parts += _memory(evidence)
    if why.blamed is Blamed.LARGEST:
        parts.append(words.in_memory(evidence))
    elif tasks_wait(evidence) or stalls_on_io(evidence) or why.kind in (Kind.UNKNOWN, Kind.NOTHING):
        parts.append(_percent("I/O pressure", evidence.pressure.io_some))
    return [part for part in parts if part]


def _memory(evidence: Evidence) -> list[str]:
    available, swap = evidence.memory.available_bytes, evidence.memory.swap_bytes_per_second
    parts = [_percent("memory pressure", evidence.pressure.memory_some)]
    if swap is not None and swap >= SWAPPING_BYTES_PER_SECOND:
        parts.append(f"swapping {quantity(swap, Unit.BYTES_PER_SECOND)}")
    if available is not None:
        parts.append(f"{quantity(available, Unit.BYTES)} of memory available")
    return parts


def _short_tasks(evidence: Evidence) -> str:
    used, rate = evidence.short_lived.cpu_percent or 0.0, evidence.short_lived.started_per_second
    by = words.parents(evidence)
    started = f"{rate:.0f} new processes a second" if rate is not None else "many new processes"
    return f"{started} use {words.cores(used / 100)}" + (f", started by {by}" if by else "")


def _conclusion(evidence: Evidence, why: Cause) -> str:
    if why.kind in (Kind.DISK, Kind.IO, Kind.NETWORK_FILES):
        rest = " and the CPU" if why.cpu_is_full else ""
        return f"{PLACES[why.kind]}{', not the CPU' if why.rules_out is Kind.CPU else rest}"
    if why.kind is Kind.CPU:
        also = why.waits if why.waits in (Kind.DISK, Kind.NETWORK_FILES) else Kind.IO
        rest = f" and {PLACES[also]}" if stalls_on_io(evidence) else ""
        return "the CPU, not the disk" if why.rules_out is Kind.DISK else f"the CPU{rest}"
    if why.kind is Kind.WAITING and not_for_io(evidence):
        return "tasks wait in the kernel, and not for I/O"
    return {
        Kind.MEMORY: "memory is short",
        Kind.MEMORY_LIMIT: "memory is short for those with a limit of their own, not for the machine",
        Kind.STEAL: "the hypervisor gives this machine less than it asks for",
        Kind.THROTTLED: f"the CPU quota stopped it in {evidence.throttled_percent or 0:.0f} % of its periods",
        Kind.SHORT_TASKS: "many short tasks",
        Kind.WAITING: "what they wait for is not known",
        Kind.ONE_CORE: "one core is full, the others are not",
        Kind.REMEMBERED: "the average still remembers earlier work",
        Kind.UNKNOWN: "what keeps it up is not known" if why.load_is_high else "",
    }.get(why.kind, "")


def _percent(label: str, value: float | None) -> str:
    return "" if value is None else f"{label} {value:.0f} %"

"""The cause of the load: what the evidence on one moment proves to keep the machine busy, and nothing beyond.

The proofs are told in docs/evidence.md. The verdict, the sentence of an alert and messages only word what is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.diagnosis.evidence import Evidence
from monitor.diagnosis.kernel_functions import Wait, may_be_for_io, most_wait_for
from monitor.diagnosis.one_core import one_core_is_full
from monitor.diagnosis.proofs import (
    CALM_CPU_PERCENT,
    DISK_BYTES_PER_SECOND,
    FULL_CPU_PERCENT,
    PRESSURE_PERCENT,
    STEAL_PERCENT,
    THROTTLED_PERCENT,
    at_least,
    cpu_leads,
    has_plenty_of_memory,
    is_calm,
    is_many_short_tasks,
    load_is_high,
    stalls_on_io,
    stalls_on_memory,
    tasks_wait,
)
from monitor.metrics.catalogue import Family, family_of

ON_IO = frozenset({Family.IO_PRESSURE, Family.IO_WAIT})
ON_CPU = frozenset({Family.CPU, Family.CPU_PRESSURE})
NO_LOAD = ON_CPU | {Family.ONE_CORE}
"""An alert on these is of time just used: what waits, or what the load remembers, explains none."""

ON_MEMORY = frozenset({Family.MEMORY, Family.SWAP, Family.MEMORY_PRESSURE})


class Kind(StrEnum):
    """What keeps the machine busy."""

    MEMORY = "memory"
    MEMORY_LIMIT = "memory limit"  # of some, while the machine has plenty
    MEMORY_IN_USE = "memory in use"  # of an alert on memory where nothing stalls
    NETWORK_FILES = "network file system"
    DISK = "disk"
    IO = "I/O"
    STEAL = "steal"
    THROTTLED = "throttled"
    SHORT_TASKS = "short tasks"
    CPU = "CPU"
    WAITING = "waiting"
    ONE_CORE = "one core"
    REMEMBERED = "remembered"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


class Blamed(StrEnum):
    """Whom a cause is blamed on."""

    BUSIEST = "those that use most CPU"
    LARGEST = "those that hold most memory"
    WAITING = "those that wait"
    PARENTS = "those that start others"
    NOBODY = "nobody"


OF_WAITING = (Kind.DISK, Kind.IO, Kind.NETWORK_FILES, Kind.WAITING)
BLAMED = {
    Kind.MEMORY: Blamed.LARGEST,
    Kind.MEMORY_IN_USE: Blamed.LARGEST,
    Kind.MEMORY_LIMIT: Blamed.WAITING,
    Kind.NETWORK_FILES: Blamed.WAITING,
    Kind.DISK: Blamed.WAITING,
    Kind.IO: Blamed.WAITING,
    Kind.WAITING: Blamed.WAITING,
    Kind.SHORT_TASKS: Blamed.PARENTS,
    Kind.STEAL: Blamed.NOBODY,
    Kind.REMEMBERED: Blamed.NOBODY,
}


@dataclass(frozen=True, slots=True)
class Cause:
    """What is proven of one moment.

    waits: what tasks in uninterruptible sleep wait for (NETWORK_FILES, DISK, IO, WAITING), None without any.
    cpu_is_full: None where the CPU is unknown. rules_out: CPU or DISK, where the kernel says that it is not that one.
    load_is_high: the load comes near the cores.
    """

    kind: Kind
    waits: Kind | None
    cpu_is_full: bool | None
    rules_out: Kind | None
    load_is_high: bool

    @property
    def blamed(self) -> Blamed:
        """Whom to name with it."""
        return BLAMED.get(self.kind, Blamed.BUSIEST)


def cause(evidence: Evidence, metric: str = "") -> Cause:
    """The first cause that `evidence` proves: NOTHING where the load is low, UNKNOWN where nothing is proven.

    `metric` is that of the alert that is explained, if any. One on memory is explained by memory alone, one on I/O or on
    the CPU by that first.
    """
    waits = _waits(evidence)
    about = family_of(metric)
    kind = _of_metric(evidence, about) or _kind(evidence, waits)
    if about in NO_LOAD and kind in (Kind.REMEMBERED, Kind.UNKNOWN, *OF_WAITING):
        kind = Kind.NOTHING
    busy = evidence.cpu.busy
    return Cause(
        kind,
        waits,
        None if busy is None else busy >= FULL_CPU_PERCENT,
        _ruled_out(evidence, kind),
        load_is_high(evidence),
    )


def _of_metric(evidence: Evidence, about: Family | None) -> Kind | None:
    """What explains an alert on that alone; None where nothing does."""
    if about in ON_MEMORY:
        return _of_memory(evidence) or Kind.MEMORY_IN_USE
    if about in ON_IO and stalls_on_io(evidence):
        return _kind_of_io(evidence)
    if about in ON_CPU:
        return _of_memory(evidence) or _of_cpu(evidence)
    return None


def _of_memory(evidence: Evidence) -> Kind | None:
    if not stalls_on_memory(evidence):
        return None
    return Kind.MEMORY_LIMIT if has_plenty_of_memory(evidence) else Kind.MEMORY


def _is_mostly_waiting(evidence: Evidence) -> bool:
    """Whether tasks in uninterruptible sleep are most of the load, by what the looks show of where they wait.

    Of those in a function of local I/O, or in none that is told, the kernel's pressure decides.
    """
    if most_wait_for(evidence.blocked) not in (Wait.NO_IO, Wait.OTHER, Wait.NETWORK):
        return False
    running, blocked = evidence.tasks.running, evidence.tasks.blocked or 0.0
    return running is not None and blocked > running and 2 * blocked >= (evidence.load1 or 0.0)


def _kind(evidence: Evidence, waits: Kind | None) -> Kind:
    """The pressure that is the greater comes first; of what is not under pressure tasks that wait and the load decide."""
    memory = _of_memory(evidence)
    if memory is not None:
        return memory
    io = _kind_of_io(evidence) if stalls_on_io(evidence) else None
    if io is not None and not cpu_leads(evidence):
        return io
    if io is None and waits is not None and _is_mostly_waiting(evidence):
        return waits
    return _of_cpu(evidence) or io or _of_waiting(evidence, waits) or _when_not_busy(evidence)


def _of_cpu(evidence: Evidence) -> Kind | None:
    if at_least(STEAL_PERCENT, evidence.cpu.steal):
        return Kind.STEAL
    if at_least(THROTTLED_PERCENT, evidence.throttled_percent):
        return Kind.THROTTLED
    if is_many_short_tasks(evidence):
        return Kind.SHORT_TASKS
    busy = evidence.cpu.busy
    presses = at_least(PRESSURE_PERCENT, evidence.pressure.cpu_some) and cpu_leads(evidence)
    if at_least(FULL_CPU_PERCENT, busy) or (presses and at_least(CALM_CPU_PERCENT, busy)):
        return Kind.CPU
    return None


def _of_waiting(evidence: Evidence, waits: Kind | None) -> Kind | None:
    """What tasks in uninterruptible sleep wait for, where they explain more of the load than those that run."""
    if waits is None:
        return None
    running, blocked = evidence.tasks.running, evidence.tasks.blocked or 0.0
    works = at_least(CALM_CPU_PERCENT, evidence.cpu.busy)
    return waits if (blocked > running if running is not None else not works) else None


def _when_not_busy(evidence: Evidence) -> Kind:
    if one_core_is_full(evidence):
        return Kind.ONE_CORE
    if not load_is_high(evidence):
        return Kind.NOTHING if evidence.load1 is not None else Kind.UNKNOWN
    calm_io = evidence.pressure.io_some is not None and not stalls_on_io(evidence)
    if at_least(CALM_CPU_PERCENT, evidence.cpu.busy) and calm_io:
        return Kind.CPU
    return Kind.REMEMBERED if is_calm(evidence) else Kind.UNKNOWN


def _waits(evidence: Evidence) -> Kind | None:
    """What the tasks in uninterruptible sleep wait for.

    A function of a network file system is believed without pressure: the kernel counts no such wait as a stall.
    """
    if not tasks_wait(evidence):
        return None
    if stalls_on_io(evidence):
        return _kind_of_io(evidence)
    return Kind.NETWORK_FILES if most_wait_for(evidence.blocked) is Wait.NETWORK else Kind.WAITING


def _kind_of_io(evidence: Evidence) -> Kind:
    """Which I/O: what the looks show of the tasks that wait, else whether the local disks move anything."""
    told = most_wait_for(filter(may_be_for_io, evidence.blocked))
    if told is Wait.NETWORK:
        return Kind.NETWORK_FILES
    moved = (evidence.disk.read_bytes_per_second or 0.0) + (evidence.disk.write_bytes_per_second or 0.0)
    return Kind.DISK if told is Wait.DISK or moved >= DISK_BYTES_PER_SECOND else Kind.IO


def _ruled_out(evidence: Evidence, kind: Kind) -> Kind | None:
    """The CPU or the disk, where its pressure is calm and the smaller one, or there is none at all."""
    cpu, io = evidence.pressure.cpu_some, evidence.pressure.io_some
    if cpu is None or io is None:
        return None
    if kind is Kind.CPU and (io < min(cpu, PRESSURE_PERCENT) or not io):
        return Kind.DISK
    not_full = evidence.cpu.busy is not None and evidence.cpu.busy < FULL_CPU_PERCENT
    if kind not in (Kind.DISK, Kind.IO, Kind.NETWORK_FILES) or not not_full:
        return None
    return Kind.CPU if cpu < min(io, PRESSURE_PERCENT) or not cpu else None

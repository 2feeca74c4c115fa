"""The cause of the load: what the evidence on one moment proves to keep the machine busy, and nothing beyond.

The proofs are told in docs/evidence.md. The verdict, the sentence of an alert and messages only word what is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.diagnosis.evidence import Evidence
from monitor.diagnosis.kernel_functions import Wait, most_wait_for
from monitor.diagnosis.one_core import one_core_is_full
from monitor.metrics.catalogue import Family, family_of

FULL_CPU_PERCENT = 80.0
CALM_CPU_PERCENT = 50.0
PRESSURE_PERCENT = 10.0
STEAL_PERCENT = 10.0
THROTTLED_PERCENT = 25.0
HIGH_SHARE_OF_CORES = 0.7
MANY_STARTED_PER_SECOND = 20.0
SHORT_LIVED_SHARE = 0.5
SWAPPING_BYTES_PER_SECOND = 1e6
DISK_BYTES_PER_SECOND = 1e5
REMEMBERED_SHARE = 0.5
"""Of the load: where fewer tasks than that run or wait, it tells of earlier ones."""

HALF_A_TASK = 0.5
"""In the mean: fewer tasks that wait are told as none."""

ON_MEMORY = frozenset({Family.MEMORY, Family.SWAP, Family.MEMORY_PRESSURE})


class Kind(StrEnum):
    """What keeps the machine busy."""

    MEMORY = "memory"
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


BLAMED = {
    Kind.MEMORY: Blamed.LARGEST,
    Kind.MEMORY_IN_USE: Blamed.LARGEST,
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

    `metric` is that of the alert that is explained, if any: one on memory is explained by memory alone.
    """
    waits = _waits(evidence)
    kind = _on_memory(evidence) if family_of(metric) in ON_MEMORY else _kind(evidence, waits)
    busy = evidence.cpu.busy
    return Cause(
        kind,
        waits,
        None if busy is None else busy >= FULL_CPU_PERCENT,
        _ruled_out(evidence, kind),
        _load_is_high(evidence),
    )


def tasks_wait(evidence: Evidence) -> bool:
    """Whether any task is in uninterruptible sleep."""
    return _at_least(HALF_A_TASK, evidence.tasks.blocked)


def stalls_on_io(evidence: Evidence) -> bool:
    """Whether tasks stand still for I/O: the kernel's pressure decides; where it tells none, I/O wait does."""
    pressure = evidence.pressure.io_some
    if pressure is not None:
        return pressure >= PRESSURE_PERCENT
    return _at_least(PRESSURE_PERCENT, evidence.cpu.iowait) and tasks_wait(evidence)


def not_for_io(evidence: Evidence) -> bool:
    """Whether the kernel says that most of the tasks that wait do not wait for I/O."""
    blocked, for_io = evidence.tasks.blocked, evidence.tasks.blocked_io
    calm = evidence.pressure.io_some is not None and not stalls_on_io(evidence)
    return calm and blocked is not None and for_io is not None and 2 * for_io < blocked


def is_calm(evidence: Evidence) -> bool:
    """Whether hardly anything runs, waits or stands still: what the load tells then is of earlier."""
    running, busy = evidence.tasks.running, evidence.cpu.busy
    if busy is None or running is None or stalls_on_io(evidence) or _is_short_of_memory(evidence):
        return False
    active = running + (evidence.tasks.blocked or 0.0)
    remembered = evidence.load1 is None or active < REMEMBERED_SHARE * evidence.load1
    return remembered and busy < CALM_CPU_PERCENT and active < HIGH_SHARE_OF_CORES * (evidence.cores or 1.0)


def _on_memory(evidence: Evidence) -> Kind:
    return Kind.MEMORY if _is_short_of_memory(evidence) else Kind.MEMORY_IN_USE


def _kind(evidence: Evidence, waits: Kind | None) -> Kind:
    """The pressure that is the greater comes first; of what is not under pressure tasks that wait and the load decide."""
    if _is_short_of_memory(evidence):
        return Kind.MEMORY
    io = _kind_of_io(evidence) if stalls_on_io(evidence) else None
    if io is not None and not _cpu_leads(evidence):
        return io
    return _of_cpu(evidence) or io or _of_waiting(evidence, waits) or _when_not_busy(evidence)


def _of_cpu(evidence: Evidence) -> Kind | None:
    if _at_least(STEAL_PERCENT, evidence.cpu.steal):
        return Kind.STEAL
    if _at_least(THROTTLED_PERCENT, evidence.throttled_percent):
        return Kind.THROTTLED
    if _is_many_short_tasks(evidence):
        return Kind.SHORT_TASKS
    busy = evidence.cpu.busy
    presses = _at_least(PRESSURE_PERCENT, evidence.pressure.cpu_some) and _cpu_leads(evidence)
    if _at_least(FULL_CPU_PERCENT, busy) or (presses and _at_least(CALM_CPU_PERCENT, busy)):
        return Kind.CPU
    return None


def _of_waiting(evidence: Evidence, waits: Kind | None) -> Kind | None:
    """What tasks in uninterruptible sleep wait for, where they explain more of the load than those that run."""
    if waits is None:
        return None
    running, blocked = evidence.tasks.running, evidence.tasks.blocked or 0.0
    works = _at_least(CALM_CPU_PERCENT, evidence.cpu.busy)
    if blocked > running if running is not None else not works:
        return waits
    return Kind.CPU if works else None


def _when_not_busy(evidence: Evidence) -> Kind:
    if one_core_is_full(evidence):
        return Kind.ONE_CORE
    if not _load_is_high(evidence):
        return Kind.NOTHING if evidence.load1 is not None else Kind.UNKNOWN
    calm_io = evidence.pressure.io_some is not None and not stalls_on_io(evidence)
    if _at_least(CALM_CPU_PERCENT, evidence.cpu.busy) and calm_io:
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
    told = most_wait_for(evidence.blocked)
    if told is Wait.NETWORK:
        return Kind.NETWORK_FILES
    moved = (evidence.disk.read_bytes_per_second or 0.0) + (evidence.disk.write_bytes_per_second or 0.0)
    return Kind.DISK if told is Wait.DISK or moved >= DISK_BYTES_PER_SECOND else Kind.IO


def _cpu_leads(evidence: Evidence) -> bool:
    """Whether more stands still for the CPU than for I/O; where the kernel tells only of I/O, whether the CPU is full."""
    cpu, io = evidence.pressure.cpu_some, evidence.pressure.io_some
    if cpu is None:
        return io is not None and _at_least(FULL_CPU_PERCENT, evidence.cpu.busy)
    return io is not None and cpu > io


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


def _is_short_of_memory(evidence: Evidence) -> bool:
    some, full = evidence.pressure.memory_some, evidence.pressure.memory_full
    swaps = _at_least(SWAPPING_BYTES_PER_SECOND, evidence.memory.swap_bytes_per_second)
    stalls = _at_least(PRESSURE_PERCENT, some)
    return (swaps and (stalls or some is None)) or (stalls and _at_least(PRESSURE_PERCENT / 2, full))


def _is_many_short_tasks(evidence: Evidence) -> bool:
    used, busy = evidence.short_lived.cpu_percent, evidence.busy_cores
    if used is None or busy is None or not _at_least(CALM_CPU_PERCENT, evidence.cpu.busy):
        return False
    many = _at_least(MANY_STARTED_PER_SECOND, evidence.short_lived.started_per_second)
    return many and used / 100 >= SHORT_LIVED_SHARE * busy


def _load_is_high(evidence: Evidence) -> bool:
    load, cores = evidence.load1, evidence.cores
    return load is not None and cores is not None and load >= HIGH_SHARE_OF_CORES * cores


def _at_least(limit: float, value: float | None) -> bool:
    return value is not None and value >= limit

"""The cause of the load: what the evidence on one moment proves to keep the machine busy, and nothing beyond.

The proofs are told in docs/evidence.md. The verdict, the sentence of an alert and messages only word what is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.diagnosis.evidence import Evidence
from monitor.diagnosis.kernel_functions import Wait, most_wait_for
from monitor.metrics.catalogue import Family, family_of

FULL_CPU_PERCENT = 80.0
CALM_CPU_PERCENT = 50.0
PRESSURE_PERCENT = 10.0
STEAL_PERCENT = 10.0
THROTTLED_PERCENT = 25.0
PINNED_CORE_PERCENT = 90.0
HIGH_SHARE_OF_CORES = 0.7
MANY_STARTED_PER_SECOND = 20.0
SHORT_LIVED_SHARE = 0.5
SWAPPING_BYTES_PER_SECOND = 1e6
DISK_BYTES_PER_SECOND = 1e5
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
    cpu_is_full: None where the CPU is unknown. nothing_waits: the kernel says that hardly anything waits for I/O.
    """

    kind: Kind
    waits: Kind | None
    cpu_is_full: bool | None
    nothing_waits: bool
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
        _nothing_waits(evidence),
        _load_is_high(evidence),
    )


def tasks_wait(evidence: Evidence) -> bool:
    """Whether any task is in uninterruptible sleep."""
    return _at_least(1, evidence.tasks.blocked)


def _on_memory(evidence: Evidence) -> Kind:
    return Kind.MEMORY if _is_short_of_memory(evidence) else Kind.MEMORY_IN_USE


def _kind(evidence: Evidence, waits: Kind | None) -> Kind:
    if _is_short_of_memory(evidence):
        return Kind.MEMORY
    if waits is not None and waits is not Kind.WAITING:
        return waits
    if _at_least(STEAL_PERCENT, evidence.cpu.steal):
        return Kind.STEAL
    if _at_least(THROTTLED_PERCENT, evidence.throttled_percent):
        return Kind.THROTTLED
    if _is_many_short_tasks(evidence):
        return Kind.SHORT_TASKS
    if _at_least(FULL_CPU_PERCENT, evidence.cpu.busy) or (waits and _more_run_than_wait(evidence)):
        return Kind.CPU
    return waits or _when_not_busy(evidence)


def _when_not_busy(evidence: Evidence) -> Kind:
    pinned = _at_least(PINNED_CORE_PERCENT, evidence.cpu.busiest_core)
    if pinned and any(_at_least(PINNED_CORE_PERCENT, row.cpu_percent) for row in evidence.by_cpu):
        return Kind.ONE_CORE
    if not _load_is_high(evidence):
        return Kind.NOTHING if evidence.load1 is not None else Kind.UNKNOWN
    busy, running = evidence.cpu.busy, evidence.tasks.running
    if _at_least(CALM_CPU_PERCENT, busy) and _nothing_waits(evidence):
        return Kind.CPU
    is_calm = busy is not None and busy < CALM_CPU_PERCENT
    if is_calm and running is not None and running < HIGH_SHARE_OF_CORES * (evidence.cores or 1.0):
        return Kind.REMEMBERED
    return Kind.UNKNOWN


def _waits(evidence: Evidence) -> Kind | None:
    if not tasks_wait(evidence):
        return None
    told = most_wait_for(evidence.blocked)
    if told is Wait.NETWORK:
        return Kind.NETWORK_FILES
    if told is Wait.DISK:
        return Kind.DISK
    stalls = _at_least(PRESSURE_PERCENT, evidence.pressure.io_some) or _at_least(
        PRESSURE_PERCENT, evidence.cpu.iowait
    )
    if told is Wait.OTHER or not stalls:
        return Kind.WAITING
    moved = (evidence.disk.read_bytes_per_second or 0.0) + (evidence.disk.write_bytes_per_second or 0.0)
    return Kind.DISK if moved >= DISK_BYTES_PER_SECOND else Kind.IO


def _more_run_than_wait(evidence: Evidence) -> bool:
    """Whether a busy CPU explains more of the load than tasks do that wait for something unknown."""
    running, blocked = evidence.tasks.running, evidence.tasks.blocked or 0.0
    return _at_least(CALM_CPU_PERCENT, evidence.cpu.busy) and running is not None and running > blocked


def _nothing_waits(evidence: Evidence) -> bool:
    """Where the kernel does not tell, that is not known."""
    stalls = evidence.pressure.io_some
    return not tasks_wait(evidence) and stalls is not None and stalls < PRESSURE_PERCENT


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

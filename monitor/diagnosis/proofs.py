"""Proofs: what the numbers of one moment say by themselves, each by its bound; the cause is chosen among them."""

from __future__ import annotations

from monitor.diagnosis.evidence import Evidence

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

PLENTY_OF_MEMORY_PERCENT = 60.0
"""Available: who stalls for memory while there is so much has a limit of its own."""


def tasks_wait(evidence: Evidence) -> bool:
    """Whether any task is in uninterruptible sleep, as the count that is told beside it says."""
    return at_least(1, round(evidence.tasks.blocked or 0.0))


def stalls_on_io(evidence: Evidence) -> bool:
    """Whether tasks stand still for I/O: the kernel's pressure decides; where it tells none, I/O wait does."""
    pressure = evidence.pressure.io_some
    if pressure is not None:
        return pressure >= PRESSURE_PERCENT
    return at_least(PRESSURE_PERCENT, evidence.cpu.iowait) and tasks_wait(evidence)


def not_for_io(evidence: Evidence) -> bool:
    """Whether the kernel says that most of the tasks that wait do not wait for I/O."""
    blocked, for_io = evidence.tasks.blocked, evidence.tasks.blocked_io
    calm = evidence.pressure.io_some is not None and not stalls_on_io(evidence)
    return calm and blocked is not None and for_io is not None and 2 * for_io < blocked


def is_calm(evidence: Evidence) -> bool:
    """Whether hardly anything runs, waits or stands still: what the load tells then is of earlier."""
    running, busy = evidence.tasks.running, evidence.cpu.busy
    if busy is None or running is None or stalls_on_io(evidence) or stalls_on_memory(evidence):
        return False
    active = running + (evidence.tasks.blocked or 0.0)
    remembered = evidence.load1 is None or active < REMEMBERED_SHARE * evidence.load1
    return remembered and busy < CALM_CPU_PERCENT and active < HIGH_SHARE_OF_CORES * (evidence.cores or 1.0)


def cpu_leads(evidence: Evidence) -> bool:
    """Whether more stands still for the CPU than for I/O; where the kernel tells only of I/O, whether the CPU is full."""
    cpu, io = evidence.pressure.cpu_some, evidence.pressure.io_some
    if cpu is None:
        return io is not None and at_least(FULL_CPU_PERCENT, evidence.cpu.busy)
    return io is not None and cpu > io


def is_short_of_memory(evidence: Evidence) -> bool:
    """Whether the machine is: tasks stall for memory, and there is not plenty of it."""
    return stalls_on_memory(evidence) and not has_plenty_of_memory(evidence)


def has_plenty_of_memory(evidence: Evidence) -> bool:
    """Not where it is unknown how much can be had."""
    available, used = evidence.memory.available_bytes, evidence.memory.used_bytes
    if available is None or used is None:
        return False
    return available >= PLENTY_OF_MEMORY_PERCENT / 100 * (available + used)


def stalls_on_memory(evidence: Evidence) -> bool:
    """Whether tasks stand still for memory and it is swapped, or all of them do."""
    some, full = evidence.pressure.memory_some, evidence.pressure.memory_full
    swaps = at_least(SWAPPING_BYTES_PER_SECOND, evidence.memory.swap_bytes_per_second)
    stalls = at_least(PRESSURE_PERCENT, some)
    return (swaps and (stalls or some is None)) or (stalls and at_least(PRESSURE_PERCENT / 2, full))


def is_many_short_tasks(evidence: Evidence) -> bool:
    """Whether processes that came and went used most of the CPU time."""
    used, busy = evidence.short_lived.cpu_percent, evidence.busy_cores
    if used is None or busy is None or not at_least(CALM_CPU_PERCENT, evidence.cpu.busy):
        return False
    many = at_least(MANY_STARTED_PER_SECOND, evidence.short_lived.started_per_second)
    return many and used / 100 >= SHORT_LIVED_SHARE * busy


def load_is_high(evidence: Evidence) -> bool:
    """Whether the load comes near the cores."""
    load, cores = evidence.load1, evidence.cores
    return load is not None and cores is not None and load >= HIGH_SHARE_OF_CORES * cores


def at_least(limit: float, value: float | None) -> bool:
    """Whether `value` is known, and at the limit or beyond."""
    return value is not None and value >= limit

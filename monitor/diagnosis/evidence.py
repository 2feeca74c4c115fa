"""Evidence as values: what is known of one moment, of the last scan of the processes or of one reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

Values = Mapping[str, float | None]
"""Metrics by name."""

CPU = {
    "busy": "cpu_percent",
    "busiest_core": "cpu_busiest_core_percent",
    "user": "cpu_user_percent",
    "system": "cpu_system_percent",
    "iowait": "cpu_iowait_percent",
    "steal": "cpu_steal_percent",
}
PRESSURE = {
    name: f"pressure_{name}_percent"
    for name in ("cpu_some", "io_some", "io_full", "memory_some", "memory_full")
}
MEMORY = {
    "available_bytes": "memory_available_bytes",
    "available_percent": "memory_available_percent",
    "used_bytes": "memory_used_bytes",
    "swap_bytes_per_second": "swap_bytes_per_second",
}
HOLDERS = {
    f"{name}_bytes": name for name in ("processes", "shared", "page_tables", "slab", "huge_pages", "zfs")
}
"""Of memory: their names in evidence, and in MemoryParts."""

DISK = {
    "read_bytes_per_second": "disk_read_bytes_per_second",
    "write_bytes_per_second": "disk_write_bytes_per_second",
}


@dataclass(frozen=True, slots=True)
class Cpu:
    """Percent of all cores; `busiest_core` of one."""

    busy: float | None = None
    busiest_core: float | None = None
    user: float | None = None
    system: float | None = None
    iowait: float | None = None
    steal: float | None = None


@dataclass(frozen=True, slots=True)
class Pressure:
    """Percent of the time in which some task, or every one, waited."""

    cpu_some: float | None = None
    io_some: float | None = None
    io_full: float | None = None
    memory_some: float | None = None
    memory_full: float | None = None

    def known(self) -> dict[str, float]:
        """Those that are known, by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes, percent, and bytes a second to and from swap; the rest is who holds it, as in MemoryParts."""

    available_bytes: float | None = None
    available_percent: float | None = None
    used_bytes: float | None = None
    swap_bytes_per_second: float | None = None
    processes_bytes: float | None = None
    shared_bytes: float | None = None
    page_tables_bytes: float | None = None
    slab_bytes: float | None = None
    huge_pages_bytes: float | None = None
    zfs_bytes: float | None = None


@dataclass(frozen=True, slots=True)
class Unasked:
    """A file system that is not measured: where it is mounted, why, and what can be done, "" for nothing."""

    path: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes a second of all disks; the fullest file system, its path "" where it is unknown; why others were not asked."""

    read_bytes_per_second: float | None = None
    write_bytes_per_second: float | None = None
    fullest_percent: float | None = None
    fullest_left_bytes: float | None = None
    fullest_path: str = ""
    fullest_inodes_percent: float | None = None
    fullest_inodes_left: float | None = None
    unasked: tuple[Unasked, ...] = ()


@dataclass(frozen=True, slots=True)
class Tasks:
    """Counts; blocked: in uninterruptible sleep, blocked_io: those of them that the kernel counts as waiting for I/O."""

    running: float | None = None
    blocked: float | None = None
    blocked_io: float | None = None
    processes: float | None = None
    threads: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A process or a group; text is "" and a number None where it is unknown, cpu_percent is of one core.

    job: the leader of its process group, where that is another process. gone: it had ended by the newest look.
    own_bytes: of rss_bytes, what is not shared. kind, processes: of a group. waits_in, threads: of a process with tasks
    in uninterruptible sleep. blocked: of both.
    """

    name: str = ""
    pid: int | None = None
    unit: str = ""
    user: str = ""
    command: str = ""
    cpu_percent: float | None = None
    rss_bytes: float | None = None
    waits_in: str = ""
    threads: int | None = None
    kind: str = ""
    processes: int | None = None
    blocked: int | None = None
    job: str = ""
    gone: bool = False
    own_bytes: float | None = None

    @property
    def held_bytes(self) -> float | None:
        """Its own memory; where that is not told what is resident of it, which counts for each what several share."""
        return self.rss_bytes if self.own_bytes is None else self.own_bytes


@dataclass(frozen=True, slots=True)
class ShortLived:
    """Processes that began and ended between scans; cpu_percent of one core. by: who started them."""

    started_per_second: float | None = None
    cpu_percent: float | None = None
    by: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of one moment; docs/evidence.md tells the fields. All text is harmless and on one line.

    seconds: that the looks at processes cover, of the judged_seconds. machine_cpu_percent: of one core, what the
    machine used in these; seen_percent: how much of that the processes in sight did.
    """

    at: int | None = None
    seconds: float | None = None
    judged_seconds: float | None = None
    cores: float | None = None
    online_cores: float | None = None
    load1: float | None = None
    cpu: Cpu = field(default_factory=Cpu)
    pressure: Pressure = field(default_factory=Pressure)
    memory: Memory = field(default_factory=Memory)
    disk: Disk = field(default_factory=Disk)
    tasks: Tasks = field(default_factory=Tasks)
    by_cpu: tuple[Row, ...] = ()
    by_memory: tuple[Row, ...] = ()
    blocked: tuple[Row, ...] = ()
    groups: tuple[Row, ...] = ()
    short_lived: ShortLived = field(default_factory=ShortLived)
    throttled_percent: float | None = None
    machine_cpu_percent: float | None = None
    interrupt_cpu_percent: float | None = None
    seen_percent: float | None = None
    hidden_tasks: int | None = None
    hidden_reason: str = ""
    truncated: bool = False

    @property
    def busy_cores(self) -> float | None:
        """Cores' worth of CPU time used by the whole machine; what others took from it is none."""
        busy, online = self.cpu.busy, self.online_cores
        return (
            None
            if busy is None or online is None
            else max(0.0, busy - (self.cpu.steal or 0.0)) * online / 100
        )


NOTHING = Evidence()


def of_reading(values: Values, busy: Evidence = NOTHING) -> Evidence:
    """Evidence on one reading; the processes are those of `busy`, the evidence of the last scan.

    As in a document, no fewer tasks run or wait than either has found.
    """
    running, blocked = values.get("tasks_running"), values.get("tasks_blocked")
    counted = [count for count in (blocked, busy.tasks.blocked) if count is not None]
    return replace(
        busy,
        cores=values.get("cpu_effective_cores"),
        load1=values.get("load1"),
        cpu=Cpu(**picked(values, CPU)),
        pressure=Pressure(**picked(values, PRESSURE)),
        memory=replace(busy.memory, **picked(values, MEMORY)),
        disk=replace(
            busy.disk,
            read_bytes_per_second=values.get(DISK["read_bytes_per_second"]),
            write_bytes_per_second=values.get(DISK["write_bytes_per_second"]),
        ),
        tasks=replace(
            busy.tasks,
            running=busy.tasks.running if running is None else running,
            blocked=max(counted, default=None),
            blocked_io=blocked,
        ),
    )


def picked(values: Values, metrics: Mapping[str, str]) -> dict[str, float | None]:
    """The values of `metrics` under the names that they have in evidence."""
    return {name: values.get(metric) for name, metric in metrics.items()}

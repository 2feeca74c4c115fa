"""The catalogue of metrics: what each column of a sample holds, what it is about, and which collector brings it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Unit(StrEnum):
    """What a metric's number counts."""

    PERCENT = "percent"
    LOAD = "load"
    TASKS = "tasks"
    CORES = "cores"
    BYTES = "bytes"
    BYTES_PER_SECOND = "bytes_per_second"
    SECONDS = "seconds"


class Kind(StrEnum):
    """Whether one reading tells it, or only the time between two."""

    LEVEL = "level"
    RATE = "rate"


class Family(StrEnum):
    """What a metric is about: words, causes and charts are chosen by it, never by the name."""

    CPU = "cpu"
    ONE_CORE = "one_core"
    IO_WAIT = "io_wait"
    STEAL = "steal"
    CORES = "cores"
    LOAD = "load"
    RUNNING = "running"
    BLOCKED = "blocked"
    CPU_PRESSURE = "cpu_pressure"
    IO_PRESSURE = "io_pressure"
    MEMORY_PRESSURE = "memory_pressure"
    MEMORY = "memory"
    SWAP = "swap"
    FILE_SYSTEMS = "file_systems"
    DISK = "disk"
    NETWORK = "network"
    OWN = "own"
    NO_DATA = "no_data"


HIGHEST: Mapping[Unit, float] = MappingProxyType(
    {
        Unit.PERCENT: 100.0,
        Unit.LOAD: 1e7,  # Linux knows 2**22 tasks at most
        Unit.TASKS: 1e7,
        Unit.CORES: 1e6,
        Unit.BYTES: 2.0**63,
        Unit.BYTES_PER_SECOND: 2.0**53,
        Unit.SECONDS: 1e12,
    }
)
"""What the number of a metric cannot exceed, by its unit."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One column of a sample, a float or None.

    noun: how a sentence calls it, "the 1-minute load". collector: the name of the collector that brings it.
    overloads_at: a machine is overloaded from there on, now and in its history: by the load of each core, else by the mean
    of two minutes (windows.MEAN_SECONDS). None: this alone tells nothing of that. most: where it is not that of its unit.
    """

    name: str
    label: str
    noun: str
    unit: Unit
    kind: Kind
    family: Family
    collector: str
    help: str
    overloads_at: float | None = None
    most: float | None = None

    @property
    def highest(self) -> float:
        """No machine measures more; the lowest of all metrics is 0."""
        return HIGHEST[self.unit] if self.most is None else self.most

    def can_be(self, value: float) -> bool:
        """Whether a machine can measure `value`, in the metric's unit."""
        return 0.0 <= value <= self.highest


def _catalogue(metrics: Iterable[Metric]) -> Mapping[str, Metric]:
    return MappingProxyType({metric.name: metric for metric in metrics})


CATALOGUE: Mapping[str, Metric] = _catalogue([
    Metric("cpu_percent", "CPU busy", "CPU",
           Unit.PERCENT, Kind.RATE, Family.CPU, "cpu",
           "Time that all cores together were neither idle nor waiting for I/O, from /proc/stat.", overloads_at=95.0),
    Metric("cpu_user_percent", "CPU user", "CPU user",
           Unit.PERCENT, Kind.RATE, Family.CPU, "cpu",
           "Time spent in programs, niced ones and guests included, from /proc/stat."),
    Metric("cpu_system_percent", "CPU system", "CPU system",
           Unit.PERCENT, Kind.RATE, Family.CPU, "cpu",
           "Time spent in the kernel, interrupts included, from /proc/stat."),
    Metric("cpu_iowait_percent", "CPU I/O wait", "CPU I/O wait",
           Unit.PERCENT, Kind.RATE, Family.IO_WAIT, "cpu",
           "Time that cores were idle while a task waited for I/O, from /proc/stat."),
    Metric("cpu_steal_percent", "CPU stolen", "CPU stolen",
           Unit.PERCENT, Kind.RATE, Family.STEAL, "cpu",
           "Time that the hypervisor gave to other machines, from /proc/stat."),
    Metric("cpu_busiest_core_percent", "Busiest core", "busiest-core CPU",
           Unit.PERCENT, Kind.RATE, Family.ONE_CORE, "cpu",
           "Busy time of the one core that was busiest, from the lines per core of /proc/stat."),
    Metric("load1", "Load 1 min", "1-minute load",
           Unit.LOAD, Kind.LEVEL, Family.LOAD, "loadavg",
           "Tasks running or in uninterruptible sleep, damped over 1 minute, from /proc/loadavg.", overloads_at=1.0),
    Metric("load5", "Load 5 min", "5-minute load",
           Unit.LOAD, Kind.LEVEL, Family.LOAD, "loadavg",
           "Tasks running or in uninterruptible sleep, damped over 5 minutes, from /proc/loadavg."),
    Metric("load15", "Load 15 min", "15-minute load",
           Unit.LOAD, Kind.LEVEL, Family.LOAD, "loadavg",
           "Tasks running or in uninterruptible sleep, damped over 15 minutes, from /proc/loadavg."),
    Metric("tasks_running", "Tasks running", "tasks running",
           Unit.TASKS, Kind.LEVEL, Family.RUNNING, "cpu",
           "Tasks on a core or ready for one, without the sampler itself, from procs_running of /proc/stat."),
    Metric("tasks_blocked", "Tasks blocked", "tasks blocked",
           Unit.TASKS, Kind.LEVEL, Family.BLOCKED, "cpu",
           "Tasks that wait for I/O to finish, from procs_blocked of /proc/stat."),
    Metric("cpu_effective_cores", "Effective cores", "effective cores",
           Unit.CORES, Kind.LEVEL, Family.CORES, "cores",
           "Cores that this host may use: the least of those online, the affinity and the container's quota."),
    Metric("pressure_cpu_some_percent", "CPU pressure", "CPU pressure",
           Unit.PERCENT, Kind.RATE, Family.CPU_PRESSURE, "pressure",
           "Time that at least one task waited for a core, from total= of /proc/pressure/cpu."),
    Metric("pressure_io_some_percent", "I/O pressure", "I/O pressure",
           Unit.PERCENT, Kind.RATE, Family.IO_PRESSURE, "pressure",
           "Time that at least one task waited for I/O, from total= of /proc/pressure/io."),
    Metric("pressure_io_full_percent", "I/O pressure, full", "full I/O pressure",
           Unit.PERCENT, Kind.RATE, Family.IO_PRESSURE, "pressure",
           "Time that every task waited for I/O at once, from total= of /proc/pressure/io.", overloads_at=20.0),
    Metric("pressure_memory_some_percent", "Memory pressure", "memory pressure",
           Unit.PERCENT, Kind.RATE, Family.MEMORY_PRESSURE, "pressure",
           "Time that at least one task waited for memory, from total= of /proc/pressure/memory."),
    Metric("pressure_memory_full_percent", "Memory pressure, full", "full memory pressure",
           Unit.PERCENT, Kind.RATE, Family.MEMORY_PRESSURE, "pressure",
           "Time that every task waited for memory at once, from total= of /proc/pressure/memory.", overloads_at=10.0),
    Metric("memory_used_bytes", "Memory used", "memory used",
           Unit.BYTES, Kind.LEVEL, Family.MEMORY, "memory",
           "Memory that programs cannot have any more, total less available; of a container, within its limit."),
    Metric("memory_available_bytes", "Memory available", "memory available",
           Unit.BYTES, Kind.LEVEL, Family.MEMORY, "memory",
           "Memory that programs can have without swapping, ZFS's spare cache included, from /proc/meminfo."),
    Metric("memory_available_percent", "Memory available, share", "available memory",
           Unit.PERCENT, Kind.LEVEL, Family.MEMORY, "memory",
           "Share of all memory that programs can have without swapping, from /proc/meminfo."),
    Metric("swap_used_bytes", "Swap used", "swap used",
           Unit.BYTES, Kind.LEVEL, Family.SWAP, "memory",
           "Swap space in use, total less free, from /proc/meminfo."),
    Metric("swap_bytes_per_second", "Swapped in and out", "traffic to and from swap",
           Unit.BYTES_PER_SECOND, Kind.RATE, Family.SWAP, "swapping",
           "Bytes a second moved between memory and swap on disk, both ways, without zram, from /proc/vmstat."),
    Metric("disk_fullest_percent", "Fullest file system", "use of the fullest file system",
           Unit.PERCENT, Kind.LEVEL, Family.FILE_SYSTEMS, "filesystems",
           "Space used on the fullest local file system, or inodes if scarcer, of what users can have, from statvfs."),
    Metric("disk_read_bytes_per_second", "Disk read", "disk read",
           Unit.BYTES_PER_SECOND, Kind.RATE, Family.DISK, "disk",
           "Bytes a second read from all physical disks together, from /proc/diskstats."),
    Metric("disk_write_bytes_per_second", "Disk written", "disk written",
           Unit.BYTES_PER_SECOND, Kind.RATE, Family.DISK, "disk",
           "Bytes a second written to all physical disks together, from /proc/diskstats."),
    Metric("network_received_bytes_per_second", "Received", "received",
           Unit.BYTES_PER_SECOND, Kind.RATE, Family.NETWORK, "network",
           "Bytes a second received on all physical network interfaces together, from /proc/net/dev."),
    Metric("network_sent_bytes_per_second", "Sent", "sent",
           Unit.BYTES_PER_SECOND, Kind.RATE, Family.NETWORK, "network",
           "Bytes a second sent on all physical network interfaces together, from /proc/net/dev."),
    Metric("self_cpu_percent", "Sampler CPU", "sampler CPU",
           Unit.PERCENT, Kind.RATE, Family.OWN, "own",
           "The sampler's own CPU time in percent of one core, from the process's CPU clock.", most=1e8),
    Metric("self_rss_bytes", "Sampler memory", "sampler memory",
           Unit.BYTES, Kind.LEVEL, Family.OWN, "own",
           "The sampler's own resident memory, from /proc/self/statm."),
])  # fmt: skip

NAMES: tuple[str, ...] = tuple(CATALOGUE)

NO_DATA = Metric(
    "sampler_silent_seconds",
    "Sampler silent",
    "age of the newest sample",
    Unit.SECONDS,
    Kind.LEVEL,
    Family.NO_DATA,
    "",
    "Seconds since the newest sample: no column of a sample, and judged by the notifier, not by the sampler.",
)
JUDGED: Mapping[str, Metric] = MappingProxyType({**CATALOGUE, NO_DATA.name: NO_DATA})
"""Everything that a rule can judge."""


def family_of(metric: str) -> Family | None:
    """What `metric` is about; None where the catalogue does not know it, or not any more."""
    return JUDGED[metric].family if metric in JUDGED else None

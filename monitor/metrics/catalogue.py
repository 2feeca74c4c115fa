"""The catalogue of metrics: name, label, unit and help of every column that a sample holds."""

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


@dataclass(frozen=True, slots=True)
class Metric:
    """One column of a sample: a gauge, a float or None."""

    name: str
    label: str
    unit: Unit
    help: str


def _catalogue(metrics: Iterable[Metric]) -> Mapping[str, Metric]:
    return MappingProxyType({metric.name: metric for metric in metrics})


CATALOGUE: Mapping[str, Metric] = _catalogue(
    [
        Metric(
            "cpu_percent",
            "CPU busy",
            Unit.PERCENT,
            "Time that all cores together were neither idle nor waiting for I/O, from /proc/stat.",
        ),
        Metric(
            "cpu_user_percent",
            "CPU user",
            Unit.PERCENT,
            "Time spent in programs, niced ones and guests included, from /proc/stat.",
        ),
        Metric(
            "cpu_system_percent",
            "CPU system",
            Unit.PERCENT,
            "Time spent in the kernel, interrupts included, from /proc/stat.",
        ),
        Metric(
            "cpu_iowait_percent",
            "CPU I/O wait",
            Unit.PERCENT,
            "Time that cores were idle while a task waited for I/O, from /proc/stat.",
        ),
        Metric(
            "cpu_steal_percent",
            "CPU stolen",
            Unit.PERCENT,
            "Time that the hypervisor gave to other machines, from /proc/stat.",
        ),
        Metric(
            "cpu_busiest_core_percent",
            "Busiest core",
            Unit.PERCENT,
            "Busy time of the one core that was busiest, from the lines per core of /proc/stat.",
        ),
        Metric(
            "load1",
            "Load 1 min",
            Unit.LOAD,
            "Tasks running or in uninterruptible sleep, damped over 1 minute, from /proc/loadavg.",
        ),
        Metric(
            "load5",
            "Load 5 min",
            Unit.LOAD,
            "Tasks running or in uninterruptible sleep, damped over 5 minutes, from /proc/loadavg.",
        ),
        Metric(
            "load15",
            "Load 15 min",
            Unit.LOAD,
            "Tasks running or in uninterruptible sleep, damped over 15 minutes, from /proc/loadavg.",
        ),
        Metric(
            "tasks_running",
            "Tasks running",
            Unit.TASKS,
            "Tasks on a core or ready for one, without the sampler itself, from procs_running of /proc/stat.",
        ),
        Metric(
            "tasks_blocked",
            "Tasks blocked",
            Unit.TASKS,
            "Tasks that wait for I/O to finish, from procs_blocked of /proc/stat.",
        ),
        Metric(
            "cpu_effective_cores",
            "Effective cores",
            Unit.CORES,
            "Cores that this host may use: the least of those online, the affinity and the cgroup quota.",
        ),
        Metric(
            "pressure_cpu_some_percent",
            "CPU pressure",
            Unit.PERCENT,
            "Time that at least one task waited for a core, from total= of /proc/pressure/cpu.",
        ),
        Metric(
            "pressure_io_some_percent",
            "I/O pressure",
            Unit.PERCENT,
            "Time that at least one task waited for I/O, from total= of /proc/pressure/io.",
        ),
        Metric(
            "pressure_io_full_percent",
            "I/O pressure, full",
            Unit.PERCENT,
            "Time that every task waited for I/O at once, from total= of /proc/pressure/io.",
        ),
        Metric(
            "pressure_memory_some_percent",
            "Memory pressure",
            Unit.PERCENT,
            "Time that at least one task waited for memory, from total= of /proc/pressure/memory.",
        ),
        Metric(
            "pressure_memory_full_percent",
            "Memory pressure, full",
            Unit.PERCENT,
            "Time that every task waited for memory at once, from total= of /proc/pressure/memory.",
        ),
        Metric(
            "memory_used_bytes",
            "Memory used",
            Unit.BYTES,
            "Memory that programs cannot have any more, total less available, from /proc/meminfo.",
        ),
        Metric(
            "memory_available_bytes",
            "Memory available",
            Unit.BYTES,
            "Memory that programs can have without swapping, from MemAvailable of /proc/meminfo.",
        ),
        Metric(
            "memory_available_percent",
            "Memory available, share",
            Unit.PERCENT,
            "Share of all memory that programs can have without swapping, from /proc/meminfo.",
        ),
        Metric(
            "swap_used_bytes",
            "Swap used",
            Unit.BYTES,
            "Swap space in use, total less free, from /proc/meminfo.",
        ),
        Metric(
            "swap_bytes_per_second",
            "Swapped in and out",
            Unit.BYTES_PER_SECOND,
            "Bytes a second moved between memory and swap, both ways, from pswpin and pswpout of /proc/vmstat.",
        ),
        Metric(
            "disk_fullest_percent",
            "Fullest file system",
            Unit.PERCENT,
            "Space used on the fullest local file system, of what ordinary users can use, from statvfs.",
        ),
        Metric(
            "disk_read_bytes_per_second",
            "Disk read",
            Unit.BYTES_PER_SECOND,
            "Bytes a second read from all physical disks together, from /proc/diskstats.",
        ),
        Metric(
            "disk_write_bytes_per_second",
            "Disk written",
            Unit.BYTES_PER_SECOND,
            "Bytes a second written to all physical disks together, from /proc/diskstats.",
        ),
        Metric(
            "network_received_bytes_per_second",
            "Received",
            Unit.BYTES_PER_SECOND,
            "Bytes a second received on all physical network interfaces together, from /proc/net/dev.",
        ),
        Metric(
            "network_sent_bytes_per_second",
            "Sent",
            Unit.BYTES_PER_SECOND,
            "Bytes a second sent on all physical network interfaces together, from /proc/net/dev.",
        ),
        Metric(
            "self_cpu_percent",
            "Sampler CPU",
            Unit.PERCENT,
            "The sampler's own CPU time in percent of one core, from the process's CPU clock.",
        ),
        Metric(
            "self_rss_bytes",
            "Sampler memory",
            Unit.BYTES,
            "The sampler's own resident memory, from /proc/self/statm.",
        ),
    ]
)

NAMES: tuple[str, ...] = tuple(CATALOGUE)

SILENCE = Metric(
    "sampler_silent_seconds",
    "Sampler silent",
    Unit.SECONDS,
    "Seconds since the newest sample: no column of a sample, and judged by the notifier, not by the sampler.",
)
JUDGED: Mapping[str, Metric] = MappingProxyType({**CATALOGUE, SILENCE.name: SILENCE})
"""Everything that a rule can judge."""

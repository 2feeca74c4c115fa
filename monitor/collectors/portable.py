"""Sources of systems other than Linux: what they tell about themselves, through psutil; imported there only.

Every function here keeps no state. psutil does, per thread: call these from the sampler's thread only.
"""

import psutil

from monitor.collectors.domain.counters import (
    CpuReading,
    CpuTimes,
    Disks,
    Memory,
    Swapped,
    Traffic,
)
from monitor.collectors.domain.mounts import Look, Mount, Space, Unasked, looked, survey
from monitor.collectors.domain.usage import Seen
from monitor.metrics.text import harmless

STATES = {psutil.STATUS_RUNNING: "R", psutil.STATUS_DISK_SLEEP: "D"}


def cpu() -> CpuReading:
    """Seconds since boot; psutil cannot count tasks cheaply."""
    cores = {f"cpu{number}": _times(times) for number, times in enumerate(psutil.cpu_times(percpu=True))}
    return CpuReading(_times(psutil.cpu_times()), cores)


def load() -> tuple[float | None, float | None, float | None]:
    """Load averages of 1, 5 and 15 minutes."""
    one, five, fifteen = psutil.getloadavg()
    return one, five, fifteen


def memory() -> Memory:
    """Bytes; used is total less available, as on Linux."""
    virtual = psutil.virtual_memory()
    return Memory(virtual.total - virtual.available, virtual.available, psutil.swap_memory().used)


def swapped() -> Swapped:
    """Bytes swapped in and out since boot."""
    swap = psutil.swap_memory()
    return Swapped(int(swap.sin) + int(swap.sout))


def look() -> Look:
    """The space of each local file system that can be asked, and the others."""
    mounts = [
        Mount(each.device, each.mountpoint, each.fstype, tuple(each.opts.split(",")))
        for each in psutil.disk_partitions(all=False)
    ]
    found = survey(mounts)
    return looked([_space(places[0].path) for places in found.places], found.unasked)


def disks() -> Disks:
    """Bytes since boot by disk; empty where psutil knows none."""
    counters = psutil.disk_io_counters(perdisk=True, nowrap=False) or {}
    return Disks(
        {name: each.read_bytes for name, each in counters.items()},
        {name: each.write_bytes for name, each in counters.items()},
    )


def traffic() -> Traffic:
    """Bytes since boot by interface; empty where psutil knows none."""
    counters = psutil.net_io_counters(pernic=True, nowrap=False) or {}
    return Traffic(
        {name: each.bytes_recv for name, each in counters.items()},
        {name: each.bytes_sent for name, each in counters.items()},
    )


def own_rss() -> int:
    """Resident bytes of this process."""
    return int(psutil.Process().memory_info().rss)


def online_cpus() -> int | None:
    """Logical CPUs, None where psutil cannot tell."""
    return psutil.cpu_count(logical=True)


def boot_time() -> float | None:
    """Seconds since the epoch at which this host booted; None where psutil cannot tell."""
    try:
        return float(psutil.boot_time())
    except (psutil.Error, OSError, RuntimeError):
        return None


def pids() -> list[int]:
    """Every process that this one can see."""
    return list(psutil.pids())


def process(pid: int) -> Seen | None:
    """One process, its start in seconds since the epoch; None where it has ended or may not be read."""
    try:
        one = psutil.Process(pid)
        with one.oneshot():
            times = one.cpu_times()
            return Seen(
                pid=pid,
                parent=one.ppid() or 0,
                started=one.create_time(),
                name=harmless(one.name() or ""),
                state=STATES.get(one.status(), "S"),
                cpu_seconds=times.user + times.system,
                children_seconds=0.0,
                rss_bytes=one.memory_info().rss,
                threads=max(1, one.num_threads()),
                is_kernel=False,
            )
    except (psutil.Error, OSError):
        return None


def user(pid: int) -> str | None:
    """The name of the user whose process it is; None where that is not told."""
    try:
        return psutil.Process(pid).username()
    except (psutil.Error, OSError, KeyError):
        return None


def command(pid: int) -> list[str]:
    """The words of its command line; empty where they may not be read."""
    try:
        return psutil.Process(pid).cmdline()
    except (psutil.Error, OSError):
        return []


def _space(path: str) -> Space | Unasked:
    try:
        usage = psutil.disk_usage(path)
    except OSError as error:
        return Unasked(path, f"the system says: {error.strerror or error}")
    return Space(usage.used, usage.free, path)


def _times(times: object) -> CpuTimes:
    def seconds(name: str) -> float:
        return float(getattr(times, name, 0.0))

    return CpuTimes(
        user=seconds("user") + seconds("nice"),
        system=seconds("system") + seconds("irq") + seconds("softirq"),
        idle=seconds("idle"),
        iowait=getattr(times, "iowait", None),
        steal=getattr(times, "steal", None),
    )

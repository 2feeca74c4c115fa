"""An observer of this machine that shares no code with loadmon: reads /proc by itself, and counts by itself."""

from __future__ import annotations

import os
import threading
import time
from contextlib import AbstractContextManager
from pathlib import Path

from tests.stages.spans import Span, of_counter, of_level, of_share

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
CPU = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
BUSY = ("user", "nice", "system", "irq", "softirq", "steal")
PARTS = {
    "cpu_percent": BUSY,
    "cpu_user_percent": ("user", "nice"),
    "cpu_system_percent": ("system", "irq", "softirq"),
    "cpu_iowait_percent": ("iowait",),
    "cpu_steal_percent": ("steal",),
}
PRESSURES = {
    "pressure_cpu_some_percent": ("cpu", "some"),
    "pressure_io_some_percent": ("io", "some"),
    "pressure_io_full_percent": ("io", "full"),
    "pressure_memory_some_percent": ("memory", "some"),
    "pressure_memory_full_percent": ("memory", "full"),
}
COUNTERS = {
    "disk_read_bytes_per_second": 1.0, "disk_write_bytes_per_second": 1.0,
    "network_received_bytes_per_second": 1.0, "network_sent_bytes_per_second": 1.0,
    "swap_bytes_per_second": 1.0, "self_cpu_percent": 100.0, **dict.fromkeys(PRESSURES, 100.0),
}  # fmt: skip
"""What one second of growth is in the unit of the metric."""

LEVELS = (
    "load1", "load5", "load15", "tasks_running", "tasks_blocked", "memory_used_bytes", "memory_available_bytes",
    "memory_available_percent", "swap_used_bytes", "disk_fullest_percent", "self_rss_bytes",
)  # fmt: skip


class Observer(AbstractContextManager["Observer"]):
    """Reads this machine and one process a few times a second, in a thread, until it is left.

    interval: seconds between the samples that it is compared with.
    """

    def __init__(self, pid: int, interval: float, pause: float = 0.2) -> None:
        self._pid = pid
        self._interval = interval
        self._pause = pause
        self._reads: dict[str, list[tuple[float, float]]] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.failure: Exception | None = None

    def __enter__(self) -> Observer:
        self._look()
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()
        if self.failure is not None:
            raise self.failure

    def spans(self) -> dict[str, list[Span]]:
        """What was seen, by the names of the metrics; without those that this machine does not tell."""
        reads = self._reads
        found = {name: of_counter(reads[name], scale) for name, scale in COUNTERS.items() if name in reads}
        found |= {name: of_level(reads[name]) for name in LEVELS if name in reads}
        found |= {name: of_share(reads[name], reads["cpu"]) for name in PARTS}
        names = [name for name in reads if name.startswith("cpu") and name[3:].isdecimal()]
        cores = [of_share(self._apart(name), self._apart(f"all {name}")) for name in names]
        found["cpu_busiest_core_percent"] = [
            Span(one[0].start, one[0].end, max(core.value for core in one))
            for one in zip(*cores, strict=False)
        ]
        return found

    def _apart(self, name: str) -> list[tuple[float, float]]:
        """The reads that are an interval apart: the busiest core of shorter ones is busier."""
        kept: list[tuple[float, float]] = []
        for read in self._reads[name]:
            if not kept or read[0] - kept[-1][0] >= self._interval - self._pause / 2:
                kept.append(read)
        return kept

    def _run(self) -> None:
        try:
            while not self._stop.wait(self._pause):
                self._look()
        except Exception as error:  # told where the observer is left
            self.failure = error

    def _look(self) -> None:
        for look in (_cpu, _load, _memory, _pressure, _disks, _network, _swap, _fullest):
            self._note(look())
        self._note(_process(self._pid))

    def _note(self, found: dict[str, float]) -> None:
        now = time.time()
        for name, value in found.items():
            self._reads.setdefault(name, []).append((now, value))


def _lines(path: str) -> list[list[str]]:
    try:
        return [line.replace(":", " ").split() for line in Path(path).read_text().splitlines()]
    except OSError:
        return []


def _cpu() -> dict[str, float]:
    found: dict[str, float] = {}
    for words in _lines("/proc/stat"):
        if words[0].startswith("cpu"):
            seconds = {name: int(ticks) / TICKS for name, ticks in zip(CPU, words[1:], strict=False)}
            whole = sum(seconds.values())
            if words[0] == "cpu":
                found["cpu"] = whole
                found |= {name: sum(seconds[part] for part in parts) for name, parts in PARTS.items()}
            else:
                found |= {words[0]: sum(seconds[part] for part in BUSY), f"all {words[0]}": whole}
        elif words[0] == "procs_running":
            found["tasks_running"] = max(0.0, float(words[1]) - 1)  # without this one, which runs as it reads
        elif words[0] == "procs_blocked":
            found["tasks_blocked"] = float(words[1])
    return found


def _load() -> dict[str, float]:
    words = _lines("/proc/loadavg")[0]
    return {name: float(word) for name, word in zip(("load1", "load5", "load15"), words, strict=False)}


def _memory() -> dict[str, float]:
    told = {words[0]: float(words[1]) * 1024 for words in _lines("/proc/meminfo") if len(words) > 1}
    total, available = told["MemTotal"], told["MemAvailable"]
    return {
        "memory_used_bytes": total - available,
        "memory_available_bytes": available,
        "memory_available_percent": 100 * available / total,
        "swap_used_bytes": told["SwapTotal"] - told["SwapFree"],
    }


def _pressure() -> dict[str, float]:
    found = {}
    for name, (resource, kind) in PRESSURES.items():
        for words in _lines(f"/proc/pressure/{resource}"):
            if words[0] == kind:
                found[name] = int(words[-1].partition("=")[2]) / 1e6
    return found


def _disks() -> dict[str, float]:
    whole = [words for words in _lines("/proc/diskstats") if Path(f"/sys/block/{words[2]}/device").exists()]
    if not whole:
        return {}
    return {
        "disk_read_bytes_per_second": 512.0 * sum(int(words[5]) for words in whole),
        "disk_write_bytes_per_second": 512.0 * sum(int(words[9]) for words in whole),
    }


def _network() -> dict[str, float]:
    cards = [words for words in _lines("/proc/net/dev") if Path(f"/sys/class/net/{words[0]}/device").exists()]
    if not cards:
        return {}
    return {
        "network_received_bytes_per_second": float(sum(int(words[1]) for words in cards)),
        "network_sent_bytes_per_second": float(sum(int(words[9]) for words in cards)),
    }


def _swap() -> dict[str, float]:
    pages = sum(int(words[1]) for words in _lines("/proc/vmstat") if words[0] in ("pswpin", "pswpout"))
    return {"swap_bytes_per_second": float(pages * PAGE)}


def _fullest() -> dict[str, float]:
    """Of the file systems of physical disks, each asked where it is mounted first."""
    places = {
        words[0]: words[1] for words in reversed(_lines("/proc/self/mounts")) if words[0].startswith("/dev/")
    }
    uses = [os.statvfs(path) for path in places.values() if Path(path).is_dir()]
    shares = [_share_used(use) for use in uses if use.f_blocks]
    return {"disk_fullest_percent": max(shares)} if shares else {}


def _share_used(use: os.statvfs_result) -> float:
    used = use.f_blocks - use.f_bfree
    return 100.0 * used / (used + use.f_bavail)


def _process(pid: int) -> dict[str, float]:
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return {
        "self_cpu_percent": (int(stat[11]) + int(stat[12])) / TICKS,
        "self_rss_bytes": float(int(stat[21]) * PAGE),
    }

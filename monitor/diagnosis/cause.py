"""The one sentence that explains the load, from an evidence document; it claims nothing that the values do not prove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from monitor.diagnosis import culprits
from monitor.metrics.catalogue import Unit
from monitor.metrics.quantities import quantity
from monitor.metrics.text import harmless

LONGEST = 500
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
MEMORY_METRICS = ("memory_", "swap_", "pressure_memory_")
FULLEST_METRICS = ("disk_fullest_",)


class Cause(StrEnum):
    """What the values prove to keep the machine busy."""

    MEMORY = "memory"
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


@dataclass(frozen=True, slots=True)
class _Facts:
    """What of a document decides; numbers are None where unknown."""

    found: Mapping[str, Any]

    def get(self, *path: str) -> float | None:
        node = self._at(path)
        return node if isinstance(node, int | float) else None

    def text(self, *path: str) -> str:
        """Text that others chose, made harmless again: a document may be of another version."""
        node = self._at(path)
        return harmless(node) if isinstance(node, str) and node else ""

    def _at(self, path: tuple[str, ...]) -> Any:
        node: Any = self.found
        for name in path:
            node = node.get(name) if isinstance(node, Mapping) else None
        return node

    def at_least(self, limit: float, *path: str) -> bool:
        value = self.get(*path)
        return value is not None and value >= limit

    @property
    def blocked(self) -> float:
        return self.get("tasks", "blocked") or 0.0

    @property
    def busy_cores(self) -> float | None:
        """Cores' worth of CPU time used by the whole machine."""
        busy, online = self.get("cpu", "busy"), self.get("online_cores") or self.get("cores")
        return None if busy is None or online is None else busy * online / 100

    @property
    def load_is_high(self) -> bool:
        load, cores = self.get("load1"), self.get("cores")
        return load is not None and cores is not None and load >= HIGH_SHARE_OF_CORES * cores


def explain(found: Mapping[str, Any], metric: str = "") -> str:
    """The sentence on an evidence document, at most 500 characters; `metric` is that of the alert, if it is for one."""
    facts = _Facts(found)
    if metric.startswith(FULLEST_METRICS) and (fullest := _fullest(facts)):
        return fullest
    cause = Cause.MEMORY if metric.startswith(MEMORY_METRICS) else cause_of(found)
    tasks, figures = ", ".join(_tasks(facts)), ", ".join(_figures(facts, cause))
    middle = "; ".join(part for part in (tasks, figures) if part)
    parts = [part for part in (_head(facts), middle, _conclusion(facts, cause)) if part]
    return (": ".join(parts) or "Nothing is known of this moment")[: LONGEST - 1] + "."


def cause_of(found: Mapping[str, Any]) -> Cause:
    """The first cause that the document proves; NOTHING where the load is low, UNKNOWN where nothing is proven."""
    facts = _Facts(found)
    if _is_short_of_memory(facts):
        return Cause.MEMORY
    waiting = _waiting(facts)
    if waiting is not None and waiting is not Cause.WAITING:
        return waiting
    if facts.at_least(STEAL_PERCENT, "cpu", "steal"):
        return Cause.STEAL
    if facts.at_least(THROTTLED_PERCENT, "throttled_percent"):
        return Cause.THROTTLED
    if _is_many_short_tasks(facts):
        return Cause.SHORT_TASKS
    if facts.at_least(FULL_CPU_PERCENT, "cpu", "busy") or (waiting and _more_run_than_wait(facts)):
        return Cause.CPU
    return waiting or _when_not_busy(facts)


def _when_not_busy(facts: _Facts) -> Cause:
    top = next(iter(facts.found.get("by_cpu") or []), None)
    pinned = facts.at_least(PINNED_CORE_PERCENT, "cpu", "busiest_core")
    if pinned and top is not None and (top["cpu_percent"] or 0.0) >= PINNED_CORE_PERCENT:
        return Cause.ONE_CORE
    if not facts.load_is_high:
        return Cause.NOTHING if facts.get("load1") is not None else Cause.UNKNOWN
    cpu, running, cores = facts.get("cpu", "busy"), facts.get("tasks", "running"), facts.get("cores") or 1.0
    if cpu is not None and cpu >= CALM_CPU_PERCENT and _nothing_waits(facts):
        return Cause.CPU
    is_calm = cpu is not None and cpu < CALM_CPU_PERCENT and running is not None and facts.blocked < 1
    if is_calm and running is not None and running < HIGH_SHARE_OF_CORES * cores:
        return Cause.REMEMBERED
    return Cause.UNKNOWN


def _more_run_than_wait(facts: _Facts) -> bool:
    """Whether a busy CPU explains more of the load than tasks do that wait for something unknown."""
    running = facts.get("tasks", "running")
    is_busy = facts.at_least(CALM_CPU_PERCENT, "cpu", "busy")
    return is_busy and running is not None and running > facts.blocked


def _nothing_waits(facts: _Facts) -> bool:
    """Whether the kernel says that hardly anything waits for I/O; where it does not say, that is not known."""
    stalls = facts.get("pressure", "io_some")
    return facts.blocked < 1 and stalls is not None and stalls < PRESSURE_PERCENT


def _is_short_of_memory(facts: _Facts) -> bool:
    swaps = facts.at_least(SWAPPING_BYTES_PER_SECOND, "memory", "swap_bytes_per_second")
    stalls = facts.at_least(PRESSURE_PERCENT, "pressure", "memory_some")
    return (swaps and (stalls or facts.get("pressure", "memory_some") is None)) or (
        stalls and facts.at_least(PRESSURE_PERCENT / 2, "pressure", "memory_full")
    )


def _waiting(facts: _Facts) -> Cause | None:
    """What tasks in uninterruptible sleep wait for; None without any."""
    if facts.blocked < 1:
        return None
    kind = culprits.waiting_for(facts.found.get("blocked") or [])
    if kind == "network":
        return Cause.NETWORK_FILES
    stalls = facts.at_least(PRESSURE_PERCENT, "pressure", "io_some") or facts.at_least(
        PRESSURE_PERCENT, "cpu", "iowait"
    )
    if kind == "other" or (not stalls and kind != "disk"):
        return Cause.WAITING
    traffic = [facts.get("disk", f"{way}_bytes_per_second") for way in ("read", "write")]
    moved = sum(each for each in traffic if each is not None)
    return Cause.DISK if kind == "disk" or moved >= DISK_BYTES_PER_SECOND else Cause.IO


def _is_many_short_tasks(facts: _Facts) -> bool:
    used, busy = facts.get("short_lived", "cpu_percent"), facts.busy_cores
    if used is None or busy is None or not facts.at_least(CALM_CPU_PERCENT, "cpu", "busy"):
        return False
    many = facts.at_least(MANY_STARTED_PER_SECOND, "short_lived", "started_per_second")
    return many and used / 100 >= SHORT_LIVED_SHARE * busy


def _fullest(facts: _Facts) -> str:
    """Which file system is the fullest, for an alert that is about nothing else; "" where that is not known."""
    percent, left = facts.get("disk", "fullest_percent"), facts.get("disk", "fullest_left_bytes")
    path = facts.text("disk", "fullest_path")
    if percent is None or not path:
        return ""
    rest = "" if left is None else f", {quantity(left, Unit.BYTES)} left"
    return f"Fullest file system {path} {quantity(percent, Unit.PERCENT)}{rest}."


def _head(facts: _Facts) -> str:
    load, cores = facts.get("load1"), facts.get("cores")
    on = "" if cores is None else culprits.cores(cores)
    if load is None:
        return on
    return f"Load {load:.1f} on {on}" if on else f"Load {load:.1f}"


def _tasks(facts: _Facts) -> list[str]:
    running = facts.get("tasks", "running")
    parts = [] if running is None else [f"{running:.0f} running"]
    if facts.blocked >= 1:
        waiting = {
            Cause.NETWORK_FILES: "waiting for a network file system",
            Cause.DISK: "waiting for disk",
            Cause.IO: "waiting for I/O",
        }.get(_waiting(facts) or Cause.WAITING, "waiting uninterruptibly")
        who = culprits.blocked(facts.found.get("blocked") or [])
        parts.append(f"{facts.blocked:.0f} {waiting}" + (f" ({who})" if who else ""))
    return parts


def _figures(facts: _Facts, cause: Cause) -> list[str]:
    parts = [_percent(facts, "CPU", "cpu", "busy")]
    if cause in (Cause.CPU, Cause.ONE_CORE, Cause.UNKNOWN, Cause.NOTHING, Cause.THROTTLED):
        parts.append(culprits.by_cpu(facts.found.get("by_cpu") or [], facts.busy_cores))
    if cause is Cause.SHORT_TASKS:
        parts.append(_short_tasks(facts))
    if cause is Cause.STEAL:
        parts.append(f"{facts.get('cpu', 'steal'):.0f} % of the time taken by other virtual machines")
    if cause is Cause.MEMORY:
        parts += _memory(facts)
    elif facts.blocked >= 1 or cause in (Cause.UNKNOWN, Cause.NOTHING):
        parts.append(_percent(facts, "I/O pressure", "pressure", "io_some"))
    return [part for part in parts if part]


def _memory(facts: _Facts) -> list[str]:
    available, swap = facts.get("memory", "available_bytes"), facts.get("memory", "swap_bytes_per_second")
    parts = [_percent(facts, "memory pressure", "pressure", "memory_some")]
    if swap is not None and swap >= SWAPPING_BYTES_PER_SECOND:
        parts.append(f"swapping {quantity(swap, Unit.BYTES_PER_SECOND)}")
    if available is not None:
        parts.append(f"{quantity(available, Unit.BYTES)} of memory available")
    largest = culprits.by_memory(facts.found.get("by_memory") or [])
    return [*parts, f"most is held by {largest}" if largest else ""]


def _short_tasks(facts: _Facts) -> str:
    used, rate = (
        facts.get("short_lived", "cpu_percent") or 0.0,
        facts.get("short_lived", "started_per_second"),
    )
    parents = (facts.found.get("short_lived") or {}).get("by") or []
    by = culprits.joined(list(dict.fromkeys(culprits.short(parent["name"]) for parent in parents))[:2])
    started = f"{rate:.0f} new processes a second" if rate is not None else "many new processes"
    return f"{started} use {culprits.cores(used / 100)}" + (f", started by {by}" if by else "")


def _conclusion(facts: _Facts, cause: Cause) -> str:
    full = facts.at_least(FULL_CPU_PERCENT, "cpu", "busy")
    calm = facts.get("cpu", "busy") is not None and not full
    places = {Cause.DISK: "the disk", Cause.IO: "I/O", Cause.NETWORK_FILES: "the network file system"}
    if cause in places:
        return f"{places[cause]}, not the CPU" if calm else f"{places[cause]}{' and the CPU' if full else ''}"
    if cause is Cause.CPU:
        return "the CPU, not the disk" if _nothing_waits(facts) else "the CPU"
    return {
        Cause.MEMORY: "memory is short" if _is_short_of_memory(facts) else "",
        Cause.STEAL: "the hypervisor gives this machine less than it asks for",
        Cause.THROTTLED: f"the CPU quota stopped it in {facts.get('throttled_percent') or 0:.0f} % of its periods",
        Cause.SHORT_TASKS: "many short tasks",
        Cause.WAITING: "what they wait for is not known",
        Cause.ONE_CORE: "one core is full, the others are not",
        Cause.REMEMBERED: "the average still remembers earlier work",
        Cause.UNKNOWN: "what keeps it up is not known" if facts.load_is_high else "",
    }.get(cause, "")


def _percent(facts: _Facts, label: str, *path: str) -> str:
    value = facts.get(*path)
    return "" if value is None else f"{label} {value:.0f} %"

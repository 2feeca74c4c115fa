"""Whom a message names: the first few of an evidence document, processes of one name taken together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from monitor.diagnosis.cause import Cause, cause_of
from monitor.diagnosis.culprits import Culprit, Waiting
from monitor.metrics.text import counted, family, one_line

MOST = 5
LONGEST_NAME = 40
LEAST_CPU_PERCENT = 5.0
LOADS = ("load1", "load5", "load15")
PLACES = {
    Cause.DISK: "the disk",
    Cause.IO: "I/O",
    Cause.NETWORK_FILES: "the network file system",
    Cause.CPU: "the CPU",
    Cause.ONE_CORE: "one core",
    Cause.THROTTLED: "the CPU quota",
    Cause.STEAL: "the hypervisor",
    Cause.SHORT_TASKS: "many short tasks",
    Cause.MEMORY: "memory",
}
OWN_PLACES = {
    Cause.CPU: ("cpu_", "pressure_cpu_"),
    Cause.ONE_CORE: ("cpu_busiest_",),
    Cause.MEMORY: ("memory_", "pressure_memory_"),
}
"""Where the metric says it already."""

WAITING = (Cause.DISK, Cause.IO, Cause.NETWORK_FILES, Cause.WAITING)
NOBODY = (Cause.STEAL, Cause.SHORT_TASKS)
UNBLAMED = ("disk_", "network_", "self_", "sampler_")
MEMORY_METRICS = ("memory_", "swap_", "pressure_memory_")
PRESSURES = ("cpu_some", "io_some", "io_full", "memory_some", "memory_full")

Document = Mapping[str, Any]


def culprits(document: Document, metric: str) -> tuple[Culprit, ...]:
    """The processes that `document` blames for `metric`, the worst first: by memory where the metric is about memory."""
    by_memory = metric.startswith(MEMORY_METRICS)
    found: dict[str, Culprit] = {}
    for row in _rows(document, "by_memory" if by_memory else "by_cpu"):
        name = _name(row)
        before = found.get(name, Culprit(name, 0))
        found[name] = Culprit(
            name,
            before.count + 1,
            _sum(before.cpu_percent, _number(row.get("cpu_percent"))),
            _sum(before.rss_bytes, _number(row.get("rss_bytes"))),
            before.unit or one_line(str(row.get("unit") or ""), LONGEST_NAME),
        )
    if by_memory:
        worst = sorted(found.values(), key=lambda one: -(one.rss_bytes or 0.0))
    else:
        busy = (one for one in found.values() if (one.cpu_percent or 0.0) >= LEAST_CPU_PERCENT)
        worst = sorted(busy, key=lambda one: -(one.cpu_percent or 0.0))
    return tuple(worst[:MOST])


def waiting(document: Document) -> tuple[Waiting, ...]:
    """The tasks that `document` found waiting in the kernel, most first, those of one name and place together."""
    found: dict[tuple[str, str], int] = {}
    for row in _rows(document, "blocked"):
        key = (_name(row), one_line(str(row.get("waits_in") or ""), LONGEST_NAME))
        found[key] = found.get(key, 0) + max(1, round(_number(row.get("threads")) or 1))
    most = sorted(found.items(), key=lambda item: -item[1])[:MOST]
    return tuple(Waiting(name, tasks, place) for (name, place), tasks in most)


def cause(document: Document, metric: str) -> str:
    """Who is to blame, in a few words: "the disk, 5 x rsync", "the CPU, 2 x python3"; "" where nobody is known."""
    if metric.startswith(UNBLAMED):
        return ""
    proven = _proven(document)
    place = "" if metric.startswith(OWN_PLACES.get(proven, ())) else PLACES.get(proven, "")
    if proven in WAITING:
        waits = waiting(document)
        who = counted(waits[0].name, waits[0].tasks) if waits else ""
    elif proven in NOBODY:
        who = ""
    else:
        worst = culprits(document, "memory_" if proven is Cause.MEMORY else metric)
        who = counted(worst[0].name, worst[0].count) if worst else ""
    return ", ".join(part for part in (place, who) if part)


def _proven(document: Document) -> Cause:
    try:
        return cause_of(document)
    except (AttributeError, KeyError, TypeError):  # a document of another version
        return Cause.UNKNOWN


def pressure(document: Document) -> dict[str, float]:
    """The pressures (percent) that `document` knows."""
    return _numbers(document.get("pressure"), PRESSURES)


def tasks(document: Document) -> tuple[float | None, float | None]:
    """Running and blocked tasks, None where unknown."""
    known = _numbers(document.get("tasks"), ("running", "blocked"))
    return known.get("running"), known.get("blocked")


def cores(document: Document) -> float | None:
    """Effective cores, None where unknown."""
    return _number(document.get("cores"))


def _rows(document: Document, name: str) -> Iterable[Mapping[str, Any]]:
    rows = document.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _name(row: Mapping[str, Any]) -> str:
    return one_line(family(str(row.get("name") or "")), LONGEST_NAME) or "(no name)"


def _numbers(values: Any, names: Iterable[str]) -> dict[str, float]:
    if not isinstance(values, Mapping):
        return {}
    found = ((name, _number(values.get(name))) for name in names)
    return {name: value for name, value in found if value is not None}


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _sum(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else one + other

"""Evidence: who kept the machine busy at one moment, as the document that is stored with an alert and shown."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from monitor.metrics.snapshot import Process, Snapshot

Document = dict[str, Any]
"""Every number may be None where it is unknown; docs/evidence.md tells the shape."""

TOP = 10
MOST_BLOCKED = 24
MOST_BYTES = 16_000
OLDEST_SECONDS = 45.0
"""A snapshot older than this tells nothing of the moment."""

HARDLY_ANY_PERCENT = 0.5
SHOWN = {"by_cpu": 8, "by_memory": 5, "blocked": 12, "groups": 6}
LISTS = ("blocked", "groups", "by_memory", "by_cpu")
"""Where a document that is too long is cut, the longest first."""


def document(
    at_ms: int, values: Mapping[str, float | None], snapshots: Sequence[Snapshot], seconds: float
) -> Document:
    """What `snapshots` (oldest first) and `values`, metrics by name, tell of the `seconds` before `at_ms`.

    CPU is the mean of the snapshots within that time, or of the newest one; memory is the newest; tasks in
    uninterruptible sleep are those of the newest snapshot that has any.
    """
    inside = within(snapshots, at_ms, seconds)
    measured = [each for each in inside if each.seconds]
    covered = sum(each.seconds or 0.0 for each in measured)
    newest = inside[-1] if inside else None
    blocked = next((each for each in reversed(inside) if each.blocked), newest)
    shares = _shares(measured, covered)
    found: Document = {
        "at": at_ms,
        "seconds": round(covered, 1) if covered else None,
        "cores": values.get("cpu_effective_cores"),
        "online_cores": newest.online_cores if newest else None,
        "load1": values.get("load1"),
        **_machine(values),
        "disk": _disk(values, newest),
        "tasks": _tasks(values, newest, blocked),
        "by_cpu": _by_cpu(measured, shares),
        "by_memory": _by_memory(newest, shares),
        "blocked": _blocked(blocked),
        "groups": _groups(measured, newest, blocked, covered),
        "short_lived": _short_lived(measured, covered),
        "throttled_percent": _throttled(measured),
        "truncated": any(each.truncated for each in inside),
    }
    return bounded(found)


def within(snapshots: Sequence[Snapshot], at_ms: int, seconds: float) -> list[Snapshot]:
    """The snapshots taken in the `seconds` before `at_ms`; without any the newest before it, unless too old."""
    before = [each for each in snapshots if each.at_ms <= at_ms]
    inside = [each for each in before if each.at_ms > at_ms - seconds * 1000]
    return inside or [each for each in before[-1:] if each.at_ms > at_ms - OLDEST_SECONDS * 1000]


def bounded(found: Document) -> Document:
    """`found` in at most 16,000 bytes of JSON; what is left out is the end of the longest lists."""
    while len(json.dumps(found)) > MOST_BYTES:
        longest = max(LISTS, key=lambda name: len(json.dumps(found[name])))
        if not found[longest]:
            break
        found = {**found, longest: found[longest][:-1], "truncated": True}
    return found


def without_commands(found: Mapping[str, Any] | None) -> Document | None:
    """`found` for everybody: command lines are for staff alone."""
    if found is None:
        return None
    plain = {
        name: [
            {key: value for key, value in row.items() if key != "command"} for row in found.get(name) or []
        ]
        for name in ("by_cpu", "by_memory", "blocked")
    }
    return {**found, **plain}


def brief(found: Document | None) -> Document | None:
    """`found` as far as the page shows it."""
    if found is None:
        return None
    shown = {name: (found.get(name) or [])[:most] for name, most in SHOWN.items()}
    return shown | {name: found.get(name) for name in ("at", "seconds", "tasks", "short_lived")}


def _machine(values: Mapping[str, float | None]) -> Document:
    cpu = ("user", "system", "iowait", "steal")
    pressure = ("cpu_some", "io_some", "io_full", "memory_some", "memory_full")
    return {
        "cpu": {"busy": values.get("cpu_percent"), "busiest_core": values.get("cpu_busiest_core_percent")}
        | {name: values.get(f"cpu_{name}_percent") for name in cpu},
        "pressure": {name: values.get(f"pressure_{name}_percent") for name in pressure},
        "memory": {
            "available_bytes": values.get("memory_available_bytes"),
            "available_percent": values.get("memory_available_percent"),
            "used_bytes": values.get("memory_used_bytes"),
            "swap_bytes_per_second": values.get("swap_bytes_per_second"),
        },
    }


def _disk(values: Mapping[str, float | None], newest: Snapshot | None) -> Document:
    fullest = newest.fullest if newest else None
    return {
        "read_bytes_per_second": values.get("disk_read_bytes_per_second"),
        "write_bytes_per_second": values.get("disk_write_bytes_per_second"),
        "fullest_percent": round(fullest.percent, 2) if fullest else values.get("disk_fullest_percent"),
        "fullest_path": fullest.path if fullest else None,
        "fullest_left_bytes": fullest.left_bytes if fullest else None,
    }


def _tasks(values: Mapping[str, float | None], newest: Snapshot | None, blocked: Snapshot | None) -> Document:
    running = values.get("tasks_running")
    counted = [values.get("tasks_blocked"), None if blocked is None else blocked.blocked]
    return {
        "running": running if running is not None or newest is None else newest.running,
        "blocked": max((count for count in counted if count is not None), default=None),
        "processes": newest.count if newest else None,
        "threads": newest.threads if newest else None,
    }


def _shares(measured: Iterable[Snapshot], covered: float) -> dict[tuple[int, float], float]:
    """CPU in percent of one core by identity; only what is known counts."""
    sums: defaultdict[tuple[int, float], float] = defaultdict(float)
    for snapshot in measured:
        for process in snapshot.processes:
            if process.cpu_seconds is not None:
                sums[process.pid, process.started] += process.cpu_seconds
    return {identity: 100.0 * used / covered for identity, used in sums.items()} if covered else {}


def _by_cpu(measured: Iterable[Snapshot], shares: Mapping[tuple[int, float], float]) -> list[Document]:
    latest = {(one.pid, one.started): one for snapshot in measured for one in snapshot.processes}
    ranked = sorted(latest, key=lambda identity: shares.get(identity, 0.0), reverse=True)[:TOP]
    return [
        _row(latest[identity], shares)
        for identity in ranked
        if shares.get(identity, 0.0) >= HARDLY_ANY_PERCENT
    ]


def _by_memory(newest: Snapshot | None, shares: Mapping[tuple[int, float], float]) -> list[Document]:
    processes = newest.processes if newest else ()
    ranked = sorted(processes, key=lambda one: one.rss_bytes, reverse=True)[:TOP]
    return [_row(one, shares) for one in ranked if one.rss_bytes > 0]


def _row(one: Process, shares: Mapping[tuple[int, float], float]) -> Document:
    share = shares.get((one.pid, one.started))
    row = _who(one) | {"cpu_percent": None if share is None else round(share, 1), "rss_bytes": one.rss_bytes}
    return row | ({"command": one.details.command} if one.details.command is not None else {})


def _who(one: Process) -> Document:
    return {"pid": one.pid, "name": one.name, "unit": one.details.home, "user": one.details.user}


def _blocked(snapshot: Snapshot | None) -> list[Document]:
    waiting = [one for one in snapshot.processes if one.waits_in] if snapshot else []
    waiting.sort(key=lambda one: len(one.waits_in), reverse=True)
    return [
        _who(one)
        | {"waits_in": Counter(one.waits_in).most_common(1)[0][0] or None, "threads": len(one.waits_in)}
        for one in waiting[:MOST_BLOCKED]
    ]


def _groups(
    measured: Sequence[Snapshot], newest: Snapshot | None, blocked: Snapshot | None, covered: float
) -> list[Document]:
    cpu: defaultdict[tuple[str, str], float] = defaultdict(float)
    for snapshot in measured:
        for group in snapshot.groups:
            cpu[group.name, group.kind] += group.cpu_seconds
    waiting = {(group.name, group.kind): group.blocked for group in (blocked.groups if blocked else ())}
    rows = [
        {
            "name": group.name,
            "kind": group.kind,
            "cpu_percent": round(100.0 * cpu[group.name, group.kind] / covered, 1) if covered else None,
            "rss_bytes": group.rss_bytes,
            "processes": group.processes,
            "blocked": waiting.get((group.name, group.kind), 0),
        }
        for group in (newest.groups if newest else ())
    ]
    rows.sort(key=lambda row: (row["blocked"], row["cpu_percent"] or 0.0, row["rss_bytes"]), reverse=True)
    return rows[:TOP]


def _short_lived(measured: Sequence[Snapshot], covered: float) -> Document:
    """Processes that began and ended between scans, told by the CPU time that their parents were charged with."""
    if not covered:
        return {"started_per_second": None, "cpu_percent": None, "by": []}
    parents: defaultdict[tuple[int, str], float] = defaultdict(float)
    for snapshot in measured:
        for one in snapshot.processes:
            if one.short_lived_seconds > 0:
                parents[one.pid, one.name] += one.short_lived_seconds
    started = [each.started for each in measured]
    known = [count for count in started if count is not None]
    percent = {who: 100.0 * used / covered for who, used in parents.items()}
    by = [
        {"pid": pid, "name": name, "cpu_percent": round(percent[pid, name], 1)}
        for pid, name in sorted(parents, key=lambda who: parents[who], reverse=True)[:3]
        if percent[pid, name] >= HARDLY_ANY_PERCENT
    ]
    return {
        "started_per_second": round(sum(known) / covered, 1) if len(known) == len(started) else None,
        "cpu_percent": round(sum(percent.values()), 1),
        "by": by,
    }


def _throttled(measured: Iterable[Snapshot]) -> float | None:
    known = [each.throttled_percent for each in measured if each.throttled_percent is not None]
    return round(sum(known) / len(known), 1) if known else None

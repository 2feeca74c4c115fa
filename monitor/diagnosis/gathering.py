"""Gathering of evidence: the document that the readings and the snapshots of some seconds make."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import cast

from monitor.diagnosis import sight
from monitor.diagnosis.document import (
    Amounts,
    BusyGroup,
    BusyProcess,
    Disk,
    Document,
    GroupKind,
    ShortLived,
    ShortLivedParent,
    WaitingProcess,
    bounded,
)
from monitor.diagnosis.evidence import CPU, DISK, HOLDERS, MEMORY, PRESSURE, Values, picked
from monitor.diagnosis.looks import spoken_for, within
from monitor.metrics.snapshot import Process, Snapshot

TOP = 10
MOST_BLOCKED = 24
MOST_UNASKED = 10
HARDLY_ANY_PERCENT = 0.5
LEAST_LOOKS = 0.25
"""Of the looks: who waits by name in fewer of them, such as any program for a moment, is none of those who wait."""


def document(
    at_ms: int, values: Values, snapshots: Sequence[Snapshot], seconds: float, *, is_strict: bool = False
) -> Document:
    """What `snapshots` (oldest first) and `values`, metrics by name, tell of the `seconds` before `at_ms`.

    CPU is the mean of the snapshots that speak for that time; memory is the newest; who is in uninterruptible sleep is
    told by the newest snapshot that found any who lasts. Without a snapshot that speaks for that time CPU is that of the
    newest one, or unknown where it `is_strict`: then nobody is named who may have been busy before, and not then.
    """
    inside = within(snapshots, at_ms, seconds)
    of_then = spoken_for(inside, at_ms, seconds)
    measured = of_then or ([] if is_strict else [each for each in inside[-1:] if each.seconds])
    looked = sum(each.seconds or 0.0 for each in measured)
    told_seconds = min(seconds, looked) if of_then else looked
    newest = inside[-1] if inside else None
    blocked = next((each for each in reversed(inside) if each.blocked), newest)
    shares = _shares(measured, looked)
    found: Document = {
        "at": at_ms,
        "seconds": round(told_seconds, 1) if looked else None,
        "judged_seconds": round(seconds, 1),
        "cores": values.get("cpu_effective_cores"),
        "online_cores": newest.online_cores if newest else None,
        "load1": values.get("load1"),
        "cpu": picked(values, CPU),
        "pressure": picked(values, PRESSURE),
        "memory": picked(values, MEMORY) | _holders(newest),
        "disk": _disk(values, newest),
        "tasks": _tasks(values, inside),
        "by_cpu": _by_cpu(measured, shares, _ended(inside)),
        "by_memory": _by_memory(newest, shares),
        "blocked": _blocked(inside),
        "groups": _groups(measured, newest, blocked, looked),
        "short_lived": _short_lived(measured, looked),
        "throttled_percent": _throttled(measured),
        **sight.of(measured, newest),
        "truncated": any(each.truncated for each in inside),
    }
    return bounded(found)


def _disk(values: Values, newest: Snapshot | None) -> Disk:
    fullest = newest.fullest if newest else None
    return {
        "read_bytes_per_second": values.get(DISK["read_bytes_per_second"]),
        "write_bytes_per_second": values.get(DISK["write_bytes_per_second"]),
        "fullest_percent": round(fullest.percent, 2) if fullest else values.get("disk_fullest_percent"),
        "fullest_path": fullest.path if fullest else None,
        "fullest_left_bytes": fullest.left_bytes if fullest else None,
        "fullest_inodes_percent": _rounded(fullest.inodes_percent) if fullest else None,
        "fullest_inodes_left": fullest.inodes_left if fullest else None,
        "unasked": [
            {"path": path, "reason": reason, "remedy": remedy}
            for path, reason, remedy in (newest.unasked[:MOST_UNASKED] if newest else ())
        ],
    }


def _rounded(percent: float | None) -> float | None:
    return None if percent is None else round(percent, 2)


def _tasks(values: Values, inside: Sequence[Snapshot]) -> Amounts:
    """Tasks in uninterruptible sleep are the mean of the looks: what one instant shows need not last."""
    newest = inside[-1] if inside else None
    running = values.get("tasks_running")
    seen = [each.blocked for each in inside]
    counted = [values.get("tasks_blocked"), round(sum(seen) / len(seen), 2) if seen else None]
    return {
        "running": running if running is not None or newest is None else newest.running,
        "blocked": max((count for count in counted if count is not None), default=None),
        "blocked_io": values.get("tasks_blocked"),
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


def _by_cpu(
    measured: Iterable[Snapshot],
    shares: Mapping[tuple[int, float], float],
    ended: Container[tuple[int, float]],
) -> list[BusyProcess]:
    latest = {(one.pid, one.started): one for snapshot in measured for one in snapshot.processes}
    ranked = sorted(latest, key=lambda identity: shares.get(identity, 0.0), reverse=True)[:TOP]
    return [
        _row(latest[identity], shares, is_gone=identity in ended)
        for identity in ranked
        if shares.get(identity, 0.0) >= HARDLY_ANY_PERCENT
    ]


def _by_memory(newest: Snapshot | None, shares: Mapping[tuple[int, float], float]) -> list[BusyProcess]:
    processes = newest.processes if newest else ()
    ranked = sorted(processes, key=lambda one: one.held_bytes, reverse=True)[:TOP]
    return [_row(one, shares) for one in ranked if one.rss_bytes > 0]


def _row(one: Process, shares: Mapping[tuple[int, float], float], *, is_gone: bool = False) -> BusyProcess:
    share = shares.get((one.pid, one.started))
    row: BusyProcess = {
        "pid": one.pid,
        "name": one.name,
        "unit": one.details.home,
        "user": one.details.user,
        "cpu_percent": None if share is None else round(share, 1),
        "rss_bytes": one.rss_bytes,
    }
    if one.own_bytes is not None:
        row["own_bytes"] = one.own_bytes
    if one.job:
        row["job"] = one.job
    if is_gone:
        row["gone"] = True
    if one.details.command is not None:
        row["command"] = one.details.command
    return row


def _blocked(inside: Sequence[Snapshot]) -> list[WaitingProcess]:
    """Those who wait, as of the newest look that found any; whom few of the looks found is not told."""
    found = [[one for one in each.processes if one.waits_in] for each in inside]
    looks = Counter(name for each in found for name in {one.name for one in each})
    lasting = {name for name, count in looks.items() if count >= LEAST_LOOKS * len(inside)}
    told = ([one for one in each if one.name in lasting] for each in reversed(found))
    waiting = next((each for each in told if each), [])
    waiting.sort(key=lambda one: len(one.waits_in), reverse=True)
    return [
        {
            "pid": one.pid,
            "name": one.name,
            "unit": one.details.home,
            "user": one.details.user,
            "waits_in": Counter(one.waits_in).most_common(1)[0][0] or None,
            "threads": len(one.waits_in),
        }
        for one in waiting[:MOST_BLOCKED]
    ]


def _groups(
    measured: Sequence[Snapshot], newest: Snapshot | None, blocked: Snapshot | None, covered: float
) -> list[BusyGroup]:
    cpu: defaultdict[tuple[str, str], float] = defaultdict(float)
    for snapshot in measured:
        for group in snapshot.groups:
            cpu[group.name, group.kind] += group.cpu_seconds
    waiting = {(group.name, group.kind): group.blocked for group in (blocked.groups if blocked else ())}
    rows: list[BusyGroup] = [
        {
            "name": group.name,
            "kind": cast("GroupKind", group.kind),
            "cpu_percent": round(100.0 * cpu[group.name, group.kind] / covered, 1) if covered else None,
            "rss_bytes": group.rss_bytes,
            "processes": group.processes,
            "blocked": waiting.get((group.name, group.kind), 0),
        }
        for group in (newest.groups if newest else ())
    ]
    for group, row in zip(newest.groups if newest else (), rows, strict=True):
        if group.own_bytes is not None:
            row["own_bytes"] = group.own_bytes
    rows.sort(key=_weight, reverse=True)
    return rows[:TOP]


def _weight(row: BusyGroup) -> tuple[float, ...]:
    own = row.get("own_bytes")
    return row["blocked"], row["cpu_percent"] or 0.0, row["rss_bytes"] if own is None else own


def _short_lived(measured: Sequence[Snapshot], covered: float) -> ShortLived:
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
    by: list[ShortLivedParent] = [
        {"pid": pid, "name": name, "cpu_percent": round(percent[pid, name], 1)}
        for pid, name in sorted(parents, key=lambda who: parents[who], reverse=True)[:3]
        if percent[pid, name] >= HARDLY_ANY_PERCENT
    ]
    return {
        "started_per_second": round(sum(known) / covered, 1) if len(known) == len(started) else None,
        "cpu_percent": round(sum(percent.values()), 1),
        "by": by,
    }


def _ended(inside: Iterable[Snapshot]) -> frozenset[tuple[int, float]]:
    return frozenset(identity for each in inside for identity in each.ended)


def _holders(newest: Snapshot | None) -> Amounts:
    """Who holds the memory beside processes, as of the newest snapshot."""
    memory = newest.memory if newest else None
    return {name: None if memory is None else getattr(memory, part) for name, part in HOLDERS.items()}


def _throttled(measured: Iterable[Snapshot]) -> float | None:
    known = [each.throttled_percent for each in measured if each.throttled_percent is not None]
    return round(sum(known) / len(known), 1) if known else None

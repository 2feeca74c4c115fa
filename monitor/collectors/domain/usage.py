"""Usage of processes as values: one as it was seen, its CPU time between two scans, which ones matter, sums by group."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from math import inf
from typing import NamedTuple

from monitor.metrics.snapshot import Details, Group

TOP = 20
"""Processes kept of a snapshot by CPU, and as many by memory."""

MOST_BLOCKED = 48
MOST_GROUPS = 20
MOST_LEVELS = 32
SLACK_SECONDS = 1.0
LATE = 3.0
"""A process may be read so much later than the scan began that it used so many times what there was between two scans."""

NOTHING_OWED: Mapping[int, float] = {}
NOT_TOLD: Mapping[int, int] = {}


class Seen(NamedTuple):
    """One process at one instant. A pid is given again: pid and `started` together are its identity.

    started: seconds after boot, or by another clock that is never set while a process lives.
    cpu_seconds: since its start. children_seconds: of its children that have ended and were waited for.
    group: the pid of the leader of its process group, 0 where there is none.
    """

    pid: int
    parent: int
    started: float
    name: str
    state: str
    cpu_seconds: float
    children_seconds: float
    rss_bytes: int
    threads: int
    is_kernel: bool
    group: int = 0


class Usage(NamedTuple):
    """CPU seconds between two scans: of the process itself, and of children that came and went meanwhile.

    own is None where it ran before it was first seen, so nobody knows. owed: seconds of ended children that it is not
    charged with yet.
    """

    own: float | None
    short_lived: float = 0.0
    owed: float = 0.0


UNKNOWN, STILL = Usage(None), Usage(0.0)


def usages(
    before: Mapping[int, Seen],
    now: Mapping[int, Seen],
    since: float | None,
    owed: Mapping[int, float] = NOTHING_OWED,
    most: float = inf,
    inherited: Mapping[int, int] | None = None,
) -> dict[int, Usage]:
    """What each process used since the scan before, by pid.

    `since`: when that scan began, by the clock of Seen; a process that was started later used all its time since
    then. None for the first scan. owed: by pid, as the usages of that scan have it. most: the CPU seconds that there
    were; far more than that is a counter that nobody can believe; more short-lived children than that are a child that
    ended between two readings of one scan, and not told. inherited: the `heirs`, where they are known already.
    """
    if since is None:
        return dict.fromkeys(now, UNKNOWN)
    settled = _settled(before, heirs(before, now) if inherited is None else inherited)
    found = {
        pid: STILL
        if before.get(pid) is seen and pid not in settled and pid not in owed
        else _usage(before.get(pid), seen, since, (settled.get(pid, 0.0), owed.get(pid, 0.0)), most)
        for pid, seen in now.items()
    }
    for pid in settled:
        if pid in found and found[pid].owed > 0:
            _adopt(pid, now, found)
    return found


def mattering(
    now: Mapping[int, Seen], used: Mapping[int, Usage], own: Mapping[int, int] = NOT_TOLD
) -> list[Seen]:
    """The processes worth a closer look: the top by CPU, by memory, and all whose state is R or D.

    own: bytes of memory that each does not share with others, by pid, where that is told.
    """

    def cpu(seen: Seen) -> float:
        return (used[seen.pid].own or 0.0) + used[seen.pid].short_lived

    busy = [seen for seen in now.values() if cpu(seen) > 0]
    chosen = sorted(busy, key=cpu, reverse=True)[:TOP]
    chosen += sorted(now.values(), key=lambda seen: own.get(seen.pid, seen.rss_bytes), reverse=True)[:TOP]
    chosen += [seen for seen in now.values() if seen.state == "D"][:MOST_BLOCKED]
    chosen += [seen for seen in now.values() if seen.state == "R"][:MOST_BLOCKED]
    return list({seen.pid: seen for seen in chosen}.values())


def grouped(
    now: Iterable[Seen],
    used: Mapping[int, Usage],
    details: Mapping[int, Details],
    blocked: Mapping[int, int],
    own: Mapping[int, int] = NOT_TOLD,
) -> tuple[Group, ...]:
    """The processes whose details are known, by container, else unit, else user; the busiest and largest groups."""
    sums: dict[tuple[str, str], list[float]] = {}
    for seen in now:
        known = details.get(seen.pid)
        if known is None:
            continue
        key = (known.home, known.kind) if known.home else (known.user or "unknown", "user")
        row = sums.setdefault(key, [0.0, 0, 0, 0, 0])
        used_by = used[seen.pid]
        row[0] += (used_by.own or 0.0) + used_by.short_lived
        row[1] += seen.rss_bytes
        row[2] += 1
        row[3] += blocked.get(seen.pid, 0)
        row[4] += own.get(seen.pid, seen.rss_bytes)
    groups = [
        Group(name, kind, row[0], int(row[1]), int(row[2]), int(row[3]), int(row[4]) if own else None)
        for (name, kind), row in sums.items()
    ]
    by_cpu = sorted(groups, key=lambda group: (group.blocked, group.cpu_seconds), reverse=True)[:MOST_GROUPS]
    by_memory = sorted(groups, key=lambda group: group.held_bytes, reverse=True)[: MOST_GROUPS // 2]
    return tuple(dict.fromkeys([*by_cpu, *by_memory]))


def _usage(before: Seen | None, now: Seen, since: float, settled: tuple[float, float], most: float) -> Usage:
    """settled: what children that ended since the scan before had used until it, and those that ended earlier."""
    if before is None or before.started != now.started:
        if now.started < since - SLACK_SECONDS:
            return UNKNOWN  # it was there all the time, and only nobody saw it
        return Usage(_possible(now.cpu_seconds, most), _possible(now.children_seconds, most) or 0.0)
    short_lived = now.children_seconds - before.children_seconds - sum(settled)
    return Usage(
        own=_possible(now.cpu_seconds - before.cpu_seconds, most),
        short_lived=short_lived if 0 < short_lived <= most else 0.0,
        owed=min(settled[0], max(0.0, -short_lived)),  # for one scan: it may have gone to another
    )


def _adopt(pid: int, now: Mapping[int, Seen], found: dict[int, Usage]) -> None:
    """Let the ancestors of `pid` settle what it is not charged with: where a parent ended first, one of them has adopted
    its children, and is charged with what they had used before as well."""
    at = now[pid].parent
    for _ in range(MOST_LEVELS):
        owed, above = found[pid].owed, found.get(at)
        if owed <= 0 or above is None:
            return
        settled = min(owed, above.short_lived)
        if settled > 0:
            found[at] = above._replace(short_lived=above.short_lived - settled)
            found[pid] = found[pid]._replace(owed=owed - settled)
        at = now[at].parent


def _possible(seconds: float, most: float) -> float | None:
    """CPU seconds that were used; None for far more than there were."""
    return max(0.0, seconds) if seconds <= LATE * most else None


def heirs(before: Mapping[int, Seen], now: Mapping[int, Seen]) -> dict[int, int]:
    """The ancestor that is charged now with what a process had used, by the pid of each that has ended since `before`.

    That is the nearest one that lives: where a worker ended and then its parent did, too, both went to its grandparent.
    """
    ended = {pid for pid, seen in before.items() if pid not in now or now[pid].started != seen.started}
    return {pid: _nearest(before[pid].parent, before, ended) for pid in ended}


def _settled(before: Mapping[int, Seen], inherited: Mapping[int, int]) -> dict[int, float]:
    """What processes that ended had used by the scan before, by their heirs."""
    sums: dict[int, float] = {}
    for pid, heir in inherited.items():
        seen = before[pid]
        sums[heir] = sums.get(heir, 0.0) + seen.cpu_seconds + seen.children_seconds
    return sums


def _nearest(pid: int, before: Mapping[int, Seen], ended: Container[int]) -> int:
    """`pid`, or its nearest ancestor that has not ended."""
    for _ in range(len(before)):  # a pid that was given again could lead in a circle
        if pid not in ended:
            break
        pid = before[pid].parent
    return pid

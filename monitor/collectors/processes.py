"""Scanner of the processes: one pass over all of them, cut into slices so that a tick is never late for it.

Every process is read once (its stat line), and only the few that matter more closely: the top ones by CPU and by
memory, and all that run or wait uninterruptibly. Tasks are counted by thread for those few, as far as
`MOST_THREADS` reaches; of the others the main thread counts. Where the kernel knows of more tasks that wait, they are
looked for among the threads of the others too. The scan itself is not counted as running.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from monitor.collectors.domain.usage import Seen, Usage, grouped, mattering, usages
from monitor.collectors.filesystems import Fullest
from monitor.collectors.host import LINUX
from monitor.collectors.throttling import Throttling
from monitor.metrics.snapshot import NO_DETAILS, Details, FileSystem, Process, Snapshot

MOST_PROCESSES = 20_000
MOST_THREADS = 300
MOST_THREADS_OF_ONE = 100
MOST_LOOKED_FURTHER = 30
"""Processes whose threads are looked at only because the kernel counts more waiting tasks than were found."""

MOST_LOOKUPS = 150
"""Processes whose unit and user are looked up in one scan, those that matter first; the others follow in later ones."""

SLACK = 1.1
"""The clock of the scans and the kernel's accounting may differ by so much."""

LOOK_AGAIN_SECONDS = 60.0
LONGEST_STEP_SECONDS = 60.0
"""Two scans further apart are a gap: what was used meanwhile says nothing of a moment."""


class Source(Protocol):
    """Where processes are read; nothing here raises for one that ends meanwhile, pids() may raise OSError."""

    def now(self) -> float: ...
    def pids(self) -> list[int]: ...
    def seen(self, pid: int) -> Seen | None: ...
    def tasks(self, seen: Seen, most: int) -> list[tuple[str, str]]: ...
    def details(self, seen: Seen) -> Details: ...
    def command(self, seen: Seen) -> str | None: ...
    def started(self) -> int | None: ...
    def blocked(self) -> int | None: ...


def own_source(with_commands: bool) -> Source:
    """The processes of this host."""
    if not LINUX:
        from monitor.collectors.processes_portable import PortableProcesses

        return PortableProcesses(with_commands)

    from monitor.collectors.procfs import LinuxProcesses

    return LinuxProcesses(with_commands)


@dataclass(slots=True)
class _Pass:
    """What one scan has gathered so far; `began_at` by the clock of Seen."""

    began_at: float
    started: int | None
    periods: tuple[int, int] | None
    is_truncated: bool = False
    seconds: float | None = None
    now: dict[int, Seen] = field(default_factory=dict)
    used: Mapping[int, Usage] = field(default_factory=dict)
    owed: Mapping[int, float] = field(default_factory=dict)
    states: dict[int, list[str]] = field(default_factory=dict)
    waits: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def blocked(self) -> int:
        """Tasks that wait: by thread where threads were looked at, else by main thread."""
        others = sum(seen.state == "D" for pid, seen in self.now.items() if pid not in self.states)
        return sum(len(places) for places in self.waits.values()) + others


class Scanner:
    """Scans one host's processes: `begin`, then `work` until it gives a snapshot. For one thread only."""

    def __init__(
        self,
        source: Source,
        own_pid: int | None = None,
        throttled: Callable[[], tuple[int, int] | None] | None = None,
        fullest: Callable[[], FileSystem | None] | None = None,
    ) -> None:
        self._source = source
        self._own_pid = os.getpid() if own_pid is None else own_pid
        self._throttled = throttled or Throttling()
        self._fullest = fullest or Fullest()
        self._before: _Pass | None = None
        self._known: dict[int, tuple[float, float, Details]] = {}  # pid -> started, looked up at, details
        self._steps: Iterator[Snapshot | None] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a scan has begun and not ended."""
        return self._steps is not None

    def begin(self, at_ms: int) -> None:
        """Start a scan, in place of one that has not ended; its snapshot will be of `at_ms`."""
        self._steps = self._scan(at_ms)

    def work(self, seconds: float, clock: Callable[[], float]) -> Snapshot | None:
        """Go on for about that long by `clock`; the snapshot once it is complete. Raises OSError for a /proc that fails."""
        until = clock() + seconds
        while self._steps is not None:
            try:
                snapshot = next(self._steps)
            except BaseException:
                self._steps = None
                raise
            if snapshot is not None:
                self._steps = None
                return snapshot
            if clock() >= until:
                break
        return None

    def _scan(self, at_ms: int) -> Iterator[Snapshot | None]:
        """Yield None after each small piece of work, and the snapshot last."""
        found = _Pass(self._source.now(), self._source.started(), self._throttled())
        pids = self._source.pids()
        found.is_truncated = len(pids) > MOST_PROCESSES
        for pid in pids[:MOST_PROCESSES]:
            seen = self._source.seen(pid)
            if seen is not None:
                found.now[pid] = seen
            yield None
        before = self._before
        step = None if before is None else found.began_at - before.began_at
        found.seconds = step if step is not None and 0 < step <= LONGEST_STEP_SECONDS else None
        since = before.began_at if before is not None and found.seconds else None
        found.used = self._used(before, found, since)
        chosen = mattering(found.now, found.used)
        yield None
        for _ in self._look_at_tasks(chosen, found):
            yield None
        for _ in self._look_further(chosen, found):
            yield None
        for _ in self._look_up(chosen, found):
            yield None
        snapshot = self._snapshot(at_ms, chosen, found, before)
        found.used, found.states, found.waits = {}, {}, {}  # the next scan needs none of it
        self._before = found
        yield snapshot

    def _used(self, before: _Pass | None, found: _Pass, since: float | None) -> dict[int, Usage]:
        used = usages(
            before=before.now if before else {},
            now=found.now,
            since=since,
            owed=before.owed if before else {},
            most=SLACK * (found.seconds or 0.0) * (os.cpu_count() or 1),
        )
        found.owed = {pid: usage.owed for pid, usage in used.items() if usage.owed}
        return used

    def _look_at_tasks(self, chosen: list[Seen], found: _Pass) -> Iterator[None]:
        left = MOST_THREADS
        for seen in chosen:
            if seen.threads > 1 and left <= 0:
                continue
            count = self._look_at(seen, found, left)
            left -= count if seen.threads > 1 else 0
            yield None

    def _look_further(self, chosen: list[Seen], found: _Pass) -> Iterator[None]:
        """Threads that wait in processes whose main thread does not; those are added to `chosen`."""
        hidden = (self._source.blocked() or 0) - found.blocked()
        others = [seen for seen in found.now.values() if seen.threads > 1 and seen.pid not in found.states]
        left = MOST_THREADS
        for seen in sorted(others, key=_threads, reverse=True)[:MOST_LOOKED_FURTHER]:
            if hidden <= 0 or left <= 0:
                return
            left -= self._look_at(seen, found, left)
            waiting = len(found.waits.get(seen.pid, ()))
            hidden -= waiting
            if waiting:
                chosen.append(seen)
            yield None

    def _look_at(self, seen: Seen, found: _Pass, left: int) -> int:
        """Keep the states of the tasks of one process; return how many there were."""
        tasks = self._source.tasks(seen, min(MOST_THREADS_OF_ONE, max(1, left)))
        if tasks:
            found.states[seen.pid] = [state for state, _ in tasks]
            found.waits[seen.pid] = tuple(place for state, place in tasks if state == "D")
        return len(tasks)

    def _look_up(self, chosen: list[Seen], found: _Pass) -> Iterator[None]:
        """Details of what matters, and of as many others as there is room for; they are kept while the process lives."""
        now, at = found.now, found.began_at
        self._known = {
            pid: known for pid, known in self._known.items() if pid in now and now[pid].started == known[0]
        }
        first = [seen for seen in chosen if self._is_stale(seen, at)]
        others = [seen for pid, seen in now.items() if pid not in self._known]
        for seen in list({each.pid: each for each in [*first, *others]}.values())[:MOST_LOOKUPS]:
            self._known[seen.pid] = (seen.started, at, self._source.details(seen))
            yield None

    def _is_stale(self, seen: Seen, at: float) -> bool:
        known = self._known.get(seen.pid)
        return known is None or at - known[1] >= LOOK_AGAIN_SECONDS

    def _snapshot(self, at_ms: int, chosen: list[Seen], found: _Pass, before: _Pass | None) -> Snapshot:
        measured = before if found.seconds else None
        details = {pid: known[2] for pid, known in self._known.items()}
        blocked = {pid: len(places) for pid, places in found.waits.items() if places}
        others = [seen.state for pid, seen in found.now.items() if pid not in found.states]
        running = sum(each.count("R") for each in found.states.values()) + others.count("R")
        itself = found.now.get(self._own_pid)
        return Snapshot(
            at_ms=at_ms,
            seconds=found.seconds,
            count=len(found.now),
            threads=sum(seen.threads for seen in found.now.values()),
            running=max(0, running - (1 if itself is not None and itself.state == "R" else 0)),
            blocked=found.blocked(),
            started=_grown(measured.started, found.started) if measured else None,
            cpu_seconds=sum((each.own or 0.0) + each.short_lived for each in found.used.values()),
            processes=tuple(self._process(seen, found, details) for seen in chosen),
            groups=grouped(found.now.values(), found.used, details, blocked),
            truncated=found.is_truncated,
            throttled_percent=_share(measured.periods, found.periods) if measured else None,
            online_cores=os.cpu_count(),
            fullest=self._fullest(),
        )

    def _process(self, seen: Seen, found: _Pass, details: Mapping[int, Details]) -> Process:
        known = details.get(seen.pid, NO_DETAILS)
        command = self._source.command(seen)
        return Process(
            pid=seen.pid,
            started=seen.started,
            name=seen.name,
            cpu_seconds=found.used[seen.pid].own,
            short_lived_seconds=found.used[seen.pid].short_lived,
            rss_bytes=seen.rss_bytes,
            threads=seen.threads,
            running=found.states.get(seen.pid, [seen.state]).count("R"),
            waits_in=found.waits.get(seen.pid, ("",) if seen.state == "D" else ()),
            details=known if command is None else replace(known, command=command),
        )


def _threads(seen: Seen) -> int:
    return seen.threads


def _grown(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None or after < before else after - before


def _share(before: tuple[int, int] | None, after: tuple[int, int] | None) -> float | None:
    """Percent of the periods between two readings in which the quota was used up; None without a quota or a period."""
    if before is None or after is None:
        return None
    periods, throttled = after[0] - before[0], after[1] - before[1]
    return 100.0 * throttled / periods if periods > 0 and 0 <= throttled <= periods else None

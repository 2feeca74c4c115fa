"""Scanner of the processes: one pass over all of them, cut into slices so that a tick is never late for it.

Every process is read once (its stat line), and only the few that matter more closely: the top ones by CPU and by
memory, and all that run or wait uninterruptibly. Tasks are counted by thread for those few, as far as
`MOST_THREADS` reaches; of the others the main thread counts. Where more tasks wait than were found, by what the kernel
tells, they are looked for among the threads of the others too. The scan itself is not counted as running.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from monitor.collectors.accounting import Accounting, Grouping
from monitor.collectors.domain.usage import LATE, UNKNOWN, Seen, Usage, grouped, heirs, mattering, usages
from monitor.collectors.filesystems import Fullest
from monitor.collectors.host import LINUX
from monitor.collectors.lookups import Lookups
from monitor.collectors.memory_parts import PrivateMemory
from monitor.collectors.one_pass import NOTHING_COUNTED, Pass, grown
from monitor.collectors.process_source import Source
from monitor.collectors.tasks import look_at_tasks, look_further
from monitor.collectors.throttling import Throttling, throttled_percent
from monitor.metrics.snapshot import Details, MemoryParts, Process, Snapshot
from monitor.metrics.usage import GroupShare

MOST_PROCESSES = 20_000
SLACK = 1.1
"""The clock of the scans and the kernel's accounting may differ by so much."""

STARTED_IN_A_SECOND = 100_000
"""Processes that one core can start at the very most: a count that grew faster was set anew."""

NOBODYS = Details()
Identity = tuple[int, float]
"""Pid and time of the start."""


def own_source(with_commands: bool) -> Source:
    """The processes of this host."""
    if not LINUX:
        from monitor.collectors.processes_portable import PortableProcesses

        return PortableProcesses(with_commands)

    from monitor.collectors.procfs import LinuxProcesses

    return LinuxProcesses(with_commands)


def own_scanner(with_commands: bool) -> Scanner:
    """A scanner of the processes of this host."""
    if not LINUX:
        return Scanner(own_source(with_commands))

    from monitor.collectors.groups import Groups

    return Scanner(own_source(with_commands), groups=Groups())


class Scanner:
    """Scans one host's processes: `begin`, then `work` until it gives a snapshot. For one thread only."""

    def __init__(
        self,
        source: Source,
        own_pid: int | None = None,
        throttled: Callable[[], tuple[int, int] | None] | None = None,
        fullest: Fullest | None = None,
        groups: Grouping | None = None,
    ) -> None:
        self._source = source
        self._own_pid = os.getpid() if own_pid is None else own_pid
        self._throttled = throttled or Throttling()
        self._fullest = fullest or Fullest()
        self._before: Pass | None = None
        self._lookups = Lookups(source)
        self._private = PrivateMemory(source.private)
        self._groups = groups
        self._accounting = Accounting(source.moved, self._own_pid)
        self._shown: set[Identity] = set()  # that were in a snapshot, and live
        self._waiters: set[int] = set()  # that had waiting tasks in the pass before
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

    def shares(self) -> tuple[GroupShare, ...] | None:
        """The few control groups that use most of the CPU just now; None where nobody knows, or without groups."""
        return None if self._groups is None else self._groups.shares()

    def _scan(self, at_ms: int) -> Iterator[Snapshot | None]:
        """Yield None after each small piece of work, and the snapshot last."""
        source = self._source
        found = Pass(source.now(), source.counts(), self._throttled(), source.slept())
        pids = self._source.pids()
        found.is_truncated = len(pids) > MOST_PROCESSES
        for pid in pids[:MOST_PROCESSES]:
            seen = self._source.seen(pid)
            if seen is not None:
                found.now[pid] = seen
            yield None
        found.counts_after, found.loads = self._source.counts(), self._source.loads()
        before = self._before
        for _ in self._groups.look(found.began_at) if self._groups else ():
            yield None
        found.read_at = source.now()
        found.follow(before)
        found.used = self._used(before, found)
        for _ in self._private.look(found.now):
            yield None
        found.own = self._private.own(found.now)
        chosen = mattering(found.now, found.used, found.own)
        yield None
        for _ in look_at_tasks(self._source, chosen, found):
            yield None
        for _ in look_further(self._source, chosen, found, self._waiters):
            yield None
        for _ in self._lookups.look_up(chosen, found.now, found.began_at):
            yield None
        details = self._lookups.details()
        plots = self._groups.plots() if self._groups else None
        for _ in self._accounting.look(at_ms, before, found, self._lookups, details, plots or ()):
            yield None
        if found.seconds is None:
            found.used = dict.fromkeys(found.now, UNKNOWN)
        snapshot = self._snapshot(at_ms, chosen, found, before, details)
        self._waiters = {pid for pid, places in found.waits.items() if places}
        found.own, found.used, found.states, found.waits = {}, {}, {}, {}  # the next scan needs none of it
        self._before = found
        yield snapshot

    def _used(self, before: Pass | None, found: Pass) -> dict[int, Usage]:
        step = found.seconds or found.span
        found.heirs = heirs(before.now, found.now) if before else {}
        used = usages(
            before=before.now if before else {},
            now=found.now,
            since=before.began_at if before and step else None,
            owed=before.owed if before else {},
            most=_cpu_seconds(step or 0.0),
            inherited=found.heirs,
        )
        found.owed = {pid: usage.owed for pid, usage in used.items() if usage.owed}
        return used

    def _ended(self, chosen: list[Seen], found: Pass) -> frozenset[Identity]:
        """Those that an earlier snapshot shows and that have ended since; what was not looked at has not."""
        lives = {(pid, found.now[pid].started) for pid, _ in self._shown if pid in found.now}
        ended = frozenset() if found.is_truncated else frozenset(self._shown - lives)
        self._shown = (self._shown - ended) | {(seen.pid, seen.started) for seen in chosen}
        return ended

    def _snapshot(
        self,
        at_ms: int,
        chosen: list[Seen],
        found: Pass,
        before: Pass | None,
        details: Mapping[int, Details],
    ) -> Snapshot:
        earlier = before.counts if before is not None and found.seconds else NOTHING_COUNTED
        most = _cpu_seconds(found.seconds or 0.0)
        waiting = {pid: len(places) for pid, places in found.waits.items() if places}
        itself = found.now.get(self._own_pid)
        hidden = found.hidden()
        return Snapshot(
            at_ms=at_ms,
            seconds=found.seconds,
            count=len(found.now),
            threads=found.threads(),
            running=max(0, found.running() - (1 if itself is not None and itself.state == "R" else 0)),
            blocked=found.blocked(),
            started=grown(earlier.started, found.counts.started, STARTED_IN_A_SECOND * most),
            cpu_seconds=sum((each.own or 0.0) + each.short_lived for each in found.used.values()),
            processes=tuple(self._process(seen, found, details) for seen in chosen),
            groups=grouped(found.now.values(), found.used, details, waiting, found.own),
            truncated=found.is_truncated,
            throttled_percent=throttled_percent(before.periods, found.periods)
            if before and found.seconds
            else None,
            online_cores=os.cpu_count(),
            fullest=self._fullest(),
            unasked=self._fullest.unasked,
            machine_cpu_seconds=grown(earlier.busy_seconds, found.counts.busy_seconds, LATE * most),
            interrupt_cpu_seconds=grown(
                earlier.interrupt_seconds, found.counts.interrupt_seconds, LATE * most
            ),
            hidden_tasks=hidden,
            hidden_reason=self._source.hindrance() if hidden else "",
            memory=self._memory(found),
            ended=self._ended(chosen, found),
            account=self._accounting.account,
        )

    def _memory(self, found: Pass) -> MemoryParts | None:
        parts = self._source.memory()
        own = sum(found.own.values()) if found.own else None
        return None if parts is None else replace(parts, processes=own)

    def _process(self, seen: Seen, found: Pass, details: Mapping[int, Details]) -> Process:
        known = details.get(seen.pid, NOBODYS)
        command = self._source.command(seen)
        return Process(
            pid=seen.pid,
            started=seen.started,
            name=self._lookups.name(seen),
            cpu_seconds=found.used[seen.pid].own,
            short_lived_seconds=found.used[seen.pid].short_lived,
            rss_bytes=seen.rss_bytes,
            threads=seen.threads,
            running=found.states.get(seen.pid, [seen.state]).count("R"),
            waits_in=found.waits.get(seen.pid, ("",) if seen.state == "D" else ()),
            details=known if command is None else replace(known, command=command),
            job=self._lookups.job(seen, found.now),
            own_bytes=found.own.get(seen.pid),
        )


def _cpu_seconds(seconds: float) -> float:
    """CPU seconds that there were in so many by the clock."""
    return SLACK * seconds * (os.cpu_count() or 1)

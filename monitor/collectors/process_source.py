"""Source of processes: what a scan asks of the system, and what the system counts by itself."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from monitor.collectors.domain.usage import Seen
from monitor.metrics.snapshot import Details, MemoryParts


class Counts(NamedTuple):
    """What the kernel counts of the whole machine, in one reading; None for what it does not tell.

    started: processes and threads made since boot. blocked: tasks that wait for I/O just now. busy_seconds: CPU time
    that was neither idle, nor waiting, nor stolen, of all CPUs since boot; interrupt_seconds: the part of it that the
    kernel spent in interrupts, which is no process's.
    """

    started: int | None = None
    blocked: int | None = None
    busy_seconds: float | None = None
    interrupt_seconds: float | None = None


class Loads(NamedTuple):
    """The load average of 1 minute, and the tasks of the whole machine: of all of its namespaces, seen from here or not."""

    load1: float
    tasks: int


class Moved(NamedTuple):
    """Bytes that a process has read from and written to disks since its start, those of children that ended included."""

    read: int
    written: int


class Source(Protocol):
    """Where processes are read; nothing here raises for one that ends meanwhile, pids() may raise OSError."""

    def now(self) -> float: ...
    def pids(self) -> list[int]: ...
    def seen(self, pid: int) -> Seen | None: ...
    def tasks(self, seen: Seen, most: int) -> list[tuple[str, str]]: ...
    def details(self, seen: Seen) -> Details: ...
    def words(self, seen: Seen) -> list[str]: ...
    def command(self, seen: Seen) -> str | None: ...
    def private(self, seen: Seen) -> int | None: ...
    def moved(self, seen: Seen) -> Moved | None: ...
    def slept(self) -> float: ...
    def memory(self) -> MemoryParts | None: ...
    def counts(self) -> Counts: ...
    def loads(self) -> Loads | None: ...
    def hindrance(self) -> str: ...

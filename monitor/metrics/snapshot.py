"""Snapshot: the processes, groups and file systems of a host over one span of time, as values."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.metrics.usage import Account


@dataclass(frozen=True, slots=True)
class Details:
    """Who a process belongs to; `kind` is unit, container or "" where `home` is None."""

    home: str | None = None
    kind: str = ""
    user: str | None = None
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a snapshot.

    cpu_seconds: used since the snapshot before. running: its tasks that run or could, as far as they were looked at.
    waits_in: a kernel function for each of its tasks in uninterruptible sleep, "" where it is not told.
    job: the name of the leader of its process group, "" where it leads one itself or that has ended.
    own_bytes: resident without what it shares with others, None where the system does not tell.
    """

    pid: int
    started: float
    name: str
    cpu_seconds: float | None
    short_lived_seconds: float
    rss_bytes: int
    threads: int
    running: int
    waits_in: tuple[str, ...]
    details: Details
    job: str = ""
    own_bytes: int | None = None

    @property
    def held_bytes(self) -> int:
        """Its own memory; where that is not told what is resident of it, which counts for each what several share."""
        return self.rss_bytes if self.own_bytes is None else self.own_bytes


@dataclass(frozen=True, slots=True)
class Group:
    """All looked-up processes of one systemd unit, container or user together.

    rss_bytes counts what they share for each; own_bytes for none, or is None where the system does not tell.
    """

    name: str
    kind: str
    cpu_seconds: float
    rss_bytes: int
    processes: int
    blocked: int
    own_bytes: int | None = None

    @property
    def held_bytes(self) -> int:
        """Its own memory; where that is not told what is resident of it, which counts for each what several share."""
        return self.rss_bytes if self.own_bytes is None else self.own_bytes


@dataclass(frozen=True, slots=True)
class FileSystem:
    """Where a file system is mounted, as harmless text; percent in use, and bytes left, of what ordinary users can have.

    percent: of its space, or of its inodes where they are scarcer. inodes_percent, inodes_left: None where it has no
    fixed number of them.
    """

    path: str
    percent: float
    left_bytes: float
    inodes_percent: float | None = None
    inodes_left: float | None = None


@dataclass(frozen=True, slots=True)
class MemoryParts:
    """Bytes of memory by what holds them; None for what the system does not tell.

    processes: of all that were seen, by their resident sets without shared memory. shared: tmpfs and shared memory.
    slab: of the kernel, what cannot be given back. zfs: its cache, as far as it cannot be given back. huge_pages: set
    aside for them.
    """

    total: float | None = None
    processes: float | None = None
    shared: float | None = None
    page_tables: float | None = None
    slab: float | None = None
    huge_pages: float | None = None
    zfs: float | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one scan found.

    seconds: since the scan before; None for the first one and after a gap, when no CPU is known.
    running, blocked: tasks, by thread where threads were looked at. started: processes made since the scan before.
    cpu_seconds: of all processes that were seen, those of short-lived children included.
    ended: by pid and start, the processes that the scan before saw and that have ended since.
    machine_cpu_seconds: what all CPUs of the machine were busy since the scan before, by its own count;
    interrupt_cpu_seconds: the part of it in interrupts of the kernel, which is no process's.
    hidden_tasks: that the kernel counts and the scan did not see; hidden_reason: why, "" where nothing hides them.
    processes: only those that matter; counted are all. fullest: of the local file systems, None where none was found.
    unasked: the file systems that were left out of that: where each is mounted, why, and what can be done, "" for nothing.
    account: who used the machine since the account before; None where it is not time for one yet.
    """

    at_ms: int
    seconds: float | None
    count: int
    threads: int
    running: int
    blocked: int
    started: int | None
    cpu_seconds: float
    processes: tuple[Process, ...]
    groups: tuple[Group, ...]
    truncated: bool = False
    throttled_percent: float | None = None
    online_cores: int | None = None
    fullest: FileSystem | None = None
    machine_cpu_seconds: float | None = None
    interrupt_cpu_seconds: float | None = None
    hidden_tasks: int | None = None
    hidden_reason: str = ""
    memory: MemoryParts | None = None
    ended: frozenset[tuple[int, float]] = frozenset()
    unasked: tuple[tuple[str, str, str], ...] = ()
    account: Account | None = None

"""Usage of a machine by its consumers over one span of time, as whole numbers that merge exactly and in any order.

A consumer is whoever uses the machine: a systemd service, a container, a session, a program of a user, a kind of kernel
threads, loadmon itself. What several spans come to is the sum of their sums and the highest of their highest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from monitor.metrics import merging


class Kind(StrEnum):
    """What a consumer is."""

    SERVICE = "service"
    CONTAINER = "container"
    SESSION = "session"
    PROGRAM = "program"
    KERNEL = "kernel"
    LOADMON = "loadmon"


class Consumer(NamedTuple):
    """Who uses the machine, by a name that stays the same: harmless text without what changes from start to start.

    user: whose program or session it is; "" for services, containers and the kernel.
    """

    kind: Kind
    name: str
    user: str = ""


class Used(NamedTuple):
    """What one consumer used in one span of time.

    cpu_ms: CPU time. highest_permille: the greatest share of one core between two looks. memory_mib_s: MiB times the
    seconds for which it held them. memory_highest_mib: the most at one look. read_kib, written_kib: of disks, None where
    nobody may know. waiting_ms: for how long at least one of its tasks waited for a disk. processes: the most that lived
    at one look. started, ended: processes that came and went.
    """

    cpu_ms: int = 0
    highest_permille: int = 0
    memory_mib_s: int = 0
    memory_highest_mib: int = 0
    read_kib: int | None = None
    written_kib: int | None = None
    waiting_ms: int = 0
    processes: int = 0
    started: int = 0
    ended: int = 0


NOTHING = Used()
HIGHEST = frozenset({"highest_permille", "memory_highest_mib", "processes"})
"""Of these fields the highest counts when spans merge; all others add up."""


class GroupShare(NamedTuple):
    """What a control group used of the CPU over the last seconds, in percent of one core."""

    kind: Kind
    name: str
    user: str
    cpu_percent: float


@dataclass(frozen=True, slots=True)
class Account:
    """Who used a machine in the span of time between two looks at its processes.

    start_ms, end_ms: by the wall clock. covered_ms: by a clock that nobody sets. machine_cpu_ms: what all its CPUs were
    busy, by the machine's own count. not_seen_ms: the part of it that no consumer is known of. used: by consumer; others:
    of those that are not named, because they were too many. What all of them used and what was not seen add up to
    machine_cpu_ms, but for what the two counts, made apart, have yet to settle.
    """

    start_ms: int
    end_ms: int
    covered_ms: int
    machine_cpu_ms: int
    not_seen_ms: int
    used: Mapping[Consumer, Used] = field(default_factory=dict)
    others: Used = NOTHING

    @property
    def middle_ms(self) -> int:
        """The moment that says to which minute, quarter or hour the whole of it belongs."""
        return (self.start_ms + self.end_ms) // 2


def merged(parts: Iterable[Used]) -> Used:
    """What disjoint spans of one consumer, or several consumers in one span, come to."""
    found = list(parts)
    if len(found) < 2:  # nearly always
        return found[0] if found else NOTHING
    return Used._make(merging.merged(found, Used._fields, HIGHEST))

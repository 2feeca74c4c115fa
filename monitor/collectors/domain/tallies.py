"""Tallies of consumers: what each used at one look and over the looks of one span, until an account is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from monitor.collectors.domain.consumers import INTERRUPTS
from monitor.metrics.usage import NOTHING, Account, Consumer, Used

MOST_CONSUMERS = 4_000
"""In one span; those beyond are told together, so that no storm of names fills the memory."""

KIB, MIB = 1 << 10, 1 << 20


@dataclass(slots=True)
class Share:
    """What one consumer used between two looks, in seconds and bytes; read, written: None where nobody may know.

    own: of its living processes; short_lived: of their children that ended. held: bytes of memory at the second look.
    """

    own: float = 0.0
    short_lived: float = 0.0
    cpu: float = 0.0
    held: int = 0
    read: int | None = None
    written: int | None = None
    waiting: float = 0.0
    processes: int = 0
    started: int = 0

    def add(self, other: Share) -> None:
        """Take in what the same consumer used elsewhere at the same time."""
        self.own += other.own
        self.short_lived += other.short_lived
        self.cpu += other.cpu
        self.held += other.held
        self.read = both(self.read, other.read)
        self.written = both(self.written, other.written)
        self.waiting = max(self.waiting, other.waiting)
        self.processes += other.processes
        self.started += other.started


@dataclass(slots=True)
class _Tally:
    """The same over a span."""

    cpu: float = 0.0
    highest: float = 0.0
    memory: float = 0.0
    memory_highest: int = 0
    read: int | None = None
    written: int | None = None
    waiting: float = 0.0
    processes: int = 0
    started: int = 0
    ended: int = 0

    def add(self, share: Share, seconds: float) -> None:
        self.cpu += share.cpu
        self.highest = max(self.highest, share.cpu / seconds)
        self.memory += share.held * seconds
        self.memory_highest = max(self.memory_highest, share.held)
        self.read = both(self.read, share.read)
        self.written = both(self.written, share.written)
        self.waiting += share.waiting
        self.processes = max(self.processes, share.processes)
        self.started += share.started

    def used(self, cores: int) -> Used:
        return Used(
            cpu_ms=round(1000 * self.cpu),
            highest_permille=round(1000 * min(self.highest, cores)),
            memory_mib_s=round(self.memory / MIB),
            memory_highest_mib=round(self.memory_highest / MIB),
            read_kib=None if self.read is None else round(self.read / KIB),
            written_kib=None if self.written is None else round(self.written / KIB),
            waiting_ms=round(1000 * self.waiting),
            processes=self.processes,
            started=self.started,
            ended=self.ended,
        )


class Machine(NamedTuple):
    """CPU seconds that the machine counted by itself: all of it, and of that in interrupts of the kernel."""

    busy: float = 0.0
    interrupts: float = 0.0


@dataclass(slots=True)
class Span:
    """The looks since the account before. covered: seconds. busy: CPU seconds of the machine, by its own count."""

    covered: float = 0.0
    busy: float = 0.0
    interrupts: _Tally = field(default_factory=_Tally)
    tallies: dict[Consumer, _Tally] = field(default_factory=dict)
    others: _Tally = field(default_factory=_Tally)

    def add(self, shares: Mapping[Consumer, Share], machine: Machine, seconds: float) -> None:
        """Take in what was used in the `seconds` before one look."""
        self.covered += seconds
        self.busy += machine.busy
        self.interrupts.add(Share(cpu=machine.interrupts), seconds)
        beyond = Share()
        for consumer, share in shares.items():
            tally = self._tally(consumer)
            if tally is self.others:
                beyond.add(share)
            else:
                tally.add(share, seconds)
        if beyond.processes or beyond.cpu:
            self.others.add(beyond, seconds)

    def end(self, consumer: Consumer) -> None:
        """Count a process that has ended."""
        self._tally(consumer).ended += 1

    def _tally(self, consumer: Consumer) -> _Tally:
        """That of a consumer; of the others where there are too many."""
        found = self.tallies.get(consumer)
        if found is None and len(self.tallies) < MOST_CONSUMERS:
            found = self.tallies[consumer] = _Tally()
        return self.others if found is None else found

    def account(self, end_ms: int, owed_ms: int, most_owed_ms: int, cores: int) -> tuple[Account, int]:
        """The account of the span, and what is owed to the machine's own count from now on, at most `most_owed_ms`.

        The machine counts by ticks, and at another moment: where its consumers used more than it counted, the next spans
        have to settle that before anything is not seen. What is more than can be settled was no work of theirs, as the time
        that a hypervisor took from a task that ran: it is taken from all, by what each used.

        Interrupts are charged as far as there is room: a kernel that does not time them has them in the time of the
        processes that it interrupted.
        """
        used = {consumer: tally.used(cores) for consumer, tally in self.tallies.items()}
        others = self.others.used(cores)
        machine_ms, covered_ms = round(1000 * self.busy), round(1000 * self.covered)
        room = machine_ms - owed_ms - others.cpu_ms - sum(each.cpu_ms for each in used.values())
        if room < -most_owed_ms:
            used, others = _scaled(used, others, max(0, machine_ms - owed_ms + most_owed_ms))
            room = -most_owed_ms
        interrupts = self.interrupts.used(cores)
        interrupts = interrupts._replace(cpu_ms=min(interrupts.cpu_ms, max(0, room)))
        room -= interrupts.cpu_ms
        if interrupts.cpu_ms:
            used[INTERRUPTS] = interrupts
        account = Account(
            start_ms=end_ms - covered_ms,
            end_ms=end_ms,
            covered_ms=covered_ms,
            machine_cpu_ms=machine_ms,
            not_seen_ms=max(0, room),
            used={consumer: each for consumer, each in used.items() if _tells(each)},
            others=others,
        )
        return account, min(max(0, -room), most_owed_ms)


def _scaled(used: Mapping[Consumer, Used], others: Used, total_ms: int) -> tuple[dict[Consumer, Used], Used]:
    """The same with so much CPU time in all, less than they used, shared by what each did."""
    found = sum(each.cpu_ms for each in used.values()) + others.cpu_ms
    less = {
        consumer: each._replace(cpu_ms=each.cpu_ms * total_ms // found) for consumer, each in used.items()
    }
    left = total_ms - sum(each.cpu_ms for each in less.values()) - others.cpu_ms * total_ms // found
    heaviest = max(less, key=lambda consumer: less[consumer].cpu_ms)
    less[heaviest] = less[heaviest]._replace(cpu_ms=less[heaviest].cpu_ms + left)
    return less, others._replace(cpu_ms=others.cpu_ms * total_ms // found)


def both(one: int | None, other: int | None) -> int | None:
    """What is known of two together; None where nothing is."""
    return other if one is None else one if other is None else one + other


def _tells(used: Used) -> bool:
    return used._replace(read_kib=None, written_kib=None) != NOTHING or bool(
        used.read_kib or used.written_kib
    )

"""Accounting of a machine's use: what its processes and control groups used between two scans, by consumer.

A scan adds what was used since the scan before; the first one of each quarter of a minute makes an account of it. What a
control group counted is exact, holds what came and went, and is divided among the processes in it where they are not all
one consumer's; where there are no groups the processes are all that is known.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from monitor.collectors.belonging import Belonging
from monitor.collectors.domain.plots import Plot
from monitor.collectors.domain.plotting import Plotted
from monitor.collectors.domain.scanning import QUARTER_MS
from monitor.collectors.domain.tallies import Machine, Share, Span, both
from monitor.collectors.domain.usage import LATE, Seen
from monitor.collectors.lookups import Lookups
from monitor.collectors.one_pass import Pass, grown
from monitor.collectors.process_io import ProcessIo
from monitor.collectors.process_source import Moved
from monitor.metrics.snapshot import Details
from monitor.metrics.usage import Account, Consumer, GroupShare

LONGEST_SECONDS = 30.0
"""Of an account by a clock that nobody sets, where the wall clock does not move on."""

SETTLED_SECONDS = 1.0
"""On each core the machine's count by ticks may lag so much behind what is counted exactly."""

SKEW_SECONDS = 0.05
"""A counter and the processes that it counts are read so far apart, at least."""

AT_ONCE = 256
"""Processes between two looks at the clock."""

NO_PLOTS: Sequence[Plot] = ()


class Grouping(Protocol):
    """Where control groups are read: `look`, a piece of work at a time, and then `plots`; None where there are none.

    shares: who among them is at work, by the last seconds, whenever it is asked.
    """

    def look(self, at: float) -> Iterator[None]: ...
    def plots(self) -> Sequence[Plot] | None: ...
    def shares(self) -> tuple[GroupShare, ...] | None: ...


class Accounting:
    """Makes the accounts of one host's scans. For one thread only."""

    def __init__(self, ask: Callable[[Seen], Moved | None], own_pid: int, cores: int | None = None) -> None:
        """ask: what a process read and wrote since its start. own_pid: of the sampler, whose kin are loadmon's own."""
        self.account: Account | None = None
        """That the last scan made; None where it is not time for one, or nothing is known."""
        self._cores = cores or os.cpu_count() or 1
        self._io = ProcessIo(ask)
        self._belonging = Belonging(own_pid)
        self._whose: dict[int, Consumer] = {}
        self._owed: dict[str, float] = {}
        self._owed_ms = 0
        self._span = Span()
        self._quarter: int | None = None
        self._last_ms = 0

    def look(
        self,
        at_ms: int,
        before: Pass | None,
        found: Pass,
        lookups: Lookups,
        details: Mapping[int, Details],
        plots: Sequence[Plot] = NO_PLOTS,
    ) -> Iterator[None]:
        """Take in the scan after `before`, that began at `at_ms` by the wall clock; yields after each piece of work."""
        then = before.now if before is not None else {}
        yield from self._io.look(then, found.now, found.used, found.heirs, _told(plots))
        self._belonging.begin(found.now, details, lookups.name)
        plotted, whose = Plotted(plots, found.now), dict[int, Consumer]()
        for number, (pid, seen) in enumerate(found.now.items()):
            mine = self._belonging.of(seen)
            whose[pid], share = plotted.add(seen, mine.consumer, found.used[pid], is_own=mine.is_own)
            self._add(share, seen, found, then.get(pid))
            if number % AT_ONCE == 0:
                yield None
        self._belonging.end()
        machine = _machine(before, found, self._cores, is_late=bool(plots))
        if machine is None or found.span is None:
            self.account = self._made(self._last_ms, 0.0)  # of what was known until the scan before
            self._owed, self._owed_ms = {}, 0
        else:
            self._take(plotted, machine, found, found.span)
            self._count_ended(found)
            self.account = self._made(at_ms, found.lateness) if self._is_time(at_ms) else None
        self._whose = whose
        if self._quarter is None or self._span.covered == 0:
            self._quarter = at_ms // QUARTER_MS
        self._last_ms = at_ms

    def _add(self, share: Share, seen: Seen, found: Pass, was: Seen | None) -> None:
        """Add to its consumer what else is known of one process."""
        pid = seen.pid
        share.held += found.own.get(pid, seen.rss_bytes)
        if pid in self._io.grown:
            share.read = both(share.read, self._io.grown[pid].read)
            share.written = both(share.written, self._io.grown[pid].written)
        elif share.read is None and pid not in self._io.unknown:
            share.read = share.written = 0  # it did nothing
        if (was is None or was.started != seen.started) and found.used[pid].own is not None:
            share.started += 1
        if (seen.state == "D" or found.waits.get(pid)) and found.span:
            share.waiting = found.span

    def _take(self, plotted: Plotted, machine: Machine, found: Pass, seconds: float) -> None:
        """Charge the consumers with what was used since the scan before."""
        shares, self._owed = plotted.charged(
            seconds,
            machine.busy,
            self._owed,
            SKEW_SECONDS + self._cores * found.lateness,
            is_all_seen=not found.is_truncated and not found.hidden(),
        )
        self._span.add(shares, machine, seconds)

    def _count_ended(self, found: Pass) -> None:
        if found.is_truncated:
            return
        for pid in found.heirs:
            if pid in self._whose:
                self._span.end(self._whose[pid])

    def _is_time(self, at_ms: int) -> bool:
        return at_ms // QUARTER_MS != self._quarter or self._span.covered >= LONGEST_SECONDS

    def _made(self, end_ms: int, lateness: float) -> Account | None:
        """The account of the span, that ended then; None where nothing is in it."""
        span, self._span = self._span, Span()
        if span.covered == 0:
            return None
        most_ms = round(1000 * self._cores * (SETTLED_SECONDS + lateness))
        account, self._owed_ms = span.account(end_ms, self._owed_ms, most_ms, self._cores)
        return account


def _told(plots: Sequence[Plot]) -> frozenset[int]:
    """The processes whose I/O is counted by their groups."""
    return frozenset(
        pid
        for plot in plots
        if plot.consumer is not None and plot.read_bytes is not None
        for pid in plot.pids
    )


def _machine(before: Pass | None, found: Pass, cores: int, *, is_late: bool) -> Machine | None:
    """What the machine counted between two scans; None where that is not known."""
    if before is None or found.span is None:
        return None
    earlier, later = _counted(before, is_late=is_late), _counted(found, is_late=is_late)
    most = LATE * cores * found.span
    busy = grown(earlier.busy, later.busy, most)
    return None if busy is None else Machine(busy, grown(earlier.interrupts, later.interrupts, most) or 0.0)


class _Counted(NamedTuple):
    busy: float | None
    interrupts: float | None


def _counted(found: Pass, *, is_late: bool) -> _Counted:
    """What the machine had counted when the groups were read (`is_late`), or in the middle of the look at the processes."""
    last = found.counts_after
    first = last if is_late else found.counts
    return _Counted(
        _middle(first.busy_seconds, last.busy_seconds),
        _middle(first.interrupt_seconds, last.interrupt_seconds),
    )


def _middle(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else (one + other) / 2

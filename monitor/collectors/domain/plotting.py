"""Plotting: what the consumers in one control group used between two looks, by its counters and by its processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

from monitor.collectors.domain.consumers import LOADMON
from monitor.collectors.domain.dividing import divided
from monitor.collectors.domain.plots import Plot
from monitor.collectors.domain.tallies import Share
from monitor.collectors.domain.usage import Seen, Usage
from monitor.metrics.usage import Consumer, Kind

NOWHERE = -1
MOST_LEVELS = 32
TICK_SECONDS = 0.02
"""The times of a process are told in ticks, rounded down at both looks."""


def of_processes(parts: Mapping[Consumer, Share], most: float, slack: float = inf) -> None:
    """Charge each consumer with what its own processes used, where nothing else is known.

    What children used that ended is told when they are waited for, whenever that was, and whoever adopted them: together
    with the living they have used no more than `most`, and the living no more than `slack` beyond it.
    """
    shares = list(parts.values())
    found = divided(most, [(share.own, share.short_lived) for share in shares], slack=slack)
    for share, cpu in zip(shares, found.shares, strict=True):
        share.cpu = cpu


def of_plot(
    plot: Plot,
    parts: dict[Consumer, Share],
    seconds: float,
    *,
    owed: float = 0.0,
    slack: float = 0.0,
    is_all_seen: bool = True,
) -> float:
    """Charge the consumers of a plot, `parts` by its processes, with what its counters tell; what is owed to it from now on.

    Where no counter tells their CPU time it is left to `of_processes`. A plot that is one consumer's is charged to it whole,
    but for what loadmon's own processes in it used; where it holds nothing else it is loadmon's. Of a divided one what
    nobody in it used was used by those that came and went; where not all in it were seen (`is_all_seen`) nobody knows, and
    it is not told.
    """
    home = plot.consumer
    if home is not None and parts and all(one.kind is Kind.LOADMON for one in parts):
        home = LOADMON
    if home is not None:
        _charge_home(plot, home, parts, seconds)
    if plot.cpu_seconds is None:
        return 0.0
    named = [share for consumer, share in parts.items() if consumer != home]
    found = divided(plot.cpu_seconds, [(share.own, share.short_lived) for share in named], owed, slack)
    for share, cpu in zip(named, found.shares, strict=True):
        share.cpu = cpu
    if home is not None or (is_all_seen and found.rest > 0):
        parts.setdefault(home or plot.rest, Share()).cpu += found.rest
    return found.owed


def _charge_home(plot: Plot, home: Consumer, parts: dict[Consumer, Share], seconds: float) -> None:
    """Memory, I/O and waiting of a plot that is one consumer's, as far as the kernel tells them."""
    guests = [share for consumer, share in parts.items() if consumer != home]
    mine = parts.setdefault(home, Share())
    if plot.memory_bytes is not None:
        mine.held = max(0, plot.memory_bytes - sum(share.held for share in guests))
    mine.read = _less(plot.read_bytes, mine.read, [share.read for share in guests])
    mine.written = _less(plot.written_bytes, mine.written, [share.written for share in guests])
    if plot.waiting_seconds is not None:
        mine.waiting = min(seconds, plot.waiting_seconds)


def _less(counted: int | None, seen: int | None, others: list[int | None]) -> int | None:
    """What was counted, less what others had of it; what was seen of its processes where nothing was counted."""
    return seen if counted is None else max(0, counted - sum(each or 0 for each in others))


class Plotted:
    """The processes of one look, each in its plot, until the consumers are charged."""

    def __init__(self, plots: Sequence[Plot], now: Mapping[int, Seen]) -> None:
        self._plots, self._now = plots, now
        self._places = {pid: number for number, plot in enumerate(plots) for pid in plot.pids}
        self._parts: list[dict[int, tuple[Consumer, Share]]] = [{} for _ in range(len(plots) + 1)]
        self._moved = [0] * (len(plots) + 1)
        self._unknown: set[int] = set()

    def add(
        self, seen: Seen, consumer: Consumer, usage: Usage, *, is_own: bool = False
    ) -> tuple[Consumer, Share]:
        """Add the CPU time of one process that is `consumer`'s by itself; whose it is here, and what that one used so far.

        is_own: it is one of loadmon's, whatever group it is in.
        """
        place = self._places.get(seen.pid, NOWHERE)
        if place == NOWHERE and self._plots:
            place = self._inherited(seen)
        home = self._plots[place].consumer if place != NOWHERE else None
        whose = consumer if home is None or is_own else home
        found = self._parts[place].get(id(whose))
        if found is None:
            found = self._parts[place][id(whose)] = (whose, Share())
        share = found[1]
        share.processes += 1
        if usage.own is None:
            self._unknown.add(place)
        elif usage.own or usage.short_lived:
            self._moved[place] += 1
            share.own += usage.own
            share.short_lived += usage.short_lived
        return found

    def charged(
        self, seconds: float, busy: float, owed: Mapping[str, float], skew: float, *, is_all_seen: bool
    ) -> tuple[dict[Consumer, Share], dict[str, float]]:
        """What each consumer used in the `seconds` of this look, and what is owed by the path of each plot from now on.

        busy: CPU seconds of the whole machine. skew: those by which a counter and the processes in it may differ, as they
        are read at other moments.
        """
        found: dict[Consumer, Share] = {}
        owing: dict[str, float] = {}
        uncounted: dict[int, dict[Consumer, Share]] = {}
        left = busy
        for number, plot in enumerate(self._plots):
            parts = self._folded(number)
            due = of_plot(
                plot,
                parts,
                seconds,
                owed=owed.get(plot.path, 0.0),
                slack=skew + TICK_SECONDS * self._moved[number],
                is_all_seen=number not in self._unknown and (is_all_seen or self._sees_all(plot)),
            )
            if due > 0:
                owing[plot.path] = due
            if plot.cpu_seconds is None:
                uncounted[number] = parts
            else:
                left -= sum(share.cpu for share in parts.values())
                fold(found, parts)
        uncounted[NOWHERE] = self._folded(NOWHERE)
        is_counted = len(uncounted) <= len(self._plots)
        for number, parts in uncounted.items():
            # A process in no plot is in a group that is too new to be one: a plot that counts has what it used.
            of_processes(parts, left, skew if is_counted and number == NOWHERE else inf)
            left -= sum(share.cpu for share in parts.values())
            fold(found, parts)
        return found, owing

    def _inherited(self, seen: Seen) -> int:
        """The plot of the nearest ancestor that is in one: of a process that began or ended when the groups were read."""
        at = self._now.get(seen.parent)
        for _ in range(MOST_LEVELS):
            if at is None:
                break
            place = self._places.get(at.pid)
            if place is not None:
                return place
            at = self._now.get(at.parent)
        return NOWHERE

    def _sees_all(self, plot: Plot) -> bool:
        return plot.is_listed and all(pid in self._now for pid in plot.pids)

    def _folded(self, place: int) -> dict[Consumer, Share]:
        parts: dict[Consumer, Share] = {}
        for consumer, share in self._parts[place].values():
            fold(parts, {consumer: share})
        return parts


def fold(into: dict[Consumer, Share], parts: Mapping[Consumer, Share]) -> None:
    """Add what consumers used in one place to what they used elsewhere."""
    for consumer, share in parts.items():
        known = into.get(consumer)
        if known is None:
            into[consumer] = share
        else:
            known.add(share)

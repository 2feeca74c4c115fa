"""Plotting: what each part of a tree of control groups used between two looks, from counters that hold what is below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from monitor.collectors.domain.plots import Plot
from monitor.metrics.usage import Consumer

MOST_DEBT_SECONDS = 1.0
"""Counters are read one after the other: those inside may be ahead by so much, which the next look takes off again."""

Number = TypeVar("Number", int, float)


class Counted(NamedTuple):
    """What a control group has counted, with all below it; None for what it does not tell. memory_bytes: holds now."""

    cpu_seconds: float | None = None
    read_bytes: int | None = None
    written_bytes: int | None = None
    waiting_seconds: float | None = None
    memory_bytes: int | None = None


NOTHING_COUNTED = Counted()


class Group(NamedTuple):
    """One part of the tree at one look.

    above: the place in the list of the part that it lies in, which comes before it; None for the first.
    inode: tells two groups of one path apart. is_whole: all groups in it are in the list. is_listed: as of a Plot.
    """

    path: str
    inode: int
    above: int | None
    consumer: Consumer | None
    rest: Consumer
    counted: Counted = NOTHING_COUNTED
    pids: tuple[int, ...] = ()
    is_whole: bool = True
    is_listed: bool = True


class _Before(NamedTuple):
    """A group at the look before; above: the inode of the one that it lay in."""

    above: int | None
    who: Consumer
    counted: Counted
    is_whole: bool


class Plotting:
    """Makes plots of one look after the other."""

    def __init__(self) -> None:
        self._before: dict[int, _Before] = {}
        self._debts: dict[int, float] = {}

    def plots(self, groups: Sequence[Group]) -> tuple[Plot, ...]:
        """What each used since the look before; nothing is known at the first.

        A group of which it is not known, though it is of the one that it lies in, is left in that, with its processes:
        it may have a past, and was out of sight.
        """
        young = self._young(groups)
        cpu = _within(self._grown(groups, young, lambda counted: counted.cpu_seconds), groups, young)
        seats = _seats(groups, cpu)
        inside = _inside(groups, seats)
        read = self._grown(groups, young, lambda counted: counted.read_bytes)
        written = self._grown(groups, young, lambda counted: counted.written_bytes)
        waiting = self._grown(groups, young, lambda counted: counted.waiting_seconds)
        pids: dict[int, list[int]] = defaultdict(list)
        unlisted = {seats[place] for place, group in enumerate(groups) if not group.is_listed}
        for place, group in enumerate(groups):
            pids[seats[place]] += group.pids
        lost = self._lost(groups)
        debts, self._debts = self._debts, {}
        made = tuple(
            Plot(
                path=group.path,
                consumer=group.consumer,
                rest=group.rest if group.consumer else lost.get(group.inode, group.rest),
                cpu_seconds=self._own_cpu(
                    group.inode, cpu[place], [cpu[each] for each in inside[place]], debts
                ),
                memory_bytes=_held(group, [groups[each] for each in inside[place]]),
                read_bytes=_own(read[place], [read[each] for each in inside[place]]),
                written_bytes=_own(written[place], [written[each] for each in inside[place]]),
                waiting_seconds=waiting[place] if group.consumer else None,
                pids=tuple(pids[place]),
                is_listed=place not in unlisted,
            )
            for place, group in enumerate(groups)
            if seats[place] == place
        )
        self._before = {
            group.inode: _Before(
                None if group.above is None else groups[group.above].inode,
                group.consumer or group.rest,
                group.counted,
                group.is_whole,
            )
            for group in groups
        }
        return made

    def _young(self, groups: Sequence[Group]) -> list[bool]:
        """Which groups were made since the look before: they would have been seen, had they been there."""
        young: list[bool] = []
        for group in groups:
            is_new = group.inode not in self._before and group.above is not None
            if is_new and group.above is not None and not young[group.above]:
                above = self._before.get(groups[group.above].inode)
                is_new = above is not None and above.is_whole
            young.append(is_new)
        return young

    def _grown(
        self, groups: Sequence[Group], young: Sequence[bool], told: Callable[[Counted], Number | None]
    ) -> list[Number | None]:
        """How much a counter of each grew. One that went back began anew, and has all it has since."""
        grown: list[Number | None] = []
        for group, is_young in zip(groups, young, strict=True):
            now, known = told(group.counted), self._before.get(group.inode)
            before = None if known is None else told(known.counted)
            if now is None or is_young or (before is not None and now < before):
                grown.append(now)
            else:
                grown.append(None if before is None else now - before)
        return grown

    def _own_cpu(
        self, inode: int, grown: float | None, inside: Sequence[float | None], debts: Mapping[int, float]
    ) -> float | None:
        if grown is None:
            return None
        own = grown - sum(each for each in inside if each is not None) - debts.get(inode, 0.0)
        if own < 0:
            self._debts[inode] = min(-own, MOST_DEBT_SECONDS)
        return max(0.0, own)

    def _lost(self, groups: Sequence[Group]) -> dict[int, Consumer]:
        """Whose groups went, by the group that has what they used: where all that went are one's."""
        there = {group.inode for group in groups}
        went: dict[int, set[Consumer]] = defaultdict(set)
        for inode, before in self._before.items():
            if inode not in there:
                above = before.above
                while above is not None and above not in there:
                    above = self._before[above].above
                if above is not None:
                    went[above].add(before.who)
        return {inode: next(iter(whose)) for inode, whose in went.items() if len(whose) == 1}


def _within(
    grown: Sequence[float | None], groups: Sequence[Group], young: Sequence[bool]
) -> list[float | None]:
    """No new group can have used more than the one that it lies in."""
    within: list[float | None] = []
    for group, is_young, mine in zip(groups, young, grown, strict=True):
        above = None if group.above is None else within[group.above]
        within.append(min(mine, above) if is_young and mine is not None and above is not None else mine)
    return within


def _seats(groups: Sequence[Group], cpu: Sequence[float | None]) -> list[int]:
    """In which plot each group is: its own, or that of the one that it lies in."""
    seats: list[int] = []
    for place, group in enumerate(groups):
        above = None if group.above is None else seats[group.above]
        is_left = cpu[place] is None and above is not None and cpu[above] is not None
        seats.append(above if is_left and above is not None else place)
    return seats


def _inside(groups: Sequence[Group], seats: Sequence[int]) -> dict[int, list[int]]:
    """The plots that lie in each plot, and in none between."""
    inside: dict[int, list[int]] = defaultdict(list)
    for place, group in enumerate(groups):
        if seats[place] == place and group.above is not None:
            inside[seats[group.above]].append(place)
    return inside


def _own(grown: int | None, inside: Sequence[int | None]) -> int | None:
    """What is left of a counter; None where it is not known of all inside, whose use would be in it."""
    known = [each for each in inside if each is not None]
    return None if grown is None or len(known) < len(inside) else max(0, grown - sum(known))


def _held(group: Group, inside: Sequence[Group]) -> int | None:
    """Memory that is a service's or a container's own; what a divided group holds its processes tell."""
    if group.consumer is None or group.counted.memory_bytes is None:
        return None
    return max(0, group.counted.memory_bytes - sum(each.counted.memory_bytes or 0 for each in inside))

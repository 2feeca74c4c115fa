"""Shares of control groups: percent of a core that each consumer used over the last seconds, from counters read at ticks."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from monitor.metrics.usage import Consumer, GroupShare

WINDOW_SECONDS = 5.0
LONGEST_SECONDS = 15.0
"""What was read longer ago says nothing of now."""

MOST = 6
LEAST_PERCENT = 1.0


class Standing(NamedTuple):
    """A group between two walks: above: the place in the list of the one that it lies in, None for the first."""

    inode: int
    above: int | None
    who: Consumer


class Shares:
    """Remembers what the groups used at the ticks of some seconds; most of them nothing, which costs nothing here."""

    def __init__(self) -> None:
        self._standing: Sequence[Standing] = ()
        self._told: list[bytes | None] = []
        self._read_at: float | None = None
        self._grown: deque[tuple[float, float, dict[int, float]]] = deque()
        self._unread: set[int] = set()

    def stand(self, standing: Sequence[Standing]) -> None:
        """Take in which groups there are from now on."""
        known = {
            group.inode: text
            for group, text in zip(self._standing, self._told, strict=True)
            if text is not None
        }
        self._standing = standing
        self._told = [known.get(group.inode) for group in standing]

    def add(
        self, at: float, told: Sequence[bytes | None], parse: Callable[[bytes], float | None]
    ) -> tuple[GroupShare, ...] | None:
        """Take in the text with the CPU time of each `at` that moment, None for those that were not read.

        The few that used most over the last seconds, heaviest first; None where that is not known yet.
        """
        before, self._told = self._told, list(told)
        self._unread = {place for place, text in enumerate(told) if text is None}
        since, self._read_at = self._read_at, at
        if since is None or not 0 < at - since <= LONGEST_SECONDS:
            self._grown.clear()
            return None
        grown = {}
        for place, (earlier, later) in enumerate(zip(before, told, strict=True)):
            if earlier != later and earlier is not None and later is not None:
                first, last = parse(earlier), parse(later)
                if first is not None and last is not None and last > first:
                    grown[self._standing[place].inode] = last - first
        self._grown.append((since, at, grown))
        while at - self._grown[0][1] >= WINDOW_SECONDS:
            self._grown.popleft()
        return self._heaviest()

    def _heaviest(self) -> tuple[GroupShare, ...]:
        used: dict[int, float] = defaultdict(float)
        for _, _, grown in self._grown:
            for inode, seconds in grown.items():
                used[inode] += seconds
        seconds = sum(end - start for start, end, _ in self._grown)
        by_who: dict[Consumer, float] = defaultdict(float)
        for place, own in self._own(used).items():
            if self._standing[place].above is not None:  # the first is what is in no group
                by_who[self._standing[place].who] += 100.0 * own / seconds
        heavy = sorted(by_who.items(), key=lambda item: -item[1])[:MOST]
        return tuple(
            GroupShare(who.kind, who.name, who.user, round(percent, 1))
            for who, percent in heavy
            if percent >= LEAST_PERCENT
        )

    def _own(self, used: Mapping[int, float]) -> dict[int, float]:
        """By place, what each used without those in it; nothing of one with others in it that were not read."""
        own: dict[int, float] = defaultdict(float)
        for place, group in enumerate(self._standing) if used else ():
            seconds = used.get(group.inode)
            if seconds is not None:
                own[place] += seconds
                if group.above is not None:
                    own[group.above] -= seconds
        for place in self._unread if own else ():
            above = self._standing[place].above
            if above is not None:
                own.pop(above, None)
        return own

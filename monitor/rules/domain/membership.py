"""Membership of one standing alert: which members of a set it is of, and which of those cannot be seen any more.

A maximum or a sum falls when a member vanishes, and that says nothing of the member: until it is seen again it counts
with what it last had.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from monitor.metrics.members import Members

ANNOUNCED_AFTER_SECONDS = 5.0
"""A member that cannot be measured for less than this is not worth a word; it counts all the same."""

MOST = 32
"""Members that are remembered at a time; of those that are gone the least go first."""


class Document(TypedDict):
    """One member as it is stored: what it last had, when it went (ms since the epoch), and whether it is back.

    One that is back stays gone until it was measured for as long as the rule's window reaches. adds_up: it is one of
    those that a sum is of, not of a maximum.
    """

    name: str
    value: float
    gone_at: int | None
    is_back: bool
    adds_up: bool


class _Member:
    """One member: its worst value of the last window in which it was measured, and how long ago that was."""

    __slots__ = ("age", "gone_at_ms", "is_announced", "missing_for", "seen_for", "worst")

    def __init__(self, worst: float) -> None:
        self.worst = worst
        self.age = 0.0
        self.gone_at_ms: int | None = None
        self.missing_for = 0.0
        self.seen_for: float | None = None  # since it came back; None while it is missing
        self.is_announced = False

    def see(self, value: float, covered: float, window: float) -> None:
        """It was measured."""
        if self.gone_at_ms is not None and self.seen_for is None:
            self.seen_for = self.age = 0.0
        else:
            self.age += covered
            self.seen_for = None if self.seen_for is None else self.seen_for + covered
        if value >= self.worst or self.age >= window:
            self.worst, self.age = value, 0.0
        if self.seen_for is not None and self.seen_for >= window:
            self.gone_at_ms = self.seen_for = None
            self.missing_for = 0.0

    def miss(self, at_ms: int, covered: float) -> None:
        """It was not measured."""
        if self.gone_at_ms is None:
            self.gone_at_ms = at_ms
        self.seen_for = None
        self.missing_for += covered


class Membership:
    """The members of what one level of a rule judges, from when its condition first holds until it is resolved."""

    def __init__(self, window: float) -> None:
        self.is_lacking = False
        """Whether a member that was measured once is not."""
        self.adds_up = False
        self._window = window
        self._members: dict[str, _Member] = {}

    def remember(self, documents: Iterable[Document]) -> None:
        """Go on where an earlier process stopped."""
        for one in documents:
            self.adds_up = one["adds_up"]
            member = self._members[one["name"]] = _Member(one["value"])
            member.gone_at_ms = one["gone_at"]
            member.seen_for = 0.0 if one["is_back"] else None
            member.is_announced = one["gone_at"] is not None and not one["is_back"]
        self._count()

    def forget(self) -> None:
        """Nothing stands any more."""
        self._members.clear()
        self.is_lacking = False

    def take(self, at_ms: int, covered: float, members: Members) -> None:
        """Take in what was measured at `at_ms`."""
        self.adds_up = members.adds_up
        for name, value in members.values.items():
            member = self._members.get(name)
            if member is None:
                self._members[name] = _Member(value)
            else:
                member.see(value, covered, self._window)
        for name, member in self._members.items():
            if name not in members.values:
                member.miss(at_ms, covered)
        self._count()

    def with_unseen(self, value: float) -> float:
        """What `value` would be if those that cannot be seen had what they last had."""
        gone = [one.worst for one in self._members.values() if one.gone_at_ms is not None]
        return value + sum(gone) if self.adds_up else max([value, *gone])

    def drop_gone(self, least: float) -> None:
        """Forget those that are gone and had less than `least`."""
        gone = [(one.worst, name) for name, one in self._members.items() if one.gone_at_ms is not None]
        for number, (worst, name) in enumerate(sorted(gone, reverse=True)):
            if worst < least or number >= MOST:
                del self._members[name]
        self._count()

    def news(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The names of those that are gone, and of those that are measured again, since it was last asked."""
        gone, back = [], []
        for name, one in self._members.items():
            is_missing = one.gone_at_ms is not None and one.seen_for is None
            if is_missing and not one.is_announced and one.missing_for >= ANNOUNCED_AFTER_SECONDS:
                one.is_announced = True
                gone.append(name)
            elif one.is_announced and not is_missing:
                one.is_announced = False
                back.append(name)
        return tuple(gone), tuple(back)

    def documents(self, least: float) -> tuple[Document, ...]:
        """Those that had `least` or more, the worst first."""
        found = [
            Document(
                name=name,
                value=round(one.worst, 2),
                gone_at=one.gone_at_ms,
                is_back=one.seen_for is not None,
                adds_up=self.adds_up,
            )
            for name, one in self._members.items()
            if one.worst >= least
        ]
        return tuple(sorted(found, key=lambda one: (-one["value"], one["name"]))[:MOST])

    def _count(self) -> None:
        self.is_lacking = any(one.gone_at_ms is not None for one in self._members.values())

"""Disk I/O of processes: how much each read and wrote since the look before, where a control group does not tell."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from typing import NamedTuple

from monitor.collectors.domain.usage import Seen, Usage
from monitor.collectors.process_source import Moved

CHARGED_SECONDS = 0.02
"""A child that used less CPU may have been charged to its parent without that one's times of children moving."""

AT_ONCE = 8
"""Processes asked between two looks at the clock."""


class _Known(NamedTuple):
    """What one process had when it was asked; None where nobody may know."""

    started: float
    moved: Moved | None


class ProcessIo:
    """I/O of the processes that were seen. Asked are those alone whose CPU time has moved: nobody reads without any.

    grown: by pid, what each did since the look before; unknown: of whom that is not known. Who is in neither did nothing.
    What a child had done when it was last asked is taken from what its parent seems to do when it ends: the kernel adds it
    there.
    """

    def __init__(self, ask: Callable[[Seen], Moved | None]) -> None:
        self.grown: dict[int, Moved] = {}
        self.unknown: set[int] = set()
        self._ask = ask
        self._known: dict[int, _Known] = {}
        self._owed: dict[int, Moved] = {}

    def look(
        self,
        before: Mapping[int, Seen],
        now: Mapping[int, Seen],
        used: Mapping[int, Usage],
        heirs: Mapping[int, int],
        told: Container[int] = frozenset(),
    ) -> Iterator[None]:
        """Take in the processes of one scan but for those of `told`; yields after every few that had to be asked.

        heirs: who is charged with what those did that have ended, by pid.
        Of a process whose CPU time is not known the I/O is not either: it was there before anybody looked.
        """
        self._settle(before, now, heirs)
        known: dict[int, _Known] = {}
        grown: dict[int, Moved] = {}
        unknown: set[int] = set()
        asked = 0
        for pid, seen in now.items():
            if pid in told:
                continue
            was, usage = self._known.get(pid), used[pid]
            if was is not None and was.started == seen.started and (was.moved is None or _is_still(usage)):
                known[pid] = was
                if was.moved is None:
                    unknown.add(pid)
                continue
            moved = self._ask(seen)
            known[pid] = _Known(seen.started, moved)
            if moved is None or usage.own is None:
                unknown.add(pid)
            elif was is None or was.started != seen.started or was.moved is None:
                if pid in before and before[pid].started == seen.started:
                    unknown.add(pid)
                else:
                    grown[pid] = self._less_owed(pid, moved)
            else:
                grown[pid] = self._less_owed(
                    pid, Moved(moved.read - was.moved.read, moved.written - was.moved.written)
                )
            asked += 1
            if asked % AT_ONCE == 0:
                yield None
        self._known, self.grown, self.unknown = known, grown, unknown

    def _settle(self, before: Mapping[int, Seen], now: Mapping[int, Seen], heirs: Mapping[int, int]) -> None:
        """Note what the parents of those that ended are charged with once more."""
        self._owed = {pid: owed for pid, owed in self._owed.items() if pid in now}
        for pid, heir in heirs.items():
            known = self._known.get(pid)
            if known is None or known.moved is None or not _is_charged(before[pid], heir, before, now):
                continue
            owed = self._owed.get(heir, Moved(0, 0))
            self._owed[heir] = Moved(owed.read + known.moved.read, owed.written + known.moved.written)

    def _less_owed(self, pid: int, moved: Moved) -> Moved:
        owed = self._owed.pop(pid, Moved(0, 0))
        return Moved(max(0, moved.read - owed.read), max(0, moved.written - owed.written))


def _is_still(usage: Usage) -> bool:
    return usage.own == 0 and not usage.short_lived and not usage.owed


def _is_charged(ended: Seen, heir: int, before: Mapping[int, Seen], now: Mapping[int, Seen]) -> bool:
    """Whether the heir waited for a process: one that does not care for its children is charged with nothing."""
    was, has = before.get(heir), now.get(heir)
    if was is None or has is None or was.started != has.started:
        return False
    is_little = ended.cpu_seconds + ended.children_seconds < CHARGED_SECONDS
    return is_little or has.children_seconds > was.children_seconds

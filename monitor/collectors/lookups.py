"""Lookups of who a process is and belongs to: made for those that matter first, and kept while it lives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from monitor.collectors.domain.naming import interpreter, may_be_interpreted, named
from monitor.collectors.domain.usage import Seen
from monitor.collectors.process_source import Source
from monitor.metrics.snapshot import Details

MOST_LOOKUPS = 150
"""Processes whose unit and user are looked up in one scan, those that matter first; the others follow in later ones."""

LOOK_AGAIN_SECONDS = 60.0
SHELL = "bash"
WRAPPERS = frozenset({"timeout", "sudo", "su", "doas"})
"""They start what somebody wants to run, and wait: of what is run their name says nothing."""

GONE = ("Z", "X")
"""States of a process that has ended and waits to be fetched."""


class _Known(NamedTuple):
    """What was looked up, of which process, and when by the clock of Seen.

    own: what the process called itself then; it changes when that runs another program. name: None where nobody asked.
    """

    started: float
    at: float
    details: Details
    own: str
    name: str | None


class Lookups:
    """What is known of the processes of one source, by pid."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: dict[int, _Known] = {}

    def look_up(self, chosen: list[Seen], now: Mapping[int, Seen], at: float) -> Iterator[None]:
        """Look at what matters, and at as many others as there is room for; yields after each process."""
        self._known = {
            pid: known
            for pid, known in self._known.items()
            if pid in now and now[pid].started == known.started
        }
        wanted = [*chosen, *_leaders(chosen, now)]
        matters = {seen.pid for seen in wanted}
        first = [seen for seen in wanted if self._is_stale(seen, at)]
        others = [seen for pid, seen in now.items() if pid not in self._known]
        for seen in list({each.pid: each for each in [*first, *others]}.values())[:MOST_LOOKUPS]:
            name = self._named(seen) if seen.pid in matters else None
            self._known[seen.pid] = _Known(seen.started, at, self._source.details(seen), seen.name, name)
            yield None

    def details(self) -> dict[int, Details]:
        """Unit or container and user, of those that were looked up."""
        return {pid: known.details for pid, known in self._known.items()}

    def name(self, seen: Seen) -> str:
        """The name to show: of an interpreter with the script that it runs; of others what they call themselves."""
        known = self._known.get(seen.pid)
        return seen.name if known is None or known.own != seen.name or known.name is None else known.name

    def job(self, seen: Seen, now: Mapping[int, Seen]) -> str:
        """The name of the leader of its process group, where that is another one that lives; "" else.

        A shell without a script is none: it is where somebody works, and says nothing of what is run, like `timeout` and
        `sudo`. Nor is the first process: in a container all belong to its group.
        """
        leader = now.get(seen.group)
        if leader is None or leader.pid in (seen.pid, 1) or leader.state in GONE:
            return ""
        name = self.name(leader)
        is_bare = name == leader.name
        return "" if is_bare and (interpreter(name) == SHELL or name in WRAPPERS) else name

    def _named(self, seen: Seen) -> str:
        if seen.is_kernel or not may_be_interpreted(seen.name):
            return seen.name
        return named(seen.name, self._source.words(seen))

    def _is_stale(self, seen: Seen, at: float) -> bool:
        known = self._known.get(seen.pid)
        if known is None or known.name is None or known.own != seen.name:
            return True
        return at - known.at >= LOOK_AGAIN_SECONDS


def _leaders(chosen: list[Seen], now: Mapping[int, Seen]) -> list[Seen]:
    """The leaders of the process groups of `chosen`, as far as they live."""
    groups = {seen.group for seen in chosen}
    return [now[group] for group in groups if group in now]

"""One pass over the processes as a value: what it has gathered so far, and what that comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import TypeVar

from monitor.collectors.domain.usage import Seen, Usage
from monitor.collectors.process_source import Counts, Loads

NOTHING_COUNTED = Counts()


@dataclass(slots=True)
class Pass:
    """What one scan has gathered so far; `began_at` by the clock of Seen.

    counts: the kernel's, when it began; counts_after, loads: when every process had been seen.
    own: bytes of memory that a process does not share, by pid, where it is told.
    """

    began_at: float
    counts: Counts
    periods: tuple[int, int] | None
    is_truncated: bool = False
    seconds: float | None = None
    now: dict[int, Seen] = field(default_factory=dict)
    counts_after: Counts = NOTHING_COUNTED
    loads: Loads | None = None
    own: Mapping[int, int] = field(default_factory=dict)
    used: Mapping[int, Usage] = field(default_factory=dict)
    owed: Mapping[int, float] = field(default_factory=dict)
    states: dict[int, list[str]] = field(default_factory=dict)
    waits: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def running(self) -> int:
        """Tasks that run or could: by thread where threads were looked at, else by main thread."""
        return sum(each.count("R") for each in self.states.values()) + self._others("R")

    def blocked(self) -> int:
        """Tasks that wait uninterruptibly, counted likewise."""
        return sum(len(places) for places in self.waits.values()) + self._others("D")

    def threads(self) -> int:
        """Of all processes that were seen."""
        return sum(seen.threads for seen in self.now.values())

    def lacking(self) -> int:
        """How many waiting tasks are still to be found, by what the kernel tells.

        It counts those that wait for I/O. Others, such as whoever started a program and waits until it has begun, are
        in the load average alone: what runs and what waits must explain it, or it remembers what is over.
        """
        found = self.blocked()
        for_io = (self.counts_after.blocked or 0) - found
        by_load = int(self.loads.load1 - self.running() - found) if self.loads else 0
        return max(0, for_io, by_load)

    def hidden(self) -> int | None:
        """Tasks of the machine that cannot be seen from here, at least; None where nobody knows.

        A task that the kernel counts, and that was not seen, is one that was made meanwhile, or a hidden one.
        """
        made = grown(self.counts.started, self.counts_after.started)
        if self.is_truncated or self.loads is None or made is None:
            return None
        return max(0, self.loads.tasks - self.threads() - made)

    def _others(self, state: str) -> int:
        return sum(seen.state == state for pid, seen in self.now.items() if pid not in self.states)


Count = TypeVar("Count", int, float)


def grown(before: Count | None, after: Count | None, most: float = inf) -> Count | None:
    """How much a count has grown; None where it is unknown, went back, or grew by more than `most`."""
    return None if before is None or after is None or not 0 <= after - before <= most else after - before

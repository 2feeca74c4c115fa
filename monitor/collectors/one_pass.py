"""One pass over the processes as a value: what it has gathered so far, and what that comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import TypeVar

from monitor.collectors.domain.usage import Seen, Usage
from monitor.collectors.process_source import Counts, Loads

NOTHING_COUNTED = Counts()
LONGEST_STEP_SECONDS = 60.0
"""Two scans further apart are a gap: what was used meanwhile says nothing of a moment."""

LONGEST_SPAN_SECONDS = 300.0
"""The same for accounts, which tell of minutes: where scans are dear they are far apart."""

ASLEEP_SECONDS = 1.0


@dataclass(slots=True)
class Pass:
    """What one scan has gathered so far; `began_at` and `read_at`, when all was read that counts, by the clock of Seen.

    seconds: since the scan before, None for the first one and after a gap. span: the same for the accounts, which know
    longer ones; None where the machine slept meanwhile, by what it had `slept` since boot.

    counts: the kernel's, when it began; counts_after, loads: when every process had been seen. heirs: of whoever has ended
    since the pass before, by pid.
    own: bytes of memory that a process does not share, by pid, where it is told.
    """

    began_at: float
    counts: Counts
    periods: tuple[int, int] | None
    slept: float = 0.0
    is_truncated: bool = False
    read_at: float = -inf
    span: float | None = None
    seconds: float | None = None
    now: dict[int, Seen] = field(default_factory=dict)
    counts_after: Counts = NOTHING_COUNTED
    loads: Loads | None = None
    own: Mapping[int, int] = field(default_factory=dict)
    heirs: Mapping[int, int] = field(default_factory=dict)
    used: Mapping[int, Usage] = field(default_factory=dict)
    owed: Mapping[int, float] = field(default_factory=dict)
    states: dict[int, list[str]] = field(default_factory=dict)
    waits: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def follow(self, before: Pass | None) -> None:
        """Tell how long after the pass before this one is."""
        step = 0.0 if before is None else self.began_at - before.began_at
        is_awake = before is not None and abs(self.slept - before.slept) < ASLEEP_SECONDS
        self.seconds = step if 0 < step <= LONGEST_STEP_SECONDS else None
        self.span = step if is_awake and 0 < step <= LONGEST_SPAN_SECONDS else None

    @property
    def lateness(self) -> float:
        """For how many seconds processes were read."""
        return max(0.0, self.read_at - self.began_at)

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

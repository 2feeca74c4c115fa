"""Listing of culprits: the rows of evidence as lists show them, with what is no process in sight but has its part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from monitor.diagnosis import culprits, sight, words
from monitor.diagnosis.cause import Blamed, cause
from monitor.diagnosis.culprits import NAMED_PERCENT, Culprit, Waiting
from monitor.diagnosis.evidence import Evidence, Row
from monitor.diagnosis.sentence import UNBLAMED
from monitor.metrics.catalogue import family_of


@dataclass(frozen=True, slots=True)
class Listing:
    """The lists of one evidence. LEAST_PERCENT: of one core, for who came and went to be listed."""

    evidence: Evidence

    STARTED: ClassVar[str] = "started by {}"
    AGAIN: ClassVar[str] = "gone again"
    GONE: ClassVar[str] = "gone now"
    LEAST_PERCENT: ClassVar[float] = NAMED_PERCENT

    @property
    def by_cpu(self) -> tuple[Row, ...]:
        """The busiest processes, and those that came and went, told by who started them: its pid, their CPU time."""
        started = [
            replace(one, name=f"{self.STARTED.format(one.name)}, {self.AGAIN}")
            for one in self.evidence.short_lived.by
            if (one.cpu_percent or 0.0) >= self.LEAST_PERCENT
        ]
        return tuple(sorted([*self.evidence.by_cpu, *started], key=lambda row: -(row.cpu_percent or 0.0)))

    @property
    def by_memory(self) -> tuple[Row, ...]:
        """The largest processes, and what else holds a notable part of the memory in use."""
        rows = [*self.evidence.by_memory, *self.holders]
        return tuple(sorted(rows, key=lambda row: -(row.held_bytes or 0.0)))

    @property
    def holders(self) -> tuple[Row, ...]:
        """What holds a notable part of the memory in use and is no process; none where that is not known."""
        found = words.holders(self.evidence)
        return tuple(Row(name=name.removeprefix("the "), rss_bytes=amount) for name, amount in found)

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """Who waits in uninterruptible sleep, those of one name and place together."""
        return culprits.waiting(self.evidence)

    @property
    def unseen(self) -> str:
        """ "who uses the CPU cannot be seen from here (hidepid)"; "" where those in sight explain what is used."""
        return sight.unseen(self.evidence).replace("who uses it", "who uses the CPU", 1)

    def blamed(self, metric: str) -> tuple[Culprit, ...]:
        """Who keeps the machine busy, processes that belong together as one; the metric is that of an alert.

        Nobody where that is CPU time and those in sight explain too little of it: the worst of them may be none of it.
        Memory that no process holds is among them, told of none.
        """
        found = culprits.culprits(self.evidence, metric)
        if cause(self.evidence, metric).blamed is not Blamed.LARGEST:
            return () if sight.unseen(self.evidence) else found
        if sight.unseen_memory(self.evidence):
            return ()
        holders = [Culprit(row.name, 0, None, row.rss_bytes) for row in self.holders]
        return tuple(sorted([*found, *holders], key=lambda one: -(one.held_bytes or 0.0)))

    def accused(self, metric: str) -> tuple[Row, ...]:
        """The processes that keep the machine busy by what an alert on `metric` is about: one row each, unit and user known.

        Who waits, where the cause is what they wait for; of who came and went who started them; nobody where processes have
        no part in it. What is no process has a name alone.
        """
        if family_of(metric) in UNBLAMED:
            return ()
        if cause(self.evidence, metric).blamed is Blamed.WAITING:
            return self.evidence.blocked
        rows = [*self.evidence.by_cpu, *self.evidence.by_memory, *self.evidence.short_lived.by]
        by_pid = {row.pid: row for row in reversed(rows) if row.pid is not None}
        blamed = self.blamed(metric)
        found = {pid: by_pid[pid] for one in blamed for pid in one.pids if pid in by_pid}
        return (*found.values(), *(Row(name=one.name) for one in blamed if not one.pids))

    @property
    def hidden(self) -> str:
        """ "185 tasks cannot be seen from here (hidepid)"; "" where none is known to be hidden."""
        count, reason = self.evidence.hidden_tasks, self.evidence.hidden_reason
        if count == 0 or (count is None and not reason):
            return ""
        tasks = "1 task" if count == 1 else f"{'some' if count is None else count} tasks"
        return f"{tasks} cannot be seen from here" + (f" ({reason})" if reason else "")

"""Listing of culprits: the rows of evidence as lists show them, with what is no process in sight but has its part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from monitor.diagnosis.culprits import NAMED_PERCENT
from monitor.diagnosis.evidence import Evidence, Row

NOTABLE_SHARE = 0.1
"""Of the memory in use: what holds less and is no process is not listed."""

HOLDERS = {
    "shared_bytes": "tmpfs and shared memory",
    "page_tables_bytes": "page tables",
    "slab_bytes": "kernel (slab)",
    "huge_pages_bytes": "huge pages",
    "zfs_bytes": "ZFS cache",
}
"""What holds memory beside processes, by its field in evidence."""


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
        return tuple(sorted(rows, key=lambda row: -(row.rss_bytes or 0.0)))

    @property
    def holders(self) -> tuple[Row, ...]:
        """What holds a notable part of the memory in use and is no process; none where that is not known."""
        memory = self.evidence.memory
        notable = NOTABLE_SHARE * (memory.used_bytes or 0.0)
        amounts = {name: getattr(memory, field) for field, name in HOLDERS.items()}
        return tuple(
            Row(name=name, rss_bytes=amount)
            for name, amount in amounts.items()
            if amount and amount >= notable > 0
        )

    @property
    def hidden(self) -> str:
        """ "185 tasks cannot be seen from here (hidepid)"; "" where none is known to be hidden."""
        count, reason = self.evidence.hidden_tasks, self.evidence.hidden_reason
        if count == 0 or (count is None and not reason):
            return ""
        tasks = "1 task" if count == 1 else f"{'some' if count is None else count} tasks"
        return f"{tasks} cannot be seen from here" + (f" ({reason})" if reason else "")

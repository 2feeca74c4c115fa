"""Listing of culprits: the rows of evidence as lists show them, with what is no process in sight but has its part."""

from __future__ import annotations

from dataclasses import replace

from monitor.diagnosis.culprits import NAMED_PERCENT
from monitor.diagnosis.evidence import Evidence, Row

STARTED = "started by {}"
AGAIN = "gone again"
GONE = "gone now"
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


def by_cpu(evidence: Evidence) -> tuple[Row, ...]:
    """The busiest processes, and those that came and went, told by who started them: its pid, their CPU time."""
    started = [
        replace(one, name=f"{STARTED.format(one.name)}, {AGAIN}")
        for one in evidence.short_lived.by
        if (one.cpu_percent or 0.0) >= NAMED_PERCENT
    ]
    return tuple(sorted([*evidence.by_cpu, *started], key=lambda row: -(row.cpu_percent or 0.0)))


def by_memory(evidence: Evidence) -> tuple[Row, ...]:
    """The largest processes, and what else holds a notable part of the memory in use."""
    return tuple(sorted([*evidence.by_memory, *holders(evidence)], key=lambda row: -(row.rss_bytes or 0.0)))


def holders(evidence: Evidence) -> tuple[Row, ...]:
    """What holds a notable part of the memory in use and is no process; none where that is not known."""
    notable = NOTABLE_SHARE * (evidence.memory.used_bytes or 0.0)
    amounts = {name: getattr(evidence.memory, field) for field, name in HOLDERS.items()}
    return tuple(
        Row(name=name, rss_bytes=amount)
        for name, amount in amounts.items()
        if amount and amount >= notable > 0
    )

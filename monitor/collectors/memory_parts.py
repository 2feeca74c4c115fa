"""Parts of memory by what holds them: processes, tmpfs and shared memory, page tables, the kernel, huge pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from monitor.collectors.domain.usage import Seen
from monitor.collectors.memory import KIBIBYTE, amounts
from monitor.metrics.snapshot import MemoryParts

WANTED = re.compile(
    r"^(MemTotal|Shmem|PageTables|SecPageTables|SUnreclaim|Hugetlb|HugePages_Total|Hugepagesize): +(\d+)(?: kB)?$",
    re.ASCII | re.MULTILINE,
)
CHANGED_BYTES = 1 << 20
"""A process whose resident set has changed by less is not asked anew."""


def parse_parts(text: str) -> MemoryParts:
    """The text of /proc/meminfo; None for what it does not tell. Hugetlb: huge pages of all sizes, from Linux 4.20."""
    told = amounts(text, WANTED)
    tables = [told[name] for name in ("PageTables", "SecPageTables") if name in told]
    return MemoryParts(
        total=told.get("MemTotal"),
        shared=told.get("Shmem"),
        page_tables=sum(tables) if tables else None,
        slab=told.get("SUnreclaim"),
        huge_pages=told.get("Hugetlb", _huge_pages(told)),
    )


def parse_private(text: str, page_bytes: int) -> int | None:
    """Resident bytes of one process that are its own, from the text of /proc/PID/statm; None for what is none."""
    words = text.split()
    if len(words) < 3 or not (words[1].isdecimal() and words[2].isdecimal()):
        return None
    return max(0, int(words[1]) - int(words[2])) * page_bytes


class _Known(NamedTuple):
    """What one process had when it was asked."""

    started: float
    rss_bytes: int
    private_bytes: int


class PrivateMemory:
    """Memory of the processes that were seen, without what they share: a sum of resident sets counts that many times.

    A process is asked again when its resident set has changed by 1 MiB; a smaller change counts as its own.
    """

    def __init__(self, ask: Callable[[Seen], int | None]) -> None:
        self._ask = ask
        self._known: dict[int, _Known] = {}

    def look(self, now: Mapping[int, Seen]) -> Iterator[None]:
        """Take in the processes of one scan; yields after each one that had to be asked."""
        known, self._known = self._known, {}
        for pid, seen in now.items():
            before = known.get(pid)
            if before is not None and before.started == seen.started and _is_like(before, seen):
                self._known[pid] = before
            elif seen.rss_bytes > 0:
                private = self._ask(seen)
                if private is not None:
                    self._known[pid] = _Known(seen.started, seen.rss_bytes, private)
                yield None

    def own(self, now: Mapping[int, Seen]) -> dict[int, int]:
        """Bytes of each process of that scan, by pid, as far as they can be asked."""
        return {
            pid: max(0, known.private_bytes + now[pid].rss_bytes - known.rss_bytes)
            for pid, known in self._known.items()
        }


def _is_like(before: _Known, seen: Seen) -> bool:
    return abs(before.rss_bytes - seen.rss_bytes) < CHANGED_BYTES


def _huge_pages(told: Mapping[str, int]) -> int | None:
    """Of the usual size; their number has no unit, so it was multiplied like one of KiB."""
    if "HugePages_Total" not in told or "Hugepagesize" not in told:
        return None
    return told["HugePages_Total"] // KIBIBYTE * told["Hugepagesize"]

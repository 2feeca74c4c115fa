"""Limits of memory of the container that the sampler runs in, and what is used of them, from its control groups."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from monitor.collectors import cgroups, procfile
from monitor.collectors.domain.memory import Limit
from monitor.collectors.host import LINUX

LOOK_AGAIN_SECONDS = 60.0
NO_LIMIT = 2**62
"""The first generation tells the largest number of pages where there is no limit."""

STAT = re.compile(
    r"^((?:total_)?(?:in)?active_file|slab_reclaimable|hierarchical_memory_limit) (\d+)$",
    re.ASCII | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class _Files:
    """The files of one control group."""

    most: str
    used: str
    stat: str


class MemoryLimits:
    """Call it: the limits that hold now, of the container and of what is above it as far as that is in sight.

    Which control groups have one is looked up at most once a minute; what is used of those is read each time.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._limited: list[_Files] = []
        self._looked_at: float | None = None

    def __call__(self) -> list[Limit]:
        """Raises nothing: what cannot be read is no limit."""
        if not LINUX:
            return []
        now = self._clock()
        if self._looked_at is None or now - self._looked_at >= LOOK_AGAIN_SECONDS:
            self._limited = [files for files in _places() if _limit(files) is not None]
            self._looked_at = now
        return [limit for files in self._limited if (limit := _limit(files)) is not None]


def parse_limit(most: str, used: str, stat: str) -> Limit | None:
    """The texts of memory.max, memory.current and memory.stat, or of their elders; None where there is no limit."""
    told = {name: int(count) for name, count in STAT.findall(stat)}
    limits = [
        int(each)
        for each in (most.strip(), str(told.get("hierarchical_memory_limit", "")))
        if each.isdecimal()
    ]
    least = min((each for each in limits if 0 < each < NO_LIMIT), default=None)
    if least is None or not used.strip().isdecimal():
        return None
    files = sum(told.get(f"total_{name}", told.get(name, 0)) for name in ("active_file", "inactive_file"))
    return Limit(least, int(used), files + told.get("slab_reclaimable", 0))


def _limit(files: _Files) -> Limit | None:
    return parse_limit(procfile.text(files.most), procfile.text(files.used), procfile.text(files.stat))


def _places() -> list[_Files]:
    unified, old = cgroups.limiting("memory")
    return [
        *(_Files(f"{each}/memory.max", f"{each}/memory.current", f"{each}/memory.stat") for each in unified),
        *(
            _Files(f"{each}/memory.limit_in_bytes", f"{each}/memory.usage_in_bytes", f"{each}/memory.stat")
            for each in old
        ),
    ]

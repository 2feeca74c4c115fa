"""CPU throttling: how often the CPU quota of the container that the sampler runs in was used up, from cpu.stat."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from monitor.collectors import cgroups, procfile
from monitor.collectors.host import LINUX

LOOK_AGAIN_SECONDS = 60.0
WANTED = re.compile(r"^nr_(periods|throttled) (\d+)$", re.ASCII | re.MULTILINE)


class Throttling:
    """Call it: (periods, those in which the quota was used up) since the control group was made; None without a quota.

    Of several quotas above one another the one that throttled most often counts. Which there are is looked up at most
    once a minute: it seldom changes, and costs as much as a scan of many processes.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._places: list[str] = []
        self._looked_at: float | None = None

    def __call__(self) -> tuple[int, int] | None:
        """Raises nothing: what cannot be read is no quota."""
        now = self._clock()
        if LINUX and (self._looked_at is None or now - self._looked_at >= LOOK_AGAIN_SECONDS):
            self._places = [each for each in _places() if parse_cpu_stat(procfile.text(each)) is not None]
            self._looked_at = now
        counts = [
            count for each in self._places if (count := parse_cpu_stat(procfile.text(each))) is not None
        ]
        return max(counts, key=lambda count: count[1], default=None)


def parse_cpu_stat(text: str) -> tuple[int, int] | None:
    """(periods, throttled ones) from the text of cpu.stat; None where no period has a quota."""
    counts = {name: int(count) for name, count in WANTED.findall(text)}
    if len(counts) < 2 or not counts["periods"]:
        return None
    return counts["periods"], counts["throttled"]


def throttled_percent(before: tuple[int, int] | None, after: tuple[int, int] | None) -> float | None:
    """Percent of the periods between two readings in which the quota was used up; None without a quota or a period."""
    if before is None or after is None:
        return None
    periods, throttled = after[0] - before[0], after[1] - before[1]
    return 100.0 * throttled / periods if periods > 0 and 0 <= throttled <= periods else None


def _places() -> list[str]:
    """The files that count periods, of the control groups whose quota is that of the machine."""
    unified, old = cgroups.limiting("cpu")
    return [f"{directory}/cpu.stat" for directory in (*unified, *old)]

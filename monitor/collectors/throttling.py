"""How often the CPU quota of the sampler's own control group was used up, from cpu.stat."""

from __future__ import annotations

import re

from monitor.collectors.cores import CGROUP, MOUNTS, directories, parse_cgroup, parse_mounts
from monitor.collectors.host import LINUX

WANTED = re.compile(r"^nr_(periods|throttled) (\d+)$", re.ASCII | re.MULTILINE)


def throttled_periods() -> tuple[int, int] | None:
    """(periods, those in which the quota was used up) since the control group was made; None without a quota.

    Of several quotas above one another the one that throttled most often counts.
    """
    if not LINUX:
        return None
    paths, mounts = parse_cgroup(_text(CGROUP)), parse_mounts(_text(MOUNTS))
    places = [each for path, mount in zip(paths, mounts, strict=True) for each in directories(path, mount)]
    counts = [count for each in places if (count := parse_cpu_stat(_text(f"{each}/cpu.stat"))) is not None]
    return max(counts, key=lambda count: count[1], default=None)


def parse_cpu_stat(text: str) -> tuple[int, int] | None:
    """(periods, throttled ones) from the text of cpu.stat; None where no period has a quota."""
    counts = {name: int(count) for name, count in WANTED.findall(text)}
    if len(counts) < 2 or not counts["periods"]:
        return None
    return counts["periods"], counts["throttled"]


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""

"""ZFS's cache (ARC): how much of it can be given back, from arcstats; the kernel counts all of it as used."""

from __future__ import annotations

import re

ARCSTATS = "/proc/spl/kstat/zfs/arcstats"
WANTED = re.compile(r"^(size|c_min) +\d+ +(\d+)$", re.ASCII | re.MULTILINE)


def parse_arcstats(text: str) -> int | None:
    """Bytes that the cache holds beyond its least size, never negative; None where the text does not tell."""
    told = {name: int(count) for name, count in WANTED.findall(text)}
    if "size" not in told or "c_min" not in told:
        return None
    return max(0, told["size"] - told["c_min"])

"""ZFS's cache (ARC): what it keeps, and what can be given back, from arcstats; the kernel counts all of it as used."""

from __future__ import annotations

import re
from typing import NamedTuple

ARCSTATS = "/proc/spl/kstat/zfs/arcstats"
WANTED = re.compile(r"^(size|c_min) +\d+ +(\d+)$", re.ASCII | re.MULTILINE)


class Cache(NamedTuple):
    """Bytes of the cache: what it keeps, up to its least size, and what it holds beyond that."""

    kept: int
    beyond: int


def parse_arcstats(text: str) -> Cache | None:
    """None where the text does not tell."""
    told = {name: int(count) for name, count in WANTED.findall(text)}
    if "size" not in told or "c_min" not in told:
        return None
    kept = min(told["size"], told["c_min"])
    return Cache(kept, told["size"] - kept)

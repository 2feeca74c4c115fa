"""Parts of a machine, file systems, disks and interfaces: what each holds and moves, as whole numbers that merge exactly.

What several spans of one part come to is the sum of their sums and the highest of their highest, in any order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from monitor.metrics import merging


class Kind(StrEnum):
    """What a part is."""

    FILE_SYSTEM = "file_system"
    DISK = "disk"
    INTERFACE = "interface"


class Part(NamedTuple):
    """One part of a machine: where a file system is mounted, or the kernel's name of a disk or an interface."""

    kind: Kind
    name: str


class PartNow(NamedTuple):
    """What one reading told of a part; None for what its kind has not, or nobody knows.

    used_kib, size_kib: of what ordinary users can have. inodes_permyriad: in use, None without a fixed number of them.
    in_per_second, out_per_second: bytes read from a disk and written to it, or received and sent by an interface.
    busy_permille: of the time, that a disk had something to do.
    """

    used_kib: float | None = None
    size_kib: float | None = None
    inodes_permyriad: float | None = None
    in_per_second: float | None = None
    out_per_second: float | None = None
    busy_permille: float | None = None


class PartUsed(NamedTuple):
    """What one part held and moved in one span of time.

    seen_ms: for how long it was measured. used_kib_s, size_kib_s, inodes_permyriad_s: what a file system held, times the
    seconds for which it did. in_bytes, out_bytes: read and written, or received and sent; in_highest, out_highest: the most
    a second between two readings. busy_ms: for how long a disk had something to do.
    """

    seen_ms: int = 0
    used_kib_s: int | None = None
    size_kib_s: int | None = None
    used_highest_kib: int | None = None
    inodes_permyriad_s: int | None = None
    inodes_highest_permyriad: int | None = None
    in_bytes: int | None = None
    out_bytes: int | None = None
    in_highest: int | None = None
    out_highest: int | None = None
    busy_ms: int | None = None


class PartAccount(NamedTuple):
    """What a part held and moved up to the end of one minute, told as minutes since the epoch.

    Where it was measured for longer than a minute nothing moved in the minutes before, which it speaks for as well.
    """

    minute: int
    part: Part
    used: PartUsed


UNSEEN = PartUsed()
HIGHEST = frozenset({"used_highest_kib", "inodes_highest_permyriad", "in_highest", "out_highest"})
"""Of these fields the highest counts when spans merge; all others add up."""

KINDS: Mapping[str, Kind] = {
    "disk_fullest_percent": Kind.FILE_SYSTEM,
    "disk_read_bytes_per_second": Kind.DISK,
    "disk_write_bytes_per_second": Kind.DISK,
    "network_received_bytes_per_second": Kind.INTERFACE,
    "network_sent_bytes_per_second": Kind.INTERFACE,
}
"""What the members of a metric over a set are, where they have a past of their own."""

COMES_AND_GOES = re.compile(
    r"(?P<stem>(?:veth|vnet|tap|tun|cali|lxc|vif|ifb|ppp|fwpr|fwln|fwbr|br-|wg|enx))(?=\S*\d)\S+$|"
    r"(?P<virtual>veth|cali|lxc|br-)[0-9a-f]{6,}$"
)
"""Interfaces that are made anew with each guest, tunnel or stick, under another number."""

OF_CHANCE = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![0-9A-Za-z])[0-9A-F]{4}-[0-9A-F]{4}(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])(?=[0-9a-f]*\d)[0-9a-f]{8,}(?![0-9A-Za-z])",
    re.IGNORECASE,
)
"""What of a path is another one each time: a UUID, the serial number of a FAT, a long number."""


@lru_cache(1024)
def stable(part: Part) -> Part:
    """The part under what stays the same of its name, "*" for the rest: what comes and goes fills no dictionary."""
    name = part.name
    if part.kind is Kind.INTERFACE and (found := COMES_AND_GOES.match(name)):
        return Part(part.kind, f"{found['stem'] or found['virtual']}*")
    return Part(part.kind, OF_CHANCE.sub("*", name)) if part.kind is Kind.FILE_SYSTEM else part


def part_of(metric: str, member: str) -> Part | None:
    """The part that a member of a metric is, as it is kept; None where such members have no past of their own."""
    kind = KINDS.get(metric)
    return None if kind is None else stable(Part(kind, member))


def merged(rows: Iterable[PartUsed]) -> PartUsed:
    """What disjoint spans of one part come to."""
    found = list(rows)
    return PartUsed._make(merging.merged(found, PartUsed._fields, HIGHEST)) if found else UNSEEN

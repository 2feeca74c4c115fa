"""Holdings of the made-up machine: what its file systems held, and what its disks and interfaces moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.demo.machine import FACTORS, file_systems
from monitor.demo.rhythm import Load
from monitor.history.domain.tiers import Row
from monitor.metrics.catalogue import NAMES
from monitor.metrics.parts import Kind, Part, PartUsed, merged
from monitor.usage.domain.tiers import MINUTE, MINUTE_MS, QUARTER

SIZES_KIB = {"/": 60 * 2**20, "/srv": 240 * 2**20}
INODES_PERMYRIAD = {"/": 812, "/srv": 95}
DISKS = ("vda", "vdb")
INTERFACES = ("eth0", "wg0")
TUNNELLED = 0.08
RECORDED = 2.2e5
"""Bytes a second that fill the file system on the second disk."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What each part held and moved in one bucket; start: minutes since the epoch."""

    tier: int
    start: int
    parts: Mapping[Part, PartUsed]

    @property
    def rows(self) -> list[tuple[int, int, Part, PartUsed]]:
        """As they are stored."""
        return [(self.tier, self.start, part, used) for part, used in self.parts.items()]


def piece(begin_ms: int, row: Row, load: Load) -> Holding:
    """What was measured in one minute, or in some that begin with it, divided among the parts.

    File systems are told each quarter of an hour, and speak for all of it.
    """
    start = begin_ms // MINUTE_MS
    found: dict[Part, PartUsed] = {}
    if start % QUARTER == 0:
        found |= {
            Part(Kind.FILE_SYSTEM, path): _held(path, share) for path, share in file_systems(load).items()
        }
    covered_ms = 0 if (cpu := row[NAMES.index("cpu_percent")]) is None else cpu.weight
    if covered_ms:
        found |= _moved(
            Kind.DISK, DISKS, row, _recorded(row, load), covered_ms, min(0.9, 0.02 + 0.6 * load.dump)
        )
        found |= _moved(Kind.INTERFACE, INTERFACES, row, (TUNNELLED, TUNNELLED), covered_ms, None)
    return Holding(MINUTE, start, found)


def together(tier: int, start: int, pieces: Sequence[Holding]) -> Holding:
    """Disjoint pieces of time as one bucket of a tier."""
    rows: dict[Part, list[PartUsed]] = defaultdict(list)
    for one in pieces:
        for part, used in one.parts.items():
            rows[part].append(used)
    return Holding(tier, start, {part: merged(used) for part, used in rows.items()})


def _held(path: str, percent: float) -> PartUsed:
    seconds, size = QUARTER * 60, SIZES_KIB[path]
    used = round(size * percent / 100)
    inodes = INODES_PERMYRIAD[path]
    return PartUsed(
        seen_ms=1000 * seconds,
        used_kib_s=used * seconds,
        size_kib_s=size * seconds,
        used_highest_kib=used,
        inodes_permyriad_s=inodes * seconds,
        inodes_highest_permyriad=inodes,
    )


def _recorded(row: Row, load: Load) -> tuple[float, float]:
    """The share of the second disk in all that is read, and in all that is written."""
    written = row[PLACES[Kind.DISK][1]]
    mean = written.mean / FACTORS[PLACES[Kind.DISK][1]] if written else 0.0
    return 0.1, min(1.0, RECORDED * load.filling / mean) if mean else 0.0


def _moved(
    kind: Kind, names: Sequence[str], row: Row, shares: Sequence[float], covered_ms: int, busy: float | None
) -> dict[Part, PartUsed]:
    """What two parts moved: the second one its shares of what comes in and goes out, the first all the rest."""
    sums = [_bytes(row, at) for at in PLACES[kind]]
    second = [round(total * share) for (total, _), share in zip(sums, shares, strict=True)]
    found = {}
    for name, part, of_all in zip(names, (False, True), (1.0, 0.3), strict=True):
        into, out = (moved if part else total - moved for (total, _), moved in zip(sums, second, strict=True))
        highest = [
            round(high * (share if part else 1 - share))
            for (_, high), share in zip(sums, shares, strict=True)
        ]
        found[Part(kind, name)] = PartUsed(
            seen_ms=covered_ms,
            in_bytes=into,
            out_bytes=out,
            in_highest=highest[0],
            out_highest=highest[1],
            busy_ms=None if busy is None else round(covered_ms * busy * of_all),
        )
    return found


def _bytes(row: Row, at: int) -> tuple[int, float]:
    """All bytes of a metric in the time that a row speaks for, and the most a second."""
    found = row[at]
    return (0, 0.0) if found is None else (round(found.total / FACTORS[at] / 1000), found.high / FACTORS[at])


PLACES = {
    Kind.DISK: (NAMES.index("disk_read_bytes_per_second"), NAMES.index("disk_write_bytes_per_second")),
    Kind.INTERFACE: (
        NAMES.index("network_received_bytes_per_second"),
        NAMES.index("network_sent_bytes_per_second"),
    ),
}

"""Accounts of the made-up machine: what it measured in a piece of time, divided among its consumers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from monitor.demo.consumers import EVERY, OTHERS, Made, amounts
from monitor.demo.machine import FACTORS, Chance
from monitor.demo.rhythm import CORES, Load
from monitor.history.domain.tiers import Row
from monitor.metrics.catalogue import NAMES
from monitor.metrics.usage import NOTHING, Consumer, Used, merged
from monitor.usage.domain.tiers import MINUTE, MINUTE_MS, Bucket

UNSEEN = 0.03
"""About so much of the CPU nobody was seen to use."""

CPU, READ, WRITTEN = map(
    NAMES.index, ("cpu_percent", "disk_read_bytes_per_second", "disk_write_bytes_per_second")
)


def piece(begin_ms: int, row: Row, load: Load, chance: Chance) -> Bucket:
    """What was measured in one minute, or in some that begin with it, divided among those for whom `load` was done.

    Its CPU is that of the history.
    """
    covered_ms = 0 if (cpu := row[CPU]) is None else cpu.weight
    machine_ms = round(_total(row, CPU) * CORES / 100)
    read_kib, written_kib = (round(_total(row, at) / 1000 / 1024) for at in (READ, WRITTEN))
    not_seen_ms = round(machine_ms * UNSEEN * 2 * chance())
    columns = [
        divided(machine_ms - not_seen_ms, [one * (0.85 + 0.3 * chance()) for one in amounts("cpu", load)]),
        divided(read_kib, amounts("reads", load)),
        divided(written_kib, amounts("writes", load)),
        [round(1024 * one) for one in amounts("memory", load)],
    ]
    used: dict[Consumer, Used] = {}
    others = NOTHING
    rows = zip(EVERY, *columns, amounts("waits", load), amounts("comings", load), strict=True)
    for one, cpu_ms, read, written, mib, waits, comes in rows:
        if not (cpu_ms or read or written or mib):
            continue
        told = _used(one, covered_ms, cpu_ms, read, written, mib, waits, comes, chance)
        if one is OTHERS:
            others = told
        else:
            used[one.consumer] = told
    return Bucket(MINUTE, begin_ms // MINUTE_MS, covered_ms, machine_ms, not_seen_ms, used, others)


def together(tier: int, start: int, pieces: Sequence[Bucket]) -> Bucket:
    """Disjoint pieces of time as one bucket of a tier."""
    rows: dict[Consumer, list[Used]] = defaultdict(list)
    for one in pieces:
        for consumer, used in one.used.items():
            rows[consumer].append(used)
    return Bucket(
        tier,
        start,
        sum(one.covered_ms for one in pieces),
        sum(one.machine_cpu_ms for one in pieces),
        sum(one.not_seen_ms for one in pieces),
        {consumer: merged(used) for consumer, used in rows.items()},
        merged(one.others for one in pieces),
    )


def divided(total: int, weights: Sequence[float]) -> list[int]:
    """`total` in whole parts by their weights; the last one gets what is left."""
    share = total / (sum(weights) or 1.0)
    parts = [int(weight * share) for weight in weights]
    parts[-1] += total - sum(parts)
    return parts


def _total(row: Row, at: int) -> float:
    """The value of a metric times the ms for which it held."""
    found = row[at]
    return 0.0 if found is None else found.total / FACTORS[at]


def _used(
    one: Made, covered_ms: int, cpu_ms: int, read: int, written: int, mib: int, waits: float, comes: float,
    chance: Chance,
) -> Used:  # fmt: skip
    seconds = covered_ms / 1000
    came = int(comes * seconds + chance()) if comes else 0
    return Used(
        cpu_ms=cpu_ms,
        highest_permille=int(1000 * min(CORES, cpu_ms * (1.05 + 0.5 * chance()) / max(1, covered_ms))),
        memory_mib_s=round(mib * seconds),
        memory_highest_mib=mib,
        read_kib=read,
        written_kib=written,
        waiting_ms=int(covered_ms * waits * (0.8 + 0.2 * chance())) if waits else 0,
        processes=one.processes,
        started=came,
        ended=came,
    )

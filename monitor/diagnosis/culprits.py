"""Who did it, in words: the processes that an evidence document names, counted and shortened for a sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.metrics.catalogue import Unit
from monitor.metrics.quantities import quantity
from monitor.metrics.text import family, harmless

MOST_NAMED = 3
LONGEST_NAME = 24
NAMED_PERCENT = 10.0
"""Of one core; who used less is not named."""

MOSTLY = 0.5
NETWORK = re.compile(
    r"nfs|rpc_|cifs|smb\d?_|ceph|fuse|request_wait_answer|p9_|v9fs|afs_|gluster|lustre|ptlrpc|netfs|wait_for_response"
)
DISK = re.compile(
    r"jbd2|ext4|xfs|xlog|btrfs|f2fs|blk_|bio_|^dm_|^md_|raid|nvme|scsi|rq_qos|wbt_wait|balance_dirty|wait_on_buffer"
    r"|start_this_handle|do_get_write_access|log_wait_commit"
)
ANY_IO = re.compile(
    r"io_schedule|wait_on_page|wait_on_bit_io|folio_wait|folio_lock|lock_page|writeback|filemap"
)


def by_cpu(rows: Iterable[Mapping[str, Any]], busy_cores: float | None) -> str:
    """ "mostly 4 x ffmpeg (3.6 cores) and make (0.3 cores)"; "most of all ..." where it is not half; "" for nobody.

    `busy_cores`: what all of the machine used; None where that is not known.
    """
    sums, counts = _summed(rows, "cpu_percent")
    top = [name for name, percent in sums.most_common(MOST_NAMED) if percent >= NAMED_PERCENT]
    if not top:
        return ""
    named = sum(sums[name] for name in top) / 100
    words = "mostly" if busy_cores and named >= MOSTLY * busy_cores else "most of all"
    return f"{words} {joined([f'{_times(counts[name], name)} ({cores(sums[name] / 100)})' for name in top])}"


def by_memory(rows: Iterable[Mapping[str, Any]]) -> str:
    """ "java (6.1 GiB) and 12 x chrome (2.3 GiB)": who holds most memory; "" for nobody."""
    sums, counts = _summed(rows, "rss_bytes")
    top = sums.most_common(2)
    return joined(
        [f"{_times(counts[name], name)} ({quantity(size, Unit.BYTES)})" for name, size in top if size > 0]
    )


def blocked(rows: Sequence[Mapping[str, Any]]) -> str:
    """ "5 x rsync, 1 x kworker, in nfs_wait": the tasks in uninterruptible sleep by name; "" for none."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts[short(row["name"])] += row["threads"]
    parts = [f"{count} x {name}" for name, count in counts.most_common(MOST_NAMED)]
    others = sum(counts.values()) - sum(count for _, count in counts.most_common(MOST_NAMED))
    parts += [f"{others} more"] if others else []
    place = common_place(rows)
    return ", ".join([*parts, f"in {place}"] if place and parts else parts)


def common_place(rows: Iterable[Mapping[str, Any]]) -> str:
    """The kernel function in which at least half of the waiting tasks wait; "" where there is none."""
    places: Counter[str] = Counter()
    for row in rows:
        places[row["waits_in"] or ""] += row["threads"]
    place, count = max(places.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    return harmless(place, LONGEST_NAME) if place and 2 * count >= sum(places.values()) else ""


def waiting_for(rows: Iterable[Mapping[str, Any]]) -> str:
    """What at least half of the waiting tasks wait for: network, disk, io, other; "" where that is not told."""
    kinds: Counter[str] = Counter()
    for row in rows:
        kinds[_kind(row["waits_in"] or "")] += row["threads"]
    kind, count = max(kinds.items(), key=lambda item: item[1], default=("", 0))
    return kind if 2 * count >= sum(kinds.values()) else ""


def cores(count: float) -> str:
    """ "1 core", "0.4 cores", "3.6 cores"."""
    text = f"{count:.1f}".removesuffix(".0")
    return f"{text} core" if text == "1" else f"{text} cores"


def short(name: str) -> str:
    """A process's name as a sentence can bear it."""
    return harmless(family(name), LONGEST_NAME)


def joined(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _kind(place: str) -> str:
    if not place:
        return ""
    kinds = (("network", NETWORK), ("disk", DISK), ("io", ANY_IO))
    return next((kind for kind, pattern in kinds if pattern.search(place)), "other")


def _summed(rows: Iterable[Mapping[str, Any]], field: str) -> tuple[Counter[str], Counter[str]]:
    """The sum of one field, and the number of processes without those that hardly add to it, by short name."""
    amounts: dict[str, list[float]] = {}
    for row in rows:
        amounts.setdefault(short(row["name"]), []).append(row[field] or 0)
    counts = {name: sum(each >= max(all_) / 10 for each in all_) for name, all_ in amounts.items()}
    return Counter({name: sum(all_) for name, all_ in amounts.items()}), Counter(counts)


def _times(count: int, name: str) -> str:
    return name if count == 1 else f"{count} x {name}"


@dataclass(frozen=True, slots=True)
class Culprit:
    """Processes of one name that keep the machine busy; cpu_percent of one core, None where it is unknown."""

    name: str
    count: int = 1
    cpu_percent: float | None = None
    rss_bytes: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Tasks of one name in uninterruptible sleep, and what in the kernel they wait in ("" where it is unknown)."""

    name: str
    tasks: int = 1
    waits_in: str = ""

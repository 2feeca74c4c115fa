"""Words for who keeps the machine busy: as a sentence says it, never more than the numbers hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from monitor.diagnosis import sight
from monitor.diagnosis.culprits import Culprit, How, Waiting, busiest, largest, waiting
from monitor.diagnosis.evidence import HOLDERS, Evidence, Row
from monitor.diagnosis.kernel_functions import tasks
from monitor.metrics.catalogue import Unit
from monitor.metrics.quantities import number, quantity
from monitor.metrics.text import counted, family, harmless, one_line

MOSTLY = 0.5
"""Of all of the machine: who has less is not told as most of it."""

NOTABLE_HOLDER = 0.1
MOST_NAMED = 3
MOST_HOLDERS = 2
MOST_PIDS = 2
LONGEST_IN_A_SENTENCE = 24
LONGEST_IN_A_LIST = 80
HOLDS = {
    "shared_bytes": "tmpfs and shared memory",
    "page_tables_bytes": "page tables",
    "slab_bytes": "the kernel (slab)",
    "huge_pages_bytes": "huge pages",
    "zfs_bytes": "the ZFS cache",
}


def who(one: Culprit, longest: int = LONGEST_IN_A_SENTENCE) -> str:
    """ "4 x ffmpeg", "stress-ng, 3 workers", "processes started by bash, gone again"; a name of `longest` characters."""
    name = short(one.name, longest)
    if one.how is How.STARTED:
        return f"processes started by {counted(name, one.count)}, gone again"
    if one.how is How.KERNEL:
        return "interrupts of the kernel"
    if one.how is How.NAME:
        return counted(name, max(1, one.count))
    return f"{name}, {one.count} {'workers' if one.how is How.JOB else 'processes'}"


def row(one: Culprit) -> str:
    """A line of a list: "5 x rsync: 30 % of a core, 238.42 MiB, in backup.service, pids 4711, 4712 and 3 more"."""
    told = [
        "" if one.cpu_percent is None else f"{number(round(one.cpu_percent))} % of a core",
        quantity(one.held_bytes, Unit.BYTES) if one.held_bytes else "",
        f"in {one_line(one.unit, LONGEST_IN_A_LIST)}" if one.unit else "",
        "gone now" if one.is_gone else "",
        pids(one),
    ]
    facts = ", ".join(fact for fact in told if fact)
    return f"{who(one, LONGEST_IN_A_LIST)}: {facts}" if facts else who(one, LONGEST_IN_A_LIST)


def pids(one: Culprit) -> str:
    """ "pid 4711", "pids 4711, 4712 and 6 more"; "" where they are not known."""
    if not one.pids:
        return ""
    if len(one.pids) == 1:
        return f"pid {one.pids[0]}"
    named = [str(pid) for pid in one.pids[:MOST_PIDS]]
    others = max(len(one.pids), one.count) - len(named)
    return f"pids {joined([*named, *([f'{others} more'] if others else [])])}"


def in_cpu(evidence: Evidence) -> str:
    """ "mostly 4 x ffmpeg (3.6 cores) and make (0.3 cores)"; "most of all ..." where it is not half; "" for nobody.

    Where those in sight explain too little of it, that is said instead.
    """
    unseen = sight.unseen(evidence)
    if unseen:
        return unseen
    top = [(one, (one.cpu_percent or 0.0) / 100) for one in busiest(evidence)[:MOST_NAMED]]
    if not top:
        return ""
    busy = evidence.busy_cores
    mostly = busy is not None and sum(used for _, used in top) >= MOSTLY * busy
    told = joined([f"{who(one)} ({cores(used)}{', gone now' if one.is_gone else ''})" for one, used in top])
    return f"{'mostly' if mostly else 'most of all'} {told}"


def in_memory(evidence: Evidence) -> str:
    """ "most is held by java (6.1 GiB) and 12 x chrome (2.3 GiB)", "the largest are ..." where that is not half.

    What is no process holds memory, too; "" for nobody. Where all of them explain too little of it, that is said instead.
    """
    if unseen := sight.unseen_memory(evidence):
        return unseen
    held = sorted([*_processes(evidence), *holders(evidence)], key=lambda one: -one[1])[:MOST_HOLDERS]
    if not held:
        return ""
    used = evidence.memory.used_bytes
    held = [one for one in held if one is held[0] or one[1] >= NOTABLE_HOLDER * (used or 0.0)]
    told = joined([f"{name} ({quantity(amount, Unit.BYTES)})" for name, amount in held])
    if used and sum(amount for _, amount in held) < MOSTLY * used:
        return f"the largest in sight {'is' if len(held) == 1 else 'are'} {told}"
    return f"most is held by {told}" if used else f"the largest {'is' if len(held) == 1 else 'are'} {told}"


def largest_holder(evidence: Evidence) -> str:
    """Who or what holds most memory, or that this cannot be known; "" for nobody."""
    if unseen := sight.unseen_memory(evidence):
        return unseen
    held = [*_processes(evidence), *holders(evidence)]
    return max(held, key=lambda one: one[1])[0] if held else ""


def in_sleep(evidence: Evidence, only: Callable[[Row], bool] = bool) -> str:
    """ "5 x rsync, 1 x kworker, in nfs_wait": by name, and where at least half of them wait; "" for none.

    Counts are told where the look that found them saw as many as there were in the mean. only: some of the rows.
    """
    if not evidence.blocked:
        return sight.hidden(evidence)
    found = waiting(evidence, only)
    mean = round(evidence.tasks.blocked or 0.0)
    return listed(found, with_counts=mean in (0, sum(map(tasks, evidence.blocked))))


def listed(found: Sequence[Waiting], *, with_counts: bool = True) -> str:
    """Those that wait, most tasks first, and where at least half of them do."""
    counts: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for one in found:
        counts[short(one.name)] += one.tasks
        places[one.waits_in] += one.tasks
    first = counts.most_common(MOST_NAMED)
    parts = [f"{count} x {name}" if with_counts else name for name, count in first]
    others = counts.total() - sum(count for _, count in first)
    if others:
        parts.append(f"{others} more" if with_counts else "others")
    place, count = max(places.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    if place and 2 * count >= counts.total():
        parts.append(f"in {harmless(place, LONGEST_IN_A_SENTENCE)}")
    return ", ".join(parts)


def parents(evidence: Evidence) -> str:
    """Who starts many short tasks: "make and configure"; "" where it is not known."""
    return joined(list(dict.fromkeys(short(one.name) for one in evidence.short_lived.by))[:2])


def started(evidence: Evidence) -> str:
    """ "started by bash, gone again: 1.7 cores"; "" where it is not known what they used."""
    used, by = evidence.short_lived.cpu_percent, parents(evidence)
    told = "" if used is None else f"gone again: {cores(used / 100)}"
    return ", ".join(part for part in (f"started by {by}" if by else "", told) if part)


def cores(count: float) -> str:
    """ "1 core", "0.4 cores", "3.6 cores"."""
    text = f"{count:.1f}".removesuffix(".0")
    return f"{text} core" if text == "1" else f"{text} cores"


def short(name: str, longest: int = LONGEST_IN_A_SENTENCE) -> str:
    """A name as a sentence can bear it."""
    return harmless(family(name), longest)


def joined(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _processes(evidence: Evidence) -> list[tuple[str, float]]:
    return [(who(one), one.held_bytes or 0.0) for one in largest(evidence)]


def holders(evidence: Evidence) -> list[tuple[str, float]]:
    """What holds a notable part of the memory and is no process."""
    notable = NOTABLE_HOLDER * (evidence.memory.used_bytes or 0.0)
    amounts = {name: getattr(evidence.memory, name) for name in HOLDS if name in HOLDERS}
    return [(HOLDS[name], amount) for name, amount in amounts.items() if amount and amount >= notable > 0]

"""Culprits: who keeps the machine busy, as values, processes of one name taken together; and the words for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from monitor.diagnosis.cause import Blamed, cause
from monitor.diagnosis.evidence import Evidence, Row
from monitor.diagnosis.kernel_functions import tasks
from monitor.metrics.catalogue import Unit
from monitor.metrics.quantities import quantity
from monitor.metrics.text import counted, family, harmless, one_line

NAMED_PERCENT = 10.0
"""Of one core; who used less is not named."""

HARDLY = 0.1
"""Of the share of the first of that name: who has less is not counted with it."""

MOSTLY = 0.5
MOST_NAMED = 3
LONGEST_NAME = 40
LONGEST_IN_A_SENTENCE = 24


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


def culprits(evidence: Evidence, metric: str = "") -> tuple[Culprit, ...]:
    """Who keeps the machine busy, the worst first: by memory where that is the cause, or what an alert is about."""
    return largest(evidence) if cause(evidence, metric).blamed is Blamed.LARGEST else busiest(evidence)


def busiest(evidence: Evidence) -> tuple[Culprit, ...]:
    """Who uses most CPU, of those that use a notable part of a core."""
    found = _by_name(evidence.by_cpu, lambda row: row.cpu_percent or 0.0)
    notable = (one for one in found if (one.cpu_percent or 0.0) >= NAMED_PERCENT)
    return tuple(sorted(notable, key=lambda one: -(one.cpu_percent or 0.0)))


def largest(evidence: Evidence) -> tuple[Culprit, ...]:
    """Who holds most memory."""
    found = _by_name(evidence.by_memory, lambda row: row.rss_bytes or 0.0)
    holding = (one for one in found if (one.rss_bytes or 0.0) > 0)
    return tuple(sorted(holding, key=lambda one: -(one.rss_bytes or 0.0)))


def waiting(evidence: Evidence) -> tuple[Waiting, ...]:
    """Who waits in uninterruptible sleep, most tasks first, those of one name and place together."""
    found: Counter[tuple[str, str]] = Counter()
    for row in evidence.blocked:
        found[_name(row), row.waits_in] += tasks(row)
    return tuple(Waiting(name, count, place) for (name, place), count in found.most_common())


def in_cpu(found: Sequence[Culprit], busy_cores: float | None) -> str:
    """ "mostly 4 x ffmpeg (3.6 cores) and make (0.3 cores)"; "most of all ..." where it is not half; "" for nobody.

    `busy_cores`: what all of the machine used; None where that is not known.
    """
    top = [(one, (one.cpu_percent or 0.0) / 100) for one in found[:MOST_NAMED]]
    if not top:
        return ""
    mostly = busy_cores and sum(used for _, used in top) >= MOSTLY * busy_cores
    told = joined([f"{_times(one)} ({cores(used)})" for one, used in top])
    return f"{'mostly' if mostly else 'most of all'} {told}"


def in_memory(found: Sequence[Culprit]) -> str:
    """ "java (6.1 GiB) and 12 x chrome (2.3 GiB)"; "" for nobody."""
    return joined([f"{_times(one)} ({quantity(one.rss_bytes or 0.0, Unit.BYTES)})" for one in found[:2]])


def in_sleep(found: Sequence[Waiting]) -> str:
    """ "5 x rsync, 1 x kworker, in nfs_wait": by name, and where at least half of them wait; "" for none."""
    counts: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for one in found:
        counts[short(one.name)] += one.tasks
        places[one.waits_in] += one.tasks
    parts = [f"{count} x {name}" for name, count in counts.most_common(MOST_NAMED)]
    others = counts.total() - sum(count for _, count in counts.most_common(MOST_NAMED))
    parts += [f"{others} more"] if others else []
    place, count = max(places.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    return ", ".join(
        [*parts, f"in {harmless(place, LONGEST_IN_A_SENTENCE)}"]
        if place and 2 * count >= counts.total()
        else parts
    )


def parents(evidence: Evidence) -> str:
    """Who starts many short tasks: "make and configure"; "" where it is not known."""
    return joined(list(dict.fromkeys(short(one.name) for one in evidence.short_lived.by))[:2])


def cores(count: float) -> str:
    """ "1 core", "0.4 cores", "3.6 cores"."""
    text = f"{count:.1f}".removesuffix(".0")
    return f"{text} core" if text == "1" else f"{text} cores"


def short(name: str) -> str:
    """A name as a sentence can bear it."""
    return harmless(family(name), LONGEST_IN_A_SENTENCE)


def joined(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _by_name(rows: Iterable[Row], amount: Callable[[Row], float]) -> list[Culprit]:
    names: dict[str, list[Row]] = {}
    for row in rows:
        names.setdefault(_name(row), []).append(row)
    return [_together(name, of_name, amount) for name, of_name in names.items()]


def _together(name: str, rows: Sequence[Row], amount: Callable[[Row], float]) -> Culprit:
    most = max(amount(row) for row in rows)
    return Culprit(
        name,
        sum(amount(row) >= HARDLY * most for row in rows),
        _sum([row.cpu_percent for row in rows]),
        _sum([row.rss_bytes for row in rows]),
        next((row.unit for row in rows if row.unit), ""),
    )


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _name(row: Row) -> str:
    return one_line(family(row.name), LONGEST_NAME) or "(no name)"


def _times(one: Culprit) -> str:
    return counted(short(one.name), one.count)

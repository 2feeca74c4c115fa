"""Culprits: who keeps the machine busy, as values, processes of one name taken together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.diagnosis.cause import Blamed, cause
from monitor.diagnosis.evidence import Evidence, Row
from monitor.diagnosis.kernel_functions import tasks
from monitor.metrics.text import family, one_line

NAMED_PERCENT = 10.0
"""Of one core; who used less is not named."""

HARDLY = 0.1
"""Of the share of the first of that name: who has less is not counted with it."""

MANY_NAMES = 3
"""Of one job or service: so many and more are told together."""

LONGEST_NAME = 40
NO_NAME = "(no name)"


class How(StrEnum):
    """How processes are taken together."""

    NAME = "name"
    JOB = "job"  # of one process group, under different names
    HOME = "home"  # of one service or container, under different names
    KERNEL = "kernel"  # its interrupts
    STARTED = "started"  # came and went, told by who started them


@dataclass(frozen=True, slots=True)
class Culprit:
    """Processes that keep the machine busy, told by one name; cpu_percent of one core, None where it is unknown.

    name: theirs; of a JOB that of its leader; of a HOME that of the service; of STARTED that of who started them.
    rss_bytes: what is resident of each; own_bytes: without what they share, None where that is told of none.
    pids: as far as they are known. is_gone: none of them lived any more at the newest look.
    """

    name: str
    count: int = 1
    cpu_percent: float | None = None
    rss_bytes: float | None = None
    unit: str = ""
    how: How = How.NAME
    pids: tuple[int, ...] = ()
    is_gone: bool = False
    own_bytes: float | None = None

    @property
    def held_bytes(self) -> float | None:
        """As of each row: their own memory, where that is told."""
        return self.rss_bytes if self.own_bytes is None else self.own_bytes


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
    """Who uses most CPU, of those that use a notable part of a core; who came and went is told by who started them."""
    interrupts = Culprit("interrupts", cpu_percent=evidence.interrupt_cpu_percent, how=How.KERNEL)
    found = [*_together(evidence.by_cpu, _cpu), *_started(evidence), interrupts]
    notable = (one for one in found if (one.cpu_percent or 0.0) >= NAMED_PERCENT)
    return tuple(sorted(notable, key=lambda one: -(one.cpu_percent or 0.0)))


def largest(evidence: Evidence) -> tuple[Culprit, ...]:
    """Who holds most memory."""
    found = _together(evidence.by_memory, _held)
    holding = (one for one in found if (one.held_bytes or 0.0) > 0)
    return tuple(sorted(holding, key=lambda one: -(one.held_bytes or 0.0)))


def waiting(evidence: Evidence, only: Callable[[Row], bool] = bool) -> tuple[Waiting, ...]:
    """Who waits in uninterruptible sleep, most tasks first, those of one name and place together; `only` some of them."""
    found: Counter[tuple[str, str]] = Counter()
    for row in filter(only, evidence.blocked):
        found[_name(row), row.waits_in] += tasks(row)
    return tuple(Waiting(name, count, place) for (name, place), count in found.most_common())


def _cpu(row: Row) -> float:
    return row.cpu_percent or 0.0


def _held(row: Row) -> float:
    return row.held_bytes or 0.0


def _together(rows: Iterable[Row], amount: Callable[[Row], float]) -> list[Culprit]:
    """The rows by name; those of one job or service that go by many names together."""
    jobs, names = _jobs(rows, amount), defaultdict(list)
    for row in rows:
        if all(row not in of_job for of_job in jobs.values()):
            names[_name(row)].append(row)
    found = [_culprit(name, of_job, amount, how) for (how, name), of_job in jobs.items()]
    return found + [_culprit(name, of_name, amount, How.NAME) for name, of_name in names.items()]


def _jobs(rows: Iterable[Row], amount: Callable[[Row], float]) -> dict[tuple[How, str], list[Row]]:
    """The rows of each job, service or container that go by many names; the leader of a job is one of them."""
    leaders = {row.job for row in rows if row.job}
    found: defaultdict[tuple[How, str], list[Row]] = defaultdict(list)
    for row in rows:
        job = row.job or (row.name if row.name in leaders else "")
        if job or row.unit:
            found[(How.JOB, job) if job else (How.HOME, row.unit)].append(row)
    return {home: of_home for home, of_home in found.items() if len(_notable(of_home, amount)) >= MANY_NAMES}


def _notable(rows: Sequence[Row], amount: Callable[[Row], float]) -> set[str]:
    """The names of those that add to what the first of them has."""
    most = max(amount(row) for row in rows)
    return {_name(row) for row in rows if amount(row) > 0 and amount(row) >= HARDLY * most}


def _started(evidence: Evidence) -> list[Culprit]:
    """Those that came and went, by the name of who started them."""
    names: defaultdict[str, list[Row]] = defaultdict(list)
    for row in evidence.short_lived.by:
        names[_name(row)].append(row)
    return [
        Culprit(name, len(rows), _sum([row.cpu_percent for row in rows]), how=How.STARTED, pids=_pids(rows))
        for name, rows in names.items()
    ]


def _culprit(name: str, rows: Sequence[Row], amount: Callable[[Row], float], how: How) -> Culprit:
    most = max(amount(row) for row in rows)
    adding = [row for row in rows if amount(row) >= HARDLY * most]
    return Culprit(
        one_line(family(name), LONGEST_NAME),
        len(adding),
        _sum([row.cpu_percent for row in rows]),
        _sum([row.rss_bytes for row in rows]),
        next((row.unit for row in rows if row.unit), ""),
        how,
        _pids(adding),
        all(row.gone for row in adding),
        _sum([row.held_bytes for row in rows]) if any(row.own_bytes is not None for row in rows) else None,
    )


def _pids(rows: Iterable[Row]) -> tuple[int, ...]:
    return tuple(row.pid for row in rows if row.pid is not None)


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _name(row: Row) -> str:
    name = one_line(family(row.name), LONGEST_NAME)
    return NO_NAME if name in ("", "?") else name

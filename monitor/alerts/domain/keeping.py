"""What a witness keeps of readings and of looks at processes: the newest whole, older ones merged, none for ever."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from monitor.metrics.reading import Reading
from monitor.metrics.snapshot import Group, Process, Snapshot

LONGEST_SECONDS = 900.0
"""How far back evidence can look."""

WHOLE_SECONDS = 150.0
"""What is younger is kept as it was taken."""

LOOK_SECONDS, READING_SECONDS = 15.0, 10.0
"""What is older is merged, as far as no more than so many seconds come together."""

BUSIEST = 20
"""Processes that a merged look still names: those that used most CPU, and those that waited."""


class Looks:
    """Snapshots of processes, oldest first."""

    def __init__(self) -> None:
        self._old: deque[Snapshot] = deque()
        self._new: deque[Snapshot] = deque()

    def add(self, snapshot: Snapshot) -> None:
        """Keep one more; where the clock was set back, those of the future are forgotten."""
        for kept in (self._old, self._new):
            while kept and kept[-1].at_ms > snapshot.at_ms:
                kept.pop()
        self._new.append(snapshot)
        while self._new[0].at_ms < snapshot.at_ms - WHOLE_SECONDS * 1000:
            self._merge(self._new.popleft())
        while self._old and self._old[0].at_ms < snapshot.at_ms - LONGEST_SECONDS * 1000:
            self._old.popleft()

    def all(self) -> list[Snapshot]:
        """Those that are kept."""
        return [*self._old, *self._new]

    def _merge(self, snapshot: Snapshot) -> None:
        before = self._old[-1] if self._old else None
        if (
            before is not None
            and _spans(before) + _spans(snapshot) <= LOOK_SECONDS
            and _touch(before, snapshot)
        ):
            self._old[-1] = merged(before, snapshot)
        else:
            self._old.append(_shortened(snapshot))


class Readings:
    """Readings, oldest first; of merged ones the `meant` metrics alone are kept."""

    def __init__(self, meant: Iterable[str]) -> None:
        self._meant = tuple(meant)
        self._old: deque[Reading] = deque()
        self._new: deque[Reading] = deque()

    def add(self, reading: Reading) -> None:
        """Keep one more; where the clock was set back, those of the future are forgotten."""
        at_ms = reading.taken_at_ms
        for kept in (self._old, self._new):
            while kept and kept[-1].taken_at_ms >= at_ms:
                kept.pop()
        self._new.append(reading)
        while self._new[0].taken_at_ms < at_ms - WHOLE_SECONDS * 1000:
            self._merge(self._new.popleft())
        while self._old and self._old[0].taken_at_ms < at_ms - LONGEST_SECONDS * 1000:
            self._old.popleft()

    def all(self) -> list[Reading]:
        """Those that are kept."""
        return [*self._old, *self._new]

    def means(self, at_ms: int, seconds: float) -> dict[str, float | None]:
        """The newest value of each metric; of the `meant` ones the mean over the `seconds` before `at_ms`."""
        inside = [each for each in self.all() if at_ms - seconds * 1000 < each.taken_at_ms <= at_ms]
        return {**inside[-1].values, **self._means(inside)} if inside else {}

    def _merge(self, reading: Reading) -> None:
        before = self._old[-1] if self._old else None
        if before is None or before.covered + reading.covered > READING_SECONDS or reading.gap:
            values = {name: reading.values.get(name) for name in self._meant}
            self._old.append(replace(reading, values=values, members={}))
            return
        covered = before.covered + reading.covered
        self._old[-1] = replace(reading, covered=covered, values=self._means([before, reading]), members={})

    def _means(self, readings: Iterable[Reading]) -> dict[str, float | None]:
        return {name: mean for name in self._meant if (mean := _mean(readings, name)) is not None}


def merged(older: Snapshot, newer: Snapshot) -> Snapshot:
    """Two looks, one after the other, as one that speaks for the time of both; what is no sum is as the newer saw it.

    Who waited is told by the newer look that has any, and how many did by their mean.
    """
    known = [one for one in (older, newer) if one.seconds]
    waiting = newer if newer.blocked or not older.blocked else older
    return replace(
        newer,
        seconds=_total([one.seconds for one in known]) if known else None,
        started=_counted(one.started for one in known),
        cpu_seconds=sum(one.cpu_seconds for one in known),
        machine_cpu_seconds=_total([one.machine_cpu_seconds for one in known]),
        interrupt_cpu_seconds=_total([one.interrupt_cpu_seconds for one in known]),
        processes=_processes(older, newer, waiting),
        groups=_groups(older, newer, waiting),
        blocked=round(_mean_blocked([older, newer])),
        truncated=older.truncated or newer.truncated,
        throttled_percent=_throttled(known),
        ended=older.ended | newer.ended,
    )


def _processes(older: Snapshot, newer: Snapshot, waiting: Snapshot) -> tuple[Process, ...]:
    sums: dict[tuple[int, float], Process] = {}
    for snapshot in (older, newer):
        for one in snapshot.processes:
            before = sums.get((one.pid, one.started))
            waits_in = one.waits_in if snapshot is waiting else ()
            sums[one.pid, one.started] = replace(
                one,
                cpu_seconds=_total(
                    [None if before is None else before.cpu_seconds, one.cpu_seconds], some=True
                ),
                short_lived_seconds=one.short_lived_seconds + (before.short_lived_seconds if before else 0.0),
                waits_in=waits_in or (before.waits_in if before else ()),
            )
    return _busiest(sums.values())


def _groups(older: Snapshot, newer: Snapshot, waiting: Snapshot) -> tuple[Group, ...]:
    used: dict[tuple[str, str], float] = {}
    for snapshot in (older, newer):
        for group in snapshot.groups:
            key = (group.name, group.kind)
            used[key] = used.get(key, 0.0) + group.cpu_seconds
    blocked = {(group.name, group.kind): group.blocked for group in waiting.groups}
    latest = {(group.name, group.kind): group for snapshot in (older, newer) for group in snapshot.groups}
    return tuple(
        replace(group, cpu_seconds=used[key], blocked=blocked.get(key, 0)) for key, group in latest.items()
    )


def _shortened(snapshot: Snapshot) -> Snapshot:
    return replace(snapshot, processes=_busiest(snapshot.processes))


def _busiest(processes: Iterable[Process]) -> tuple[Process, ...]:
    def used(one: Process) -> float:
        return (one.cpu_seconds or 0.0) + one.short_lived_seconds

    ranked = sorted(processes, key=used, reverse=True)
    return tuple(one for at, one in enumerate(ranked) if (at < BUSIEST and used(one) > 0) or one.waits_in)


def _mean_blocked(looks: list[Snapshot]) -> float:
    weights = [one.seconds or 1.0 for one in looks]
    return sum(weight * one.blocked for weight, one in zip(weights, looks, strict=True)) / sum(weights)


def _throttled(known: Iterable[Snapshot]) -> float | None:
    shares = [
        (one.seconds or 0.0, one.throttled_percent) for one in known if one.throttled_percent is not None
    ]
    weight = sum(seconds for seconds, _ in shares)
    return sum(seconds * share for seconds, share in shares) / weight if weight > 0 else None


def _total(amounts: list[float | None], some: bool = False) -> float | None:
    """The sum; None where one is unknown, or where `some` are enough, all are."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known and (some or len(known) == len(amounts)) else None


def _counted(counts: Iterable[int | None]) -> int | None:
    total = _total(list(counts))
    return None if total is None else round(total)


def _mean(readings: Iterable[Reading], name: str) -> float | None:
    known = [(each.covered, value) for each in readings if (value := each.values.get(name)) is not None]
    weight = sum(covered for covered, _ in known)
    return round(sum(covered * value for covered, value in known) / weight, 2) if weight > 0 else None


def _spans(snapshot: Snapshot) -> float:
    return snapshot.seconds or 0.0


def _touch(older: Snapshot, newer: Snapshot) -> bool:
    """Whether the newer look begins where the older ended; a slip of a second is none."""
    return abs((newer.at_ms - older.at_ms) / 1000 - _spans(newer)) <= 1.0

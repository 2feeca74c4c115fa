"""Witness of the made-up machine: who was busy at a moment, as a scan of its processes would have told."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace

from monitor.alerts.evidence import Finding, Witness
from monitor.demo import machine
from monitor.demo.accounts import divided
from monitor.demo.consumers import CONSUMERS, GIB, Made, amounts
from monitor.demo.rhythm import CORES, Load
from monitor.metrics.members import Members
from monitor.metrics.reading import Reading
from monitor.metrics.snapshot import Details, FileSystem, Group, MemoryParts, Process, Snapshot
from monitor.metrics.usage import Kind
from monitor.rules.domain.evaluator import Evaluator
from monitor.rules.domain.outcome import Outcome
from monitor.rules.domain.states import Change

LOOK_SECONDS = 15.0
BACK_SECONDS, MOMENT_SECONDS = 150.0, 30.0
"""How far back looks at the processes are made up once an alert fires, and for what else is taken of it."""

SEEN = 0.97
"""Of the machine's CPU."""

MOST_OF_ONE = 3
KEPT_READINGS = 20
COUNT, THREADS, STARTED_A_SECOND = 212, 486, 3.0
SIZES = {"/": 60 * GIB, "/srv": 240 * GIB}
UNIT_OF = {Kind.SERVICE: "unit", Kind.CONTAINER: "container"}


class Observer:
    """Judges readings of the made-up machine, and takes evidence of what they lead to."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.noted: list[tuple[Outcome | None, list[Finding]]] = []
        """What is to be stored, in order: a change with its evidence, or without one the evidence of a peak."""
        self._witness = Witness()
        self._unseen: deque[tuple[Reading, Load]] = deque(maxlen=KEPT_READINGS)

    def see(self, reading: Reading, load: Load) -> None:
        """Judge one reading, made while `load` went on."""
        reading = replace(reading, members={"disk_fullest_percent": Members(machine.file_systems(load))})
        outcomes = self.evaluator.evaluate(reading)
        self._unseen.append((reading, load))
        if outcomes or self.evaluator.is_open():
            fires = any(one.change is Change.FIRED for one in outcomes)
            for look in self._looks(reading.taken_at_ms, BACK_SECONDS if fires else MOMENT_SECONDS):
                self._witness.see(look)
        findings = self._witness.take(reading, self.evaluator, outcomes)
        for outcome in outcomes:
            self.noted.append((outcome, [one for one in findings if one.outcome is outcome]))
        for peak in findings:
            if peak.outcome is None:
                self._note_peak(peak)

    def _looks(self, now_ms: int, back_seconds: float) -> Iterator[Snapshot]:
        """The looks at the processes of the last seconds, as far as they were not told yet."""
        while self._unseen:
            reading, load = self._unseen.popleft()
            count = max(1, round(min(reading.covered, back_seconds) / LOOK_SECONDS))
            seconds = min(reading.covered, back_seconds) / count
            for at in reversed(range(count)):
                at_ms = reading.taken_at_ms - round(at * seconds * 1000)
                if at_ms > now_ms - back_seconds * 1000:
                    yield snapshot(at_ms, seconds, reading.values, load)

    def _note_peak(self, peak: Finding) -> None:
        """Take its place among what is to be stored: that of an earlier, lower peak of the same alert, if one waits."""
        for at in range(len(self.noted) - 1, -1, -1):
            outcome, findings = self.noted[at]
            if outcome is not None and outcome.rule.id == peak.rule_id:
                break
            if outcome is None and findings[0].rule_id == peak.rule_id:
                self.noted[at] = (None, [peak])
                return
        self.noted.append((None, [peak]))


def snapshot(at_ms: int, seconds: float, values: Mapping[str, float | None], load: Load) -> Snapshot:
    """What a look at the processes would have found that speaks for some seconds, while this was measured."""
    seconds = seconds if values.get("cpu_percent") is not None else 0.0
    busy = (values.get("cpu_percent") or 0.0) / 100 * CORES * seconds
    cpu = divided(round(1000 * SEEN * busy), amounts("cpu", load))
    blocked = round(values.get("tasks_blocked") or 0.0)
    waits, held = amounts("waits", load), amounts("memory", load)
    waiter = max(range(len(waits)), key=waits.__getitem__) if blocked and max(waits) > 0.01 else None
    processes: list[Process] = []
    groups: list[Group] = []
    for at, (one, used, gib) in enumerate(zip(CONSUMERS, cpu, held, strict=False)):
        found = list(_processes(at, one, used / 1000, round(GIB * gib), blocked if at == waiter else 0))
        processes += found
        if found and one.consumer.kind in UNIT_OF:
            groups.append(_group(one, found))
    path, percent = max(machine.file_systems(load).items(), key=lambda item: item[1])
    return Snapshot(
        at_ms=at_ms,
        seconds=seconds or None,
        count=COUNT,
        threads=THREADS,
        running=round(values.get("tasks_running") or 0.0),
        blocked=sum(len(one.waits_in) for one in processes),
        started=round(STARTED_A_SECOND * seconds),
        cpu_seconds=sum(cpu) / 1000,
        processes=tuple(processes),
        groups=tuple(groups),
        online_cores=round(CORES),
        fullest=FileSystem(path, percent, SIZES[path] * (1 - percent / 100)),
        machine_cpu_seconds=busy,
        interrupt_cpu_seconds=0.01 * busy,
        hidden_tasks=0,
        memory=MemoryParts(
            machine.MEMORY_BYTES, GIB * sum(held), shared=0.2 * GIB, page_tables=0.05 * GIB, slab=0.3 * GIB
        ),
    )


def _processes(at: int, one: Made, cpu_seconds: float, held: int, blocked: int) -> Iterator[Process]:
    """Those of one consumer, as far as they matter."""
    if not held and cpu_seconds <= 0:
        return
    count = min(one.processes, MOST_OF_ONE)
    home = one.consumer.name if one.consumer.kind in UNIT_OF else None
    details = Details(home, UNIT_OF.get(one.consumer.kind, ""), one.consumer.user or one.account)
    for number in range(count):
        yield Process(
            pid=700 + 40 * at + number,
            started=float(at),
            name=one.program,
            cpu_seconds=cpu_seconds / count,
            short_lived_seconds=0.0,
            rss_bytes=held // count,
            threads=1,
            running=0,
            waits_in=("folio_wait_bit_common",) * blocked if number == 0 else (),
            details=details,
            own_bytes=held // count,
        )


def _group(one: Made, found: list[Process]) -> Group:
    held = sum(each.rss_bytes for each in found)
    return Group(
        one.consumer.name,
        UNIT_OF[one.consumer.kind],
        sum(each.cpu_seconds or 0.0 for each in found),
        held,
        one.processes,
        sum(len(each.waits_in) for each in found),
        held,
    )

"""What the machine offers: cores, pressure, open files, rights."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.collectors.collection import Collection
from monitor.collectors.domain.counters import Memory
from monitor.collectors.memory import MemoryCollector
from monitor.doctor import machine
from monitor.doctor.finding import Level
from tests.doctor.findings import only

OK, WARNING, FAILURE = Level.OK, Level.WARNING, Level.FAILURE


def test_the_cores_come_with_their_reason() -> None:
    finding = only(machine.cores_are_known())
    assert finding.level is OK
    assert "effective (" in finding.text


@pytest.mark.parametrize(
    ("memory", "level", "text"),
    [
        (Memory(2**30, 3 * 2**30), OK, "4 GiB (all of this machine)."),
        (Memory(2**30, 2**30, 0, "container: 2 GiB of 32 GiB"), OK, "2 GiB (container: 2 GiB of 32 GiB)."),
        (Memory(), WARNING, "does not tell its memory"),
    ],
)
def test_the_memory_comes_with_its_reason(monkeypatch, memory: Memory, level, text: str) -> None:
    collection = Collection([MemoryCollector(lambda: memory)])
    monkeypatch.setattr(machine, "Collection", lambda: collection)
    finding = only(machine.memory_is_known())
    assert finding.level is level
    assert text in finding.text


@pytest.mark.parametrize(("there", "level"), [(True, OK), (False, WARNING)])
def test_a_kernel_without_pressure_is_told(monkeypatch, tmp_path: Path, there: bool, level: Level) -> None:
    path = tmp_path / "cpu"
    if there:
        path.write_text("some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n")
    monkeypatch.setattr(machine, "PRESSURE", path)
    assert only(machine.pressure_is_told()).level is level


@pytest.mark.parametrize(("user", "level"), [(0, WARNING), (1000, OK)])
def test_root_is_told_that_it_is_too_much(monkeypatch, user: int, level: Level) -> None:
    monkeypatch.setattr(machine.os, "geteuid", lambda: user)
    assert only(machine.rights_are_few()).level is level


@pytest.mark.parametrize(
    ("soft", "hard", "level", "word"),
    [
        (1024, 4096, OK, "about 824 dashboards"),
        (4096, 4096, OK, "Up to 4096 may be open."),
        (1024, 1024, WARNING, "1024"),
    ],
)
def test_open_files_are_counted_in_dashboards(monkeypatch, soft, hard, level, word: str) -> None:
    monkeypatch.setattr(machine.resource, "getrlimit", lambda which: (soft, hard))
    finding = only(machine.files_can_be_opened())
    assert finding.level is level
    assert word in finding.text

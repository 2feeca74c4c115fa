"""Whether processes are hidden: by what the sampler told, or by a look of the doctor's own."""

from __future__ import annotations

import pytest

from monitor.alerts.evidence import store_busy
from monitor.collectors.process_source import Loads
from monitor.collectors.processes import Scanner
from monitor.doctor import machine, processes
from monitor.doctor.finding import Level
from monitor.runtime import clock
from tests.doctor.findings import only
from tests.factories import make_host
from tests.stages.scans import Made, seen
from tests.stages.snapshots import document

OK, WARNING = Level.OK, Level.WARNING


@pytest.fixture
def own(monkeypatch):
    """A machine of two processes of four tasks."""
    source = Made(seen(7, threads=3), seen(8))
    source.load, source.reason = Loads(0.1, 4), "a container"
    monkeypatch.setattr(machine, "own_scanner", lambda with_commands: Scanner(source, own_pid=1))
    return source


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tasks", "level", "said"),
    [
        (Loads(0.1, 44), WARNING, "This user sees all but 40 tasks (a container): who uses"),
        (Loads(0.1, 4), OK, "This user sees all tasks"),
        (None, OK, "is not told by this system"),
    ],
)
def test_processes_that_are_hidden_are_told(own, tasks, level: Level, said: str) -> None:
    own.load = tasks
    finding = only(processes.processes_are_seen())
    assert finding.level is level
    assert said in finding.text
    assert ("pid: host" in finding.remedy) is (level is WARNING)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hidden", "reason", "level", "said"),
    [
        (
            133,
            "hidepid, or ProtectProc= of the service",
            WARNING,
            "The sampler sees all but 133 tasks (hidepid, or",
        ),
        (0, None, OK, "The sampler sees all tasks"),
        (None, None, OK, "This user sees all tasks"),
    ],
)
def test_what_the_sampler_sees_counts_and_not_what_root_sees_who_asks(
    own, settings, hidden, reason, level, said
) -> None:
    store_busy(make_host(settings.LOADMON_HOST_NAME), document(
        at=clock.now_ms(), hidden_tasks=hidden, hidden_reason=reason
    ))  # fmt: skip
    finding = only(processes.processes_are_seen())
    assert finding.level is level
    assert said in finding.text

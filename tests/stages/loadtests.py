"""A load-test runner on a stage: the test moves its clock, hands it readings and lends it workers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from monitor.alerts.models import Alert
from monitor.ingest.stored import Stored
from monitor.live import publishing
from monitor.loadtests import requests, runner
from monitor.loadtests.models import LoadTest
from monitor.loadtests.runner import Runner
from monitor.metrics.reading import Reading
from monitor.rules.domain.evaluator import Evaluator
from monitor.rules.domain.spec import RuleSpec
from tests.factories import make_alert, make_host

CPU = RuleSpec(1, "CPU", "cpu_percent", "warning", 0.0, 75.0, 65.0, 0.0, 60.0, per_core=False)


@dataclass
class FakeWorkers:
    """Workers that die only when told to."""

    workers: int
    seconds: float
    directory: Path | None = None
    died: list[str] = field(default_factory=list)
    ended: int = 0
    gone: bool = False

    def deaths(self) -> list[str]:
        return self.died

    def end(self) -> None:
        self.ended += 1

    def wait(self) -> None:
        self.gone = True


class Stage:
    """A runner on a clock that the test moves, with fake workers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.host = make_host()
        self.events: list[publishing.Event] = []
        self.made: list[FakeWorkers] = []
        self.began = timezone.now()
        self.elapsed = 0.0
        self.runner = Runner(lambda: self.host, self.events.append, clock=lambda: 1000.0 + self.elapsed)
        self.evaluator = Evaluator([CPU])
        monkeypatch.setattr(runner, "Workers", self.make)

    @property
    def now(self) -> datetime:
        return self.began + timedelta(seconds=self.elapsed)

    def make(self, workers: int, seconds: float, directory: Path | None = None) -> FakeWorkers:
        self.made.append(FakeWorkers(workers, seconds, directory))
        return self.made[-1]

    def tick(
        self, after: float = 1.0, cpu: float | None = None, poll: bool = True, **stored: Any
    ) -> LoadTest:
        """Let time pass and tick with a reading of that CPU; return the newest test as stored."""
        self.elapsed += after
        reading = Reading(round(self.now.timestamp() * 1000), after, 0.0, {"cpu_percent": cpu})
        self.evaluator.evaluate(reading)
        self.runner.tick(self.now, Stored(**stored), self.evaluator, poll=poll)
        return LoadTest.objects.latest("pk")

    def start(self, seconds: int | None = 120, workers: int = 2, **wanted: Any) -> LoadTest:
        """Ask for a test and let the runner take it up."""
        requests.request(self.host, seconds, workers, **wanted)
        return self.tick(0.0)


def fired_at(stage: Stage, seconds: float) -> Alert:
    """A CPU alert that fired that many seconds after the stage began, as it crossed its threshold."""
    at = stage.began + timedelta(seconds=seconds)
    alert = make_alert(stage.host, fired_ms=round(at.timestamp() * 1000))
    alert.started_at, alert.rule_id = alert.fired_at, CPU.id
    return alert

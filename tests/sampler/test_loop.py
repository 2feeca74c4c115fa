"""The sampler's loop in this process: what it tells, and when."""

import time
from itertools import pairwise
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from django.db import OperationalError

from monitor.history.models import Gap
from monitor.metrics.gaps import GapSpec, Kind
from monitor.metrics.reading import Reading
from monitor.sampler.loop import Sampler
from tests.factories import NOW_MS, VALUES, make_host

pytestmark = pytest.mark.django_db(transaction=True)


class Clock:
    """A monotonic clock that waiting moves on, and that says stop at its end."""

    def __init__(self, seconds: float) -> None:
        self.now, self.end = 1000.0, 1000.0 + seconds

    def wait(self, seconds: float) -> bool:
        """Stands in for threading.Event.wait."""
        self.now += seconds
        return self.now >= self.end


@pytest.fixture
def told() -> list[dict]:
    """Every event that the sampler publishes."""
    return []


@pytest.fixture
def sampler(told, monkeypatch) -> Sampler:
    """A sampler of one host whose readings the test makes, and that does no chores."""
    made = Sampler(make_host(), told.append, 1.0)
    monkeypatch.setattr(made, "_chores", lambda: None)
    monkeypatch.setattr(made, "_scan", lambda at_ms: None)
    return made


def tick(sampler, monkeypatch, at_ms, gaps=()):
    monkeypatch.setattr(sampler, "read", lambda: (Reading(at_ms, 1.0, 0.0, VALUES), list(gaps)))
    sampler.tick()


def statuses(told):
    return [event for event in told if event["type"] == "live.status"]


def test_the_reason_of_a_gap_is_told_right_after_it_was_stored(sampler, told, monkeypatch) -> None:
    tick(sampler, monkeypatch, NOW_MS)
    tick(sampler, monkeypatch, NOW_MS + 1000)
    assert len(statuses(told)) == 1
    gap = GapSpec(NOW_MS + 1000, NOW_MS + 60_000, Kind.SUSPENDED)
    tick(sampler, monkeypatch, NOW_MS + 60_000, [gap])
    assert len(statuses(told)) == 2
    assert Gap.objects.get().kind == "suspended"


def test_between_the_ticks_of_a_long_interval_the_sampler_goes_on_telling_its_status(
    sampler, told, monkeypatch
) -> None:
    clock = Clock(240)
    known = {name: getattr(time, name) for name in ("perf_counter", "time", "time_ns")}
    monkeypatch.setattr("monitor.sampler.loop.time", SimpleNamespace(monotonic=lambda: clock.now, **known))
    monkeypatch.setattr(sampler, "interval", 60.0)
    told_at = []
    monkeypatch.setattr(sampler, "_publish", lambda event: told_at.append((clock.now, event["sampler"])))
    monkeypatch.setattr(sampler, "tick", sampler._tell_status)
    sampler.run(clock)
    times = [at for at, _ in told_at]
    assert max(after - before for before, after in pairwise(times)) < 30
    assert all(status["lateness_ms"] >= 0 for _, status in told_at)


def test_samples_that_the_queue_dropped_are_counted_until_storing_works_again(sampler, monkeypatch) -> None:
    door = sampler.ingest
    write = door._write
    monkeypatch.setattr(door, "_most", 2)
    monkeypatch.setattr(door, "_write", Mock(side_effect=OperationalError("database or disk is full")))
    for second in range(5):
        tick(sampler, monkeypatch, NOW_MS + second * 1000)
    status = sampler.status()
    assert (status["state"], status["waiting"], status["dropped"]) == ("storing_failed", 2, 3)
    monkeypatch.setattr(door, "_write", write)
    tick(sampler, monkeypatch, NOW_MS + 5000)
    assert (sampler.status()["state"], sampler.status()["dropped"]) == ("running", 0)

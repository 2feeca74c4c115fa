"""Whether a sampler runs, and the clock with it."""

from __future__ import annotations

import time

import pytest

from monitor.doctor import sampler
from monitor.doctor.finding import Level
from monitor.history.models import Sample
from monitor.hosts.models import Host
from tests.doctor.findings import only
from tests.factories import make_samples

OK, WARNING, FAILURE = Level.OK, Level.WARNING, Level.FAILURE


@pytest.fixture
def sampled(db, settings, monkeypatch):
    """Let the newest sample be so many seconds old, with or without a sampler that runs."""

    def arrange(age: float, held: bool = True, interval: float = 1.0) -> None:
        host = Host.objects.create(name=settings.LOADMON_HOST_NAME, interval=interval)
        Sample.objects.create(host=host, taken_at_ms=round((time.time() - age) * 1000), covered_ms=1000)
        monkeypatch.setattr(sampler.lock, "is_held", lambda path: held)
        monkeypatch.setattr(sampler.lock, "holder_of", lambda path: "4711")

    return arrange


@pytest.mark.django_db
def test_a_host_that_was_never_sampled_is_a_warning() -> None:
    assert only(sampler.samples_are_fresh()).level is WARNING


@pytest.mark.parametrize(
    ("age", "held", "interval", "level", "word"),
    [
        (1, True, 1.0, OK, "Process 4711 samples every 1 s"),
        (100, True, 60.0, OK, "1 min 40 s old"),
        (100, True, 1.0, FAILURE, "Process 4711 runs, but"),
        (100, False, 1.0, WARNING, "No sampler runs"),
        (1, False, 1.0, WARNING, "but no sampler"),
    ],
)
def test_the_sampler_is_judged_by_its_lock_and_its_newest_sample(
    sampled, age, held, interval, level, word
) -> None:
    sampled(age, held, interval)
    finding = only(sampler.samples_are_fresh())
    assert finding.level is level
    assert word in finding.text


@pytest.mark.django_db
def test_samples_from_before_the_clock_was_set_back_hide_no_silence(sampled, settings) -> None:
    sampled(-3600)
    finding = only(sampler.samples_are_fresh())
    assert finding.level is FAILURE
    assert finding.text == (
        "Process 4711 runs, but the newest sample is of a time 1 h ahead of the clock, so that its age is not known."
    )
    host = Host.objects.get(name=settings.LOADMON_HOST_NAME)
    make_samples(host, 1, end_ms=round(time.time() * 1000) - 100_000)
    assert "1 min 40 s old" in only(sampler.samples_are_fresh()).text


@pytest.mark.parametrize(("age", "level"), [(1, OK), (-3600, WARNING)])
def test_a_sample_from_the_future_betrays_the_clock(sampled, age: float, level: Level) -> None:
    sampled(age)
    assert only(sampler.the_clock_makes_sense()).level is level


def test_a_clock_in_the_last_century_is_a_failure(monkeypatch) -> None:
    monkeypatch.setattr(sampler.time, "time", lambda: 86400.0)
    finding = only(sampler.the_clock_makes_sense())
    assert finding.level is FAILURE
    assert "1970-01-02" in finding.text

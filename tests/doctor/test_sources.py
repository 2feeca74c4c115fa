"""Sources that cannot be read are failures by name; rules that are blind without one are told."""

from __future__ import annotations

import pytest

from monitor.collectors import procfile
from monitor.collectors.host import LINUX
from monitor.doctor import sources
from monitor.doctor.finding import Level
from monitor.metrics.catalogue import NAMES
from monitor.runtime import clock
from tests.factories import make_host, make_samples


def test_every_source_of_this_machine_tells():
    (found,) = sources.sources_tell()
    assert found.level is Level.OK


@pytest.mark.skipif(not LINUX, reason="/proc is Linux's")
def test_a_source_that_is_empty_is_a_failure_by_its_name(monkeypatch):
    real = procfile.ProcFile._read_whole
    monkeypatch.setattr(
        procfile.ProcFile, "_read_whole", lambda self: "" if self.path == "/proc/meminfo" else real(self)
    )
    (found,) = sources.sources_tell()
    assert (found.level, found.text) == (
        Level.FAILURE,
        "The memory collector failed: /proc/meminfo is empty.",
    )


@pytest.mark.django_db
def test_a_blind_rule_is_a_warning_with_its_reason(settings):
    host = make_host(settings.LOADMON_HOST_NAME)
    make_samples(
        host, 5, end_ms=clock.now_ms(), **(dict.fromkeys(NAMES, 1.0) | {"memory_available_percent": None})
    )
    found = sources.rules_see()
    assert {one.level for one in found} == {Level.WARNING}
    assert any(one.text.startswith("Memory low: Blind: ") for one in found)

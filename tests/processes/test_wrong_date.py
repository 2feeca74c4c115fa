"""Real processes on a machine whose date is wrong: nothing is deleted for it, and every command works or says why not."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stages.servers import Site, until
from tests.stages.wrongclock import WrongClock

pytestmark = pytest.mark.processes
HOUR, YEAR = 3600, 365.25 * 86_400
TABLES = ("monitor_sample", "monitor_minuterollup", "monitor_quarterrollup", "monitor_hourrollup")
SEED = (
    "import time; from monitor.demo import seeding; from monitor.hosts.models import Host; "
    "seeding.seed('testhost', 2, 60.0, 1, time.time_ns() // 10**6); "
    "Host.objects.update(cores_reason='2 of 2', sampler_stopped_at=None)"
)


@pytest.fixture
def wrong(tmp_path: Path) -> Iterator[tuple[Site, WrongClock]]:
    """An installation with two days of history, of which an hour of samples is kept, and its clock."""
    clock = WrongClock(tmp_path)
    with Site(LOADMON_INTERVAL="0.2", LOADMON_RAW_HOURS="1", **clock.environment) as site:
        site.shell(SEED)
        yield site, clock


def rows(site: Site) -> dict[str, int]:
    """How many rows each tier has."""
    return {table: site.query(f"select count(*) from {table}")[0][0] for table in TABLES}


def lost(site: Site, before: dict[str, int]) -> dict[str, int]:
    """The tiers that have fewer rows than before."""
    return {table: count for table, count in rows(site).items() if count < before[table]}


@pytest.mark.parametrize("ahead", [20 * HOUR, 11 * YEAR])
def test_starting_again_and_again_at_a_wrong_date_takes_no_row(
    wrong: tuple[Site, WrongClock], ahead: float
) -> None:
    site, clock = wrong
    site.manage("runsampler", "--once")
    before = rows(site)
    clock.set_by(ahead)
    for _ in range(3):
        site.manage("runsampler", "--once")
    for _ in range(2):
        passed = site.query("select boottime_ms from monitor_passing")
        site.start_sampler()
        until(
            lambda passed=passed: site.query("select boottime_ms from monitor_passing") != passed,
            "a look",
            120.0,
        )
        site.kill("sampler", signal.SIGKILL)
    assert lost(site, before) == {}
    assert site.query("select max(raw_ms), max(hour_ms) from monitor_passing") == [(0, 0)]


@pytest.mark.parametrize("year", [2099, 1970])
def test_serve_runs_in_any_year(tmp_path: Path, year: int) -> None:
    clock = WrongClock(tmp_path)
    with Site(**clock.environment) as site:
        clock.set_by((year - 2026) * YEAR)
        site.start("serve", "manage.py", "serve")
        until(lambda: site.alive("serve") and site.count() > 1, "samples", 180.0)
        site.kill("serve", signal.SIGTERM)
        assert "Traceback" not in site.log("serve")
        assert ("No login link can be made" in site.log("serve")) == (year > 2087)

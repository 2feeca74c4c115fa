"""Pruning in a running sampler: a wrong date must not empty the database."""

from __future__ import annotations

import pytest

from monitor.history import rollups
from monitor.history.models import Gap, Sample
from monitor.hosts.models import Host
from monitor.sampler.pruning import Pruning
from tests.factories import NOW_MS, make_host, make_samples
from tests.stages.clocks import SettableClocks

pytestmark = pytest.mark.django_db
HOUR, DAY, YEAR = 3600, 86_400, 365 * 86_400


@pytest.fixture
def clocks() -> SettableClocks:
    return SettableClocks()


@pytest.fixture
def host() -> Host:
    """A host with three minutes of samples up to now, all of them rolled up but for the last minute."""
    host = make_host()
    make_samples(host, 180)
    while rollups.roll_up(host):
        pass
    return host


def pruned(pruning: Pruning, host: Host) -> int:
    """How many samples a minute of steps deletes, one every 20 s."""
    before = Sample.objects.count()
    for _ in range(3):
        pruning.step(host)
    return before - Sample.objects.count()


def test_what_grew_old_goes(host: Host, clocks: SettableClocks) -> None:
    pruning = Pruning(host, NOW_MS, clocks)
    clocks.pass_by(60 * DAY)
    assert pruned(pruning, host) >= 100


@pytest.mark.parametrize("seconds", [YEAR, 3 * DAY, -3 * DAY])
def test_a_clock_that_was_set_lets_nothing_go_for_an_hour(
    host: Host, clocks: SettableClocks, seconds: int
) -> None:
    pruning = Pruning(host, NOW_MS, clocks)
    clocks.set_by(seconds)
    assert pruned(pruning, host) == 0
    clocks.pass_by(HOUR - 1)
    assert pruned(pruning, host) == 0


def test_a_clock_that_is_right_again_within_the_hour_has_cost_nothing(
    host: Host, clocks: SettableClocks
) -> None:
    pruning = Pruning(host, NOW_MS, clocks)
    for seconds in (YEAR, -YEAR):
        clocks.set_by(seconds)
        pruned(pruning, host)
        clocks.pass_by(HOUR / 2)
    clocks.pass_by(HOUR)
    assert pruned(pruning, host) == 0
    assert Sample.objects.count() == 180


def test_after_an_hour_the_new_date_is_taken_for_right(host: Host, clocks: SettableClocks) -> None:
    pruning = Pruning(host, NOW_MS, clocks)
    clocks.set_by(YEAR)
    pruning.step(host)
    clocks.pass_by(HOUR)
    assert pruned(pruning, host) >= 100


def test_a_clock_that_creeps_or_sleeps_holds_nothing_up(host: Host, clocks: SettableClocks) -> None:
    pruning = Pruning(host, NOW_MS, clocks)
    clocks.suspend(60 * DAY)
    clocks.set_by(30)
    assert pruned(pruning, host) >= 100


def test_a_start_long_after_the_newest_sample_lets_nothing_go_for_an_hour(
    host: Host, clocks: SettableClocks
) -> None:
    clocks.set_by(YEAR)
    pruning = Pruning(host, NOW_MS, clocks)
    assert pruned(pruning, host) == 0
    clocks.pass_by(HOUR - 1)
    assert pruned(pruning, host) == 0
    clocks.pass_by(1)
    assert pruned(pruning, host) >= 100


def test_a_start_soon_after_the_newest_sample_prunes_at_once(host: Host, clocks: SettableClocks) -> None:
    clocks.pass_by(60 * DAY)
    pruning = Pruning(host, clocks.wall_ms - 1000 * DAY + 1000, clocks)
    assert pruned(pruning, host) >= 100


@pytest.mark.parametrize("kind", ["clock_stepped", "sampler_down", "rebooted"])
def test_a_restart_within_the_hour_does_not_end_the_doubt(
    host: Host, clocks: SettableClocks, kind: str
) -> None:
    clocks.set_by(YEAR)
    Gap.objects.create(host=host, start_ms=NOW_MS, end_ms=clocks.wall_ms, kind=kind)
    clocks.pass_by(600)
    pruning = Pruning(host, clocks.wall_ms - 1000, clocks)
    assert pruned(pruning, host) == 0
    clocks.pass_by(HOUR)
    assert pruned(pruning, host) >= 100


def test_a_gap_into_years_to_come_that_is_over_is_no_reason_for_doubt(
    host: Host, clocks: SettableClocks
) -> None:
    clocks.pass_by(60 * DAY)
    Gap.objects.create(host=host, start_ms=NOW_MS, end_ms=clocks.wall_ms + 1000 * YEAR, kind="clock_stepped")
    assert pruned(Pruning(host, clocks.wall_ms, clocks), host) >= 100


def test_a_gap_of_an_hour_is_no_reason_for_doubt(host: Host, clocks: SettableClocks) -> None:
    clocks.pass_by(60 * DAY)
    Gap.objects.create(
        host=host, start_ms=clocks.wall_ms - 1000 * HOUR, end_ms=clocks.wall_ms, kind="sampler_down"
    )
    assert pruned(Pruning(host, clocks.wall_ms, clocks), host) >= 100

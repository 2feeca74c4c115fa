"""Pruning in a running sampler: a wrong date must not empty the database."""

from __future__ import annotations

import pytest
from django.db.models import Min, Model

from monitor.demo import seeding
from monitor.history import sizelimit
from monitor.history.models import MinuteRollup, Sample
from monitor.hosts.models import Host
from monitor.metrics.times import moment
from monitor.sampler.pruning import Pruning
from monitor.usage import retention
from monitor.usage.models import UsageBucket
from tests.factories import NOW_MS, make_host, make_samples
from tests.stages.clocks import SettableClocks
from tests.stages.rolling import roll_up_all

pytestmark = pytest.mark.django_db
HOUR, DAY, YEAR = 3600, 86_400, 365 * 86_400


class Machine:
    """A host whose sampler prunes every five minutes; its clocks are those of the test."""

    def __init__(self) -> None:
        self.clocks = SettableClocks()
        self.boot = "one"
        self.host = make_host(sampler_started_at=moment(NOW_MS))
        make_samples(self.host, 180)
        roll_up_all(self.host)
        self.start()

    def start(self) -> None:
        self.pruning = Pruning(self.clocks, lambda: self.boot)

    def run(self, seconds: int, restarting: bool = False) -> int:
        """How many samples go in so many seconds; restarting: each step is that of a sampler that was just started."""
        before = Sample.objects.filter(host=self.host).count()
        for _ in range(seconds // 300):
            if restarting:
                self.start()
            self.pruning.step(self.host)
            self.clocks.pass_by(300)
        return before - Sample.objects.filter(host=self.host).count()


@pytest.fixture
def machine() -> Machine:
    """A machine with three minutes of samples up to now, all of them rolled up but for the last minute."""
    return Machine()


def test_what_grew_old_goes(machine: Machine) -> None:
    machine.run(4 * HOUR)
    machine.clocks.pass_by(23 * HOUR)
    machine.run(300)
    machine.clocks.pass_by(23 * HOUR)
    assert machine.run(900) >= 100


@pytest.mark.parametrize("restarting", [False, True], ids=["running", "restarted"])
@pytest.mark.parametrize("seconds", [YEAR, 12 * YEAR, 73 * YEAR, 3 * DAY, 50 * HOUR])
def test_a_wrong_date_takes_nothing_for_an_hour_and_then_only_as_time_passes(
    machine: Machine, seconds: int, restarting: bool
) -> None:
    machine.run(4 * HOUR)
    machine.clocks.set_by(seconds)
    assert machine.run(HOUR, restarting) == 0
    assert machine.run(900, restarting) > 0


@pytest.mark.parametrize("seconds", [20 * HOUR, -3 * DAY, -56 * YEAR])
def test_a_date_before_or_less_than_a_day_ahead_takes_nothing_either(machine: Machine, seconds: int) -> None:
    machine.run(4 * HOUR)
    machine.clocks.pass_by(20 * HOUR)
    machine.run(300)
    machine.clocks.pass_by(8 * HOUR)
    machine.run(300)
    machine.clocks.set_by(seconds)
    assert machine.run(HOUR, restarting=True) == 0


def test_a_first_start_with_an_old_database_takes_nothing_for_an_hour(machine: Machine) -> None:
    machine.clocks.pass_by(60 * DAY)
    assert machine.run(HOUR) == 0
    assert machine.run(900) > 0


def test_after_a_boot_nothing_goes_for_an_hour(machine: Machine) -> None:
    machine.run(4 * HOUR)
    machine.boot, machine.clocks.boottime = "two", 20.0
    machine.clocks.set_by(60 * DAY)
    assert machine.run(HOUR, restarting=True) == 0


def test_a_clock_that_is_right_again_within_the_hour_has_cost_nothing(machine: Machine) -> None:
    machine.run(4 * HOUR)
    for seconds in (YEAR, -YEAR):
        machine.clocks.set_by(seconds)
        machine.run(HOUR // 2)
    machine.run(2 * HOUR)
    assert Sample.objects.count() == 180


def test_a_host_that_nothing_samples_grows_old_too_but_not_at_once(machine: Machine) -> None:
    left = make_host("imported")
    make_samples(left, 600, end_ms=NOW_MS - 3 * DAY * 1000)
    machine.run(HOUR)
    assert Sample.objects.filter(host=left).count() == 600
    machine.run(HOUR)
    assert Sample.objects.filter(host=left).count() == 0


def test_over_the_size_limit_the_next_step_is_due_at_once(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_samples(machine.host, 2 * HOUR, end_ms=NOW_MS + 10_000_000)
    roll_up_all(machine.host)
    assert not machine.pruning.step(machine.host).has_more
    monkeypatch.setattr(sizelimit, "database_bytes", lambda: 10**12)
    found = machine.pruning.step(machine.host)
    assert (found.over_limit, found.has_more) == (True, True)
    assert found.rows > 0


def left_alone(machine: Machine) -> list[str]:
    return [host.name for host in machine.pruning.left_alone(machine.host, machine.clocks())]


def test_made_up_and_imported_and_stopped_hosts_are_left_alone_at_once(machine: Machine) -> None:
    started = moment(NOW_MS)
    make_host("imported")
    make_host("made up", cores_reason="synthetic demo data", sampler_started_at=started)
    make_host("stopped", sampler_started_at=started, sampler_stopped_at=started)
    make_host("elsewhere", sampler_started_at=started)
    assert left_alone(machine) == ["imported", "made up", "stopped"]


def test_a_host_of_which_nothing_arrives_is_left_alone_after_ten_minutes_whatever_its_dates_say(
    machine: Machine,
) -> None:
    silent, lively = (make_host(name, sampler_started_at=moment(NOW_MS)) for name in ("silent", "lively"))
    make_samples(silent, 1, end_ms=NOW_MS + 10**10)
    for minute in range(11):
        make_samples(lively, 1, end_ms=NOW_MS - 10**10 + minute)
        assert left_alone(machine) == ([] if minute < 10 else ["silent"])
        machine.clocks.pass_by(60)
    machine.clocks.set_by(3 * DAY)
    assert left_alone(machine) == ["silent"]
    make_samples(silent, 1, end_ms=NOW_MS)
    assert left_alone(machine) == []


def test_over_the_limit_no_more_samples_go_before_the_usage_of_those_that_went(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else the history would be shortened by what its usage would have made room for."""
    host, demo = make_host(sampler_started_at=moment(NOW_MS)), seeding.seed("demo", 2, 60.0, 1, NOW_MS)
    monkeypatch.setattr(sizelimit, "database_bytes", lambda: 10**12)
    monkeypatch.setattr(retention, "BUCKETS_A_STEP", 20)
    pruning = Pruning(SettableClocks(), lambda: "one")
    lags = []
    for _ in range(30):
        before = oldest(MinuteRollup, "start_ms", demo)
        lag = before - 60_000 * oldest(UsageBucket, "start", demo, tier=1)
        pruning.step(host)
        if lag > 20 * 60_000:
            lags.append(lag)
            assert oldest(MinuteRollup, "start_ms", demo) == before
    assert lags


def oldest(table: type[Model], field: str, host: Host, **more: int) -> int:
    """The least of a field of the rows of a host."""
    return int(table._default_manager.filter(host=host, **more).aggregate(least=Min(field))["least"])

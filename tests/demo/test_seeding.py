"""The synthetic host: clearly marked, the same for the same seed, and as consistent as a measured one."""

import contextlib
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from monitor.alerts.models import Alert, Transition
from monitor.database import bulk, turns
from monitor.demo import machine, seeding
from monitor.history import rollups
from monitor.history.domain.tiers import HOUR, MINUTE, QUARTER, RESOLUTIONS, merged
from monitor.history.models import Gap, RollupProgress, Sample
from monitor.hosts.models import Host
from monitor.loadtests.models import LoadTest
from monitor.metrics.catalogue import NAMES
from monitor.metrics.gaps import Kind
from tests.factories import MONDAY_NOON, make_host, make_samples
from tests.stages.rolling import let_go, roll_up_all

pytestmark = pytest.mark.django_db


def seeded(days=2, interval=30.0, number=1, name="demo"):
    return seeding.seed(name, days, interval, number, MONDAY_NOON)


def stored(host, resolution):
    return dict(rollups.summaries(host, resolution, 0, 10**15))


def samples(host):
    return list(Sample.objects.filter(host=host).values_list("taken_at_ms", "covered_ms", *NAMES))


def test_a_demo_host_says_that_it_is_synthetic():
    host = seeded(days=1)
    assert (host.name, host.cores_reason) == ("demo", "synthetic demo data")


def test_the_same_seed_makes_the_same_history():
    host = seeded(number=5, days=1)
    first = samples(host), stored(host, HOUR)
    again = seeded(number=5, days=1)
    assert (samples(again), stored(again, HOUR)) == first


def test_another_seed_makes_another_history():
    assert samples(seeded(number=5, days=1)) != samples(seeded(number=6, days=1))


def test_the_tiers_are_what_rolling_up_the_samples_gives():
    host = seeded(days=1)
    seed_made = {resolution: stored(host, resolution) for resolution in RESOLUTIONS}
    progress = {row.resolution: row.pending_from_ms for row in RollupProgress.objects.all()}
    for table in rollups.TABLES.values():
        table._default_manager.all().delete()
    RollupProgress.objects.all().delete()
    roll_up_all(host)
    assert {resolution: stored(host, resolution) for resolution in RESOLUTIONS} == seed_made
    assert {row.resolution: row.pending_from_ms for row in RollupProgress.objects.all()} == progress


def test_rolling_up_a_fresh_demo_host_has_nothing_to_do():
    assert rollups.roll_up(seeded()) == 0


def test_a_later_sample_is_rolled_up_from_where_the_demo_ended():
    host = seeded()
    before = stored(host, MINUTE)
    make_samples(host, 1, end_ms=MONDAY_NOON + 60_000)
    assert rollups.roll_up(host) > 0
    assert set(before) < set(stored(host, MINUTE))


def test_coarse_history_merges_from_the_finer_where_both_are_kept(settings):
    settings.LOADMON_RAW_HOURS = 6
    settings.LOADMON_MINUTE_DAYS = 2
    host = seeded(days=5)
    minutes, quarters, hours = (stored(host, resolution) for resolution in RESOLUTIONS)
    hour = max(hours)
    assert hours[hour] == merged([row for start, row in quarters.items() if 0 <= start - hour < 3_600_000])
    quarter = min(start for start in quarters if start >= min(minutes))
    inside = [row for start, row in minutes.items() if 0 <= start - quarter < 900_000]
    assert quarters[quarter] == merged(inside)
    assert min(hours) == min(quarters) < min(minutes) < samples(host)[0][0]


def test_no_mean_lies_outside_its_extremes(settings):
    settings.LOADMON_RAW_HOURS = 1
    host = seeded(days=3)
    for resolution in RESOLUTIONS:
        for row in stored(host, resolution).values():
            for one in row:
                assert one.low * one.weight <= one.total <= one.high * one.weight


def test_pruning_a_fresh_demo_host_takes_nothing():
    assert let_go(seeded(days=3), MONDAY_NOON) == 0


def test_two_days_have_every_kind_of_gap_and_no_sample_inside_one():
    host = seeded()
    gaps = list(Gap.objects.filter(host=host))
    assert {gap.kind for gap in gaps} == set(Kind)
    for gap in gaps:
        inside = Sample.objects.filter(
            host=host, taken_at_ms__gt=gap.start_ms + 3000, taken_at_ms__lt=gap.end_ms
        )
        assert not inside.exists()


def test_a_sample_after_a_gap_has_no_rates():
    host = seeded()
    gap = Gap.objects.filter(host=host, kind="suspended").get()
    first = Sample.objects.filter(host=host, taken_at_ms__gte=gap.end_ms).order_by("taken_at_ms").first()
    assert (first.covered_ms, first.cpu_percent) == (0, None)
    assert first.load1 is not None


def test_monday_morning_exceeds_the_cores_and_fires():
    host = seeded(days=1)
    peak = max(value for value in Sample.objects.filter(host=host).values_list("load1", flat=True) if value)
    assert peak > host.effective_cores
    assert Alert.objects.filter(host=host, metric="load1").exists()


def test_alerts_of_the_demo_tell_when_they_changed_not_when_they_were_made_up():
    host = seeded(days=1)
    changes = Transition.objects.filter(alert__host=host)
    assert changes.exists()
    assert all(change.stored_at == change.at for change in changes)


def test_a_load_test_of_the_demo_marks_the_alert_it_causes():
    host = seeded(interval=5.0)
    assert LoadTest.objects.filter(host=host, state="finished").exists()
    assert Alert.objects.filter(host=host, is_test=True).exists()


def test_a_sampler_beside_it_that_rolls_up_changes_nothing_and_disturbs_nobody():
    host = seeded(days=1)
    expected = samples(host), {resolution: stored(host, resolution) for resolution in RESOLUTIONS}

    def as_a_sampler_would(share):
        being_made = Host.objects.get(name="demo")
        rollups.roll_up(being_made, is_left=True)

    host = seeding.seed("demo", 1, 30.0, 1, MONDAY_NOON, as_a_sampler_would)
    found = {resolution: stored(host, resolution) for resolution in RESOLUTIONS}
    assert samples(host) == expected[0]
    assert {at: row for at, row in found[MINUTE].items() if at in expected[1][MINUTE]} == expected[1][MINUTE]
    assert RollupProgress.objects.get(host=host, resolution=MINUTE).seen_id == Sample.objects.latest("id").pk


def test_no_transaction_is_long_and_nothing_is_made_up_inside_one(monkeypatch):
    open_turns, rows = [], []

    @contextlib.contextmanager
    def turn():
        open_turns.append(True)
        rows.append(0)
        yield
        open_turns.pop()

    def insert(table, columns, values, replacing=()):
        rows[-1] += len(values)
        assert open_turns

    real = machine.measured

    def measured(*arguments):
        assert not open_turns
        return real(*arguments)

    monkeypatch.setattr(turns, "short_turn", turn)
    monkeypatch.setattr(bulk, "insert", insert)
    monkeypatch.setattr(machine, "measured", measured)
    seeding.seed("demo", 1, 5.0, 1, MONDAY_NOON)
    assert 0 < max(rows) <= turns.ROWS_A_TURN


def test_a_database_that_fails_in_the_middle_leaves_nothing_half(monkeypatch):
    real = bulk.insert

    def insert(table, columns, rows, replacing=()):
        if Sample.objects.count() > 1000:
            raise OperationalError("database or disk is full")
        real(table, columns, rows, replacing)

    monkeypatch.setattr(bulk, "insert", insert)
    with pytest.raises(
        CommandError, match=r"^The database failed: database or disk is full\. Free some space in "
    ):
        call_command("seeddemo", "--days", "1", "--interval", "20")
    assert not Host.objects.exists()
    assert not Sample.objects.exists()


def test_a_measured_host_is_never_touched():
    make_samples(make_host("demo"), 3)
    with pytest.raises(CommandError, match="no synthetic one"):
        call_command("seeddemo", "--days", "1")
    with pytest.raises(CommandError, match="no synthetic one"):
        call_command("seeddemo", "--remove")
    assert Sample.objects.count() == 3


def test_remove_takes_the_demo_away_and_nothing_else():
    make_samples(make_host("db-01"), 3)
    seeded(days=1)
    call_command("seeddemo", "--remove", stdout=StringIO())
    assert [host.name for host in Host.objects.all()] == ["db-01"]
    assert Sample.objects.count() == 3
    assert not any(table._default_manager.exists() for table in (*rollups.TABLES.values(), Gap, Alert))


@pytest.mark.parametrize(
    "option", [("--days", "0"), ("--days", "1e3"), ("--interval", "0"), ("--host", "a b"), ("--seed", "-1")]
)
def test_a_wrong_option_is_refused_with_its_value(option):
    with pytest.raises(CommandError, match=option[0]):
        call_command("seeddemo", *option)


def test_a_quarter_of_the_demo_is_there_even_without_minutes(settings):
    settings.LOADMON_RAW_HOURS = settings.LOADMON_MINUTE_DAYS = 1
    host = seeded(days=4)
    assert len(stored(host, QUARTER)) > 3 * 90

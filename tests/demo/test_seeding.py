"""The synthetic host: clearly marked, the same for the same seed, and as consistent as a measured one."""

import contextlib
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.db.models import Sum

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
from monitor.metrics.times import moment
from monitor.usage.domain.tiers import TIERS
from monitor.usage.models import PartUsage, Usage, UsageBucket
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


def usage_of(host, tier):
    return Usage.objects.filter(host=host, tier=tier)


def week(settings):
    """Seven days, the older ones in quarters alone."""
    settings.LOADMON_RAW_HOURS = settings.LOADMON_MINUTE_DAYS = 1
    return seeded(days=7, interval=60.0)


def test_the_usage_of_a_minute_adds_up_to_the_cpu_of_its_history():
    host = seeded(days=1, interval=60.0)
    cpu = NAMES.index("cpu_percent")
    measured = {
        start: row[cpu].total / 100 / 100 * 4 for start, row in stored(host, MINUTE).items() if row[cpu]
    }
    buckets = {one.start: one for one in UsageBucket.objects.filter(host=host, tier=1)}
    rows = dict(usage_of(host, 1).values_list("start").annotate(Sum("cpu_ms")))
    assert len(measured) > 1000
    for start, expected in measured.items():
        bucket = buckets[start // 60_000]
        assert bucket.machine_cpu_ms == pytest.approx(expected, abs=1)
        assert rows[bucket.start] + bucket.cpu_ms + bucket.not_seen_ms == bucket.machine_cpu_ms


def test_usage_of_the_demo_is_in_every_tier_and_the_same_for_the_same_seed():
    def made():
        host = seeded(days=1, interval=60.0)
        others = UsageBucket.objects.filter(host=host)
        return {
            tier: [
                *usage_of(host, tier).values_list("start", "cpu_ms"),
                *others.filter(tier=tier).values_list("start", "cpu_ms"),
            ]
            for tier in TIERS
        }

    first = made()
    assert len({sum(cpu for _, cpu in rows) for rows in first.values()}) == 1
    assert made() == first


def test_on_tuesday_at_three_the_backup_used_most_and_no_alert_tells_of_it(settings):
    host = week(settings)
    three = MONDAY_NOON - 6 * 86_400_000 - 9 * 3_600_000
    rows = usage_of(host, 15).filter(start=three // 60_000 + 15).order_by("-cpu_ms")
    assert rows.first().consumer.name == "backup.service"
    fired = Alert.objects.filter(host=host, fired_at__range=(moment(three), moment(three + 3_600_000)))
    assert not fired.exists()


def test_a_service_of_the_demo_grows_for_a_week_and_a_disk_fills(settings):
    host = week(settings)
    rows = usage_of(host, 360).filter(consumer__name="search.service").order_by("start")
    held = [one.memory_highest_mib for one in rows]
    assert held == sorted(held)
    assert held[-1] > 3 * held[0]
    full = Alert.objects.get(host=host, metric="disk_fullest_percent")
    assert [one["name"] for one in full.members] == ["/srv"]


def test_every_alert_of_the_demo_has_evidence_and_names_somebody():
    alerts = list(Alert.objects.filter(host=seeded(days=1, interval=60.0)))
    assert any("mostly" in alert.explanation for alert in alerts)
    for alert in alerts:
        assert alert.explanation
        moments = set(alert.evidence.values_list("moment", flat=True))
        assert {"onset"} | ({"recovery"} if alert.resolved_at else set()) <= moments


def test_the_parts_of_the_demo_have_their_past_in_every_tier(settings):
    host = week(settings)
    for tier in (15, 60, 360):
        rows = PartUsage.objects.filter(host=host, tier=tier, part__name="/srv").order_by("start")
        full = [one.used_kib_s / one.size_kib_s for one in rows]
        assert full == sorted(full)
        assert full[-1] > full[0] + 0.25
    assert not PartUsage.objects.filter(host=host, tier=1, start__lt=MONDAY_NOON // 60_000 - 1440).exists()

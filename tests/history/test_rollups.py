"""Rolling up over rows: exact, idempotent, late data included."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.history import progress, rollups
from monitor.history.domain import steps, tiers
from monitor.history.domain.tiers import HOUR, MINUTE, QUARTER
from monitor.history.models import HourRollup, MinuteRollup, QuarterRollup, RollupProgress, Sample
from monitor.hosts.models import Host
from monitor.metrics.catalogue import NAMES
from tests.factories import make_host, make_samples
from tests.stages.examples import examples
from tests.stages.rolling import START, let_go, roll_up_all, sample, stored

pytestmark = pytest.mark.django_db


def directly(host, resolution):
    """Every complete bucket computed at once from the samples that there are."""
    rows = (
        Sample.objects.filter(host=host)
        .order_by("taken_at_ms")
        .values_list("taken_at_ms", "covered_ms", *NAMES)
    )
    summaries = [(at, tiers.of_reading(steps.of_reading(values), covered)) for at, covered, *values in rows]
    until = rollups.done_until(host, resolution)
    return {start: row for start, row in tiers.grouped(summaries, resolution).items() if start < until}


def sums(host, resolution):
    """Total and weight of the CPU over all buckets whose hour is done."""
    done = rollups.done_until(host, HOUR)
    known = [row[NAMES.index("cpu_percent")] for at, row in stored(host, resolution).items() if at < done]
    return sum(one.total for one in known if one), sum(one.weight for one in known if one)


def test_a_bucket_is_stored_once_it_is_complete(host):
    make_samples(host, 60, end_ms=START + 59_000)
    assert rollups.roll_up(host) == 0
    sample(host, 60, 1.0)
    assert rollups.roll_up(host) == 1
    assert rollups.roll_up(host) == 0
    assert MinuteRollup.objects.count() == 1
    assert rollups.done_until(host, MINUTE) == START + 60_000


def test_every_tier_equals_one_computation_from_the_samples(host):
    make_samples(host, 2 * 3600 + 60, end_ms=START + (2 * 3600 + 59) * 1000, cpu_percent=[
        float(i % 101) for i in range(2 * 3600 + 60)])  # fmt: skip
    roll_up_all(host)
    for resolution, table in ((MINUTE, MinuteRollup), (QUARTER, QuarterRollup), (HOUR, HourRollup)):
        assert stored(host, resolution) == directly(host, resolution)
        assert table.objects.exists()


def test_rolling_up_again_changes_nothing(host):
    make_samples(host, 400, end_ms=START + 400_000)
    roll_up_all(host)
    before = stored(host, MINUTE)
    RollupProgress.objects.update(pending_from_ms=0, seen_id=0)
    roll_up_all(host)
    assert stored(host, MINUTE) == before


def test_a_late_sample_is_taken_into_every_tier(host):
    make_samples(host, 3700, end_ms=START + 3_700_000, cpu_percent=10.0)
    roll_up_all(host)
    Sample.objects.create(host=host, taken_at_ms=START + 90_500, covered_ms=500, cpu_percent=99.0)
    sample(host, 3701, 10.0)
    roll_up_all(host)
    cpu = NAMES.index("cpu_percent")
    assert stored(host, MINUTE)[START + 60_000][cpu].high == 9900
    assert stored(host, HOUR)[START][cpu].high == 9900
    assert stored(host, HOUR) == directly(host, HOUR)


def test_a_late_sample_for_a_pruned_minute_leaves_its_bucket_alone(host, settings):
    make_samples(host, 3 * 1800, end_ms=START + 3 * 3_600_000, step_ms=2000, cpu_percent=10.0)
    roll_up_all(host)
    settings.LOADMON_RAW_HOURS = 1
    while let_go(host, START + 3 * 3_600_000):
        pass
    before = stored(host, MINUTE)
    sample(host, 90, 99.0)
    sample(host, 3 * 3600 + 61, 10.0)
    roll_up_all(host)
    after = stored(host, MINUTE)
    assert after[START + 60_000] == before[START + 60_000]


def test_a_clock_set_back_loses_no_bucket(host):
    make_samples(host, 600, end_ms=START + 600_000, cpu_percent=10.0)
    roll_up_all(host)
    make_samples(host, 300, end_ms=START - 300_000, cpu_percent=90.0)
    roll_up_all(host)
    make_samples(host, 1, end_ms=START + 700_000)
    roll_up_all(host)
    assert stored(host, MINUTE) == directly(host, MINUTE)


def test_two_hosts_do_not_mix(host):
    other = make_host("other")
    make_samples(host, 130, end_ms=START + 130_000, cpu_percent=10.0)
    make_samples(other, 130, end_ms=START + 130_000, cpu_percent=90.0)
    roll_up_all(host)
    roll_up_all(other)
    cpu = NAMES.index("cpu_percent")
    assert {row[cpu].high for row in stored(host, MINUTE).values()} == {1000}
    assert {row[cpu].low for row in stored(other, MINUTE).values()} == {9000}


readings = st.tuples(st.one_of(st.none(), st.floats(0, 1e6), st.integers(0, 10_000)), st.integers(0, 1500))
batches_of_readings = st.lists(
    st.dictionaries(st.integers(0, 2400), readings, min_size=1, max_size=25), min_size=1, max_size=4
)


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batches_of_readings, st.integers(1, 5))
def test_any_order_and_repetition_equals_one_computation(batches, most):
    """Samples arrive in any order, in batches, with rolling up between; the tiers are those of all samples at once."""
    host = Host.objects.create(name=f"h{Host.objects.count()}", interval=1.0)
    known = set()
    for batch in batches:
        for second, (value, covered_ms) in batch.items():
            if second not in known:
                known.add(second)
                sample(host, second, value, covered_ms)
        rollups.roll_up(host, most)
    sample(host, 7200, 1.0)
    for _ in range(2000):
        if not rollups.roll_up(host, most):
            break
    for resolution in (MINUTE, QUARTER, HOUR):
        assert stored(host, resolution) == directly(host, resolution)
    assert sums(host, HOUR) == sums(host, QUARTER) == sums(host, MINUTE)
    for row in stored(host, HOUR).values():
        assert all(one is None or one.low <= one.mean <= one.high for one in row)


def test_a_host_that_nothing_samples_is_rolled_up_to_its_last_minute_and_what_is_imported_later_too(host):
    make_samples(host, 90, end_ms=START + 89_000)
    make_samples(make_host("busy"), 5, end_ms=START + 86_400_000)
    while rollups.roll_up(host, is_left=True):
        pass
    assert list(MinuteRollup.objects.values_list("host", "start_ms").order_by("start_ms")) == [
        (host.pk, START),
        (host.pk, START + 60_000),
    ]
    make_samples(host, 60, end_ms=START - 1)
    while rollups.roll_up(host, is_left=True):
        pass
    assert MinuteRollup.objects.filter(start_ms=START - 60_000).exists()


def everything(host, resolution):
    """Every bucket computed at once from the samples that there are, those that still grow too."""
    rows = Sample.objects.filter(host=host).values_list("taken_at_ms", "covered_ms", *NAMES)
    summaries = [(at, tiers.of_reading(steps.of_reading(values), covered)) for at, covered, *values in rows]
    return tiers.grouped(summaries, resolution)


def settled(host):
    """Whether every tier, rolled up, is that of all samples at once, but for what still grows or lies ahead."""
    roll_up_all(host)
    newest_ms = Sample.objects.order_by("-pk")[0].taken_at_ms
    for resolution in (MINUTE, QUARTER, HOUR):
        known, whole = stored(host, resolution), everything(host, resolution)
        growing = {tiers.bucket_of(newest_ms, resolution)}
        pending = rollups.done_until(host, resolution)
        known, whole = (
            {start: row for start, row in rows.items() if start < pending and start not in growing}
            for rows in (known, whole)
        )
        if known != whole:
            return False
    return True


STEPS_MS = [3_600_000, -3_600_000, -3 * 86_400_000, 10**12]


def runs(host, seconds, end_ms):
    """So many seconds of a sample every five."""
    make_samples(host, seconds // 5, end_ms=end_ms, step_ms=5000)


@pytest.mark.parametrize("step_ms", STEPS_MS)
def test_after_a_step_of_the_clock_each_minute_is_rolled_up_as_it_ends(host, step_ms):
    runs(host, 2 * 3600, START)
    roll_up_all(host)
    base = START + step_ms + 17
    for minute in range(1, 8):
        runs(host, 60, base + minute * 60_000)
        for _ in range(8):  # the first of them may have to go over ten minutes again
            rollups.roll_up(host)
        ended = tiers.bucket_of(base + minute * 60_000, MINUTE) - 60_000
        assert stored(host, MINUTE)[ended] == everything(host, MINUTE)[ended]
    assert settled(host)


@pytest.mark.parametrize("seconds", [10, 700])
@pytest.mark.parametrize("step_ms", STEPS_MS)
def test_after_a_short_excursion_of_the_clock_it_goes_on_within_a_minute(host, step_ms, seconds):
    runs(host, 2 * 3600, START)
    roll_up_all(host)
    runs(host, seconds, START + step_ms + seconds * 1000 + 17)
    roll_up_all(host)
    runs(host, 180, START + (seconds + 180) * 1000)
    for _ in range(8):
        rollups.roll_up(host)
    assert MinuteRollup.objects.filter(
        start_ms=tiers.bucket_of(START + (seconds + 100) * 1000, MINUTE)
    ).exists()
    assert settled(host)


def test_what_arrives_late_far_behind_holds_up_nothing_and_is_taken_into_every_tier(host):
    runs(host, 6 * 3600, START + 6 * 3_600_000)
    roll_up_all(host)
    Sample.objects.create(host=host, taken_at_ms=START + 90_500, covered_ms=500, cpu_percent=99.0)
    runs(host, 120, START + 6 * 3_600_000 + 125_000)
    rollups.roll_up(host)
    rollups.roll_up(host)
    assert rollups.done_until(host, MINUTE) == START + 6 * 3_600_000 + 120_000
    for resolution in (MINUTE, QUARTER, HOUR):
        start = tiers.bucket_of(START + 90_500, resolution)
        assert stored(host, resolution)[start][NAMES.index("cpu_percent")].high == 9900
    assert settled(host)


def test_a_minute_before_what_was_pruned_that_has_no_bucket_yet_gets_one(host):
    runs(host, 3600, START)
    roll_up_all(host)
    RollupProgress.objects.filter(resolution=MINUTE).update(pruned_until_ms=START - 60_000)
    late = START - 10 * 3_600_000
    runs(host, 120, late + 119_000)
    runs(host, 5, START + 1000)
    roll_up_all(host)
    assert MinuteRollup.objects.filter(start_ms__gte=late, start_ms__lt=late + 120_000).count() == 2


def test_what_is_imported_while_a_bucket_is_computed_is_computed_too(host, monkeypatch):
    make_samples(host, 200, end_ms=START + 199_000)
    rollups.roll_up(host)
    real = rollups._computed

    def computed(*arguments):
        monkeypatch.undo()
        found = real(*arguments)
        progress.compute_again(
            host, MINUTE, START, begins=False
        )  # by another process, which brought late ones
        return found

    monkeypatch.setattr(rollups, "_computed", computed)
    assert rollups.roll_up(host) == 0
    assert rollups.done_until(host, MINUTE) == START


def test_a_tier_that_another_process_began_meanwhile_is_no_fault(host, monkeypatch):
    make_samples(host, 200, end_ms=START + 199_000)
    real = rollups._computed

    def computed(*arguments):
        RollupProgress.objects.create(host=host, resolution=MINUTE, pending_from_ms=START)
        return real(*arguments)

    monkeypatch.setattr(rollups, "_computed", computed)
    assert rollups.roll_up(host) == 0
    monkeypatch.undo()
    assert rollups.roll_up(host) > 0

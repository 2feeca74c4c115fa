"""Pruning over rows: nothing before the next tier has it, oldest first, and no more than time has passed for."""

import pytest

from monitor.history import passing, retention, rollups
from monitor.history.domain.tiers import HOUR, MINUTE, QUARTER
from monitor.history.models import HourRollup, MinuteRollup, Passing, QuarterRollup, Sample
from monitor.metrics.catalogue import NAMES
from tests.factories import make_samples
from tests.stages.rolling import START, let_go, make_buckets, roll_up_all, sample, stored

pytestmark = pytest.mark.django_db
HOUR_MS, DAY_MS = 3_600_000, 86_400_000


def test_samples_are_pruned_only_after_the_next_tier_has_them(host, settings):
    make_samples(host, 300, end_ms=START, cpu_percent=10.0)
    now = START + 100 * HOUR_MS
    assert let_go(host, now) == 0
    sample(host, 61, 1.0)
    roll_up_all(host)
    assert let_go(host, now) > 0
    assert Sample.objects.filter(taken_at_ms__lt=START - 60_000).count() == 0
    assert MinuteRollup.objects.exists()


def test_samples_that_arrive_old_are_pruned_only_after_they_were_rolled_up(host):
    make_samples(host, 300, end_ms=START + 900_000, cpu_percent=10.0)
    roll_up_all(host)
    sample(host, 90, 99.0)
    sample(host, 960, 10.0)  # the sampler goes on
    now = START + 100 * HOUR_MS
    assert let_go(host, now) == 0
    roll_up_all(host)
    assert let_go(host, now) > 0
    assert stored(host, MINUTE)[START + 60_000][NAMES.index("cpu_percent")].high == 9900


def test_each_tier_is_kept_for_its_time(host, settings):
    settings.LOADMON_MINUTE_DAYS = 1
    make_samples(host, 7300, end_ms=START + 7_300_000)
    roll_up_all(host)
    while let_go(host, START + 2 * DAY_MS):
        pass
    assert not MinuteRollup.objects.filter(start_ms__lt=rollups.done_until(host, QUARTER)).exists()
    assert QuarterRollup.objects.count() == 8
    assert HourRollup.objects.count() == 2


def test_nothing_young_goes(host):
    make_samples(host, 300, end_ms=START)
    roll_up_all(host)
    assert let_go(host, START) == 0


def paid(host, **credits):
    """A row by which only so much may go."""
    return Passing.objects.create(sampler=host, host=host, boottime_ms=0, wall_ms=0, **credits)


def test_without_time_that_passed_no_date_takes_anything(host):
    make_samples(host, 300, end_ms=START)
    make_buckets(host, HOUR, START - 100 * HOUR_MS, [1.0] * 100)
    roll_up_all(host)
    assert retention.prune(paid(host), START + 200 * 365 * DAY_MS) == 0


def test_as_much_goes_as_time_has_passed_for_and_is_paid_with_it(host):
    make_samples(host, 600, end_ms=START)
    roll_up_all(host)
    row = paid(host, raw_ms=100_500)
    now = START + 30 * 365 * DAY_MS
    assert retention.prune(row, now) == 100
    assert retention.prune(Passing.objects.get(), now) == 0
    assert Passing.objects.get().raw_ms == 500


def test_a_span_in_which_nothing_is_stored_costs_nothing(host):
    make_samples(host, 120, end_ms=START - 10 * DAY_MS)
    make_samples(host, 120, end_ms=START)
    roll_up_all(host)
    assert retention.prune(paid(host, raw_ms=180_000), START + 30 * DAY_MS) == 180


def test_rows_that_cover_nothing_are_not_free(host):
    make_samples(host, 600, end_ms=START, covered_ms=0)
    sample(host, 60, 1.0)
    roll_up_all(host)
    assert retention.prune(paid(host, raw_ms=60_000), START + 30 * DAY_MS) == 60


def test_an_hour_of_each_tier_costs_an_hour(host):
    make_buckets(host, HOUR, START - 50 * HOUR_MS, [1.0] * 50)
    row = paid(host, raw_ms=0, hour_ms=2 * HOUR_MS)
    assert retention.prune(row, START + 10 * 365 * DAY_MS) == 2
    assert passing.credit(row, HOUR) == 0


def test_what_only_seems_old_stays_as_long_as_what_was_stored_before_it(host):
    """A board whose clock stood at 1970 for two minutes in the midst of its samples."""
    make_samples(host, 300, end_ms=START)
    make_samples(host, 120, end_ms=120_000)
    make_samples(host, 300, end_ms=START + 400_000)
    roll_up_all(host)
    assert let_go(host, START + 1000) == 0
    assert Sample.objects.filter(taken_at_ms__lte=120_000).count() == 120
    while let_go(host, START + 48 * HOUR_MS + 200_000):
        pass
    assert not Sample.objects.filter(taken_at_ms__lte=120_000).exists()


def test_what_is_imported_is_kept_as_long_as_what_was_there_before(host):
    make_samples(host, 300, end_ms=START)
    make_samples(host, 300, end_ms=START - 5 * DAY_MS)
    make_samples(host, 1, end_ms=START + 61_000)
    roll_up_all(host)
    assert let_go(host, START + 61_000) == 0


def test_rows_of_years_to_come_hold_nothing_up(host):
    make_samples(host, 60, end_ms=START + 70 * 365 * DAY_MS)
    make_samples(host, 300, end_ms=START)
    sample(host, 61, 1.0)
    roll_up_all(host)
    assert let_go(host, START + 49 * HOUR_MS) > 200

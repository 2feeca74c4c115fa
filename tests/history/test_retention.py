"""Pruning over rows: nothing before the next tier has it, oldest first, hosts left alone too."""

import pytest

from monitor.history import retention, rollups
from monitor.history.domain.tiers import MINUTE, QUARTER
from monitor.history.models import HourRollup, MinuteRollup, QuarterRollup, Sample
from monitor.metrics.catalogue import NAMES
from tests.factories import make_host, make_samples
from tests.stages.rolling import START, roll_up_all, sample, stored

pytestmark = pytest.mark.django_db


def test_samples_are_pruned_only_after_the_next_tier_has_them(host, settings):
    make_samples(host, 300, end_ms=START, cpu_percent=10.0)
    now = START + 100 * 3_600_000
    assert retention.prune(host, now).rows == 0
    sample(host, 61, 1.0)
    roll_up_all(host)
    assert retention.prune(host, now).rows > 0
    assert Sample.objects.filter(taken_at_ms__lt=START - 60_000).count() == 0
    assert MinuteRollup.objects.exists()


def test_samples_that_arrive_old_are_pruned_only_after_they_were_rolled_up(host):
    make_samples(host, 300, end_ms=START + 900_000, cpu_percent=10.0)
    roll_up_all(host)
    sample(host, 90, 99.0)
    sample(host, 960, 10.0)  # the sampler goes on
    now = START + 100 * 3_600_000
    assert retention.prune(host, now).rows == 0
    roll_up_all(host)
    assert retention.prune(host, now).rows > 0
    assert stored(host, MINUTE)[START + 60_000][NAMES.index("cpu_percent")].high == 9900


def test_each_tier_is_kept_for_its_time(host, settings):
    settings.LOADMON_MINUTE_DAYS = 1
    make_samples(host, 7300, end_ms=START + 7_300_000)
    roll_up_all(host)
    while retention.prune(host, START + 2 * 86_400_000).rows:
        pass
    assert not MinuteRollup.objects.filter(start_ms__lt=rollups.done_until(host, QUARTER)).exists()
    assert QuarterRollup.objects.count() == 8
    assert HourRollup.objects.count() == 2


def test_over_the_size_limit_the_oldest_and_finest_goes_first_but_an_hour_stays(host, monkeypatch):
    make_samples(host, 3 * 1800, end_ms=START + 3 * 3_600_000, step_ms=2000)
    roll_up_all(host)
    monkeypatch.setattr(retention, "database_bytes", lambda: 10**12)
    now = START + 3 * 3_600_000
    for _ in range(100):
        found = retention.prune(host, now)
        if not found.rows:
            break
    assert found.over_limit
    assert retention.oldest_ms(host, 0) >= now - 3_600_000
    assert MinuteRollup.objects.count() >= 170


def test_within_the_limit_nothing_young_goes(host):
    make_samples(host, 300, end_ms=START)
    roll_up_all(host)
    assert retention.prune(host, START) == retention.Pruned(0, False)


def test_the_history_of_a_host_that_nothing_samples_any_more_grows_old_too(host, settings):
    settings.LOADMON_RAW_HOURS = 1
    renamed = make_host("old-name")
    make_samples(renamed, 3600, end_ms=START)
    roll_up_all(renamed)
    make_samples(host, 60, end_ms=START + 5 * 3_600_000)
    now = START + 5 * 3_600_000
    assert retention.left_alone(host, now) == [renamed]
    assert retention.prune(host, now, renamed).rows == retention.BATCH
    assert retention.oldest_ms(renamed, 0) > START - 3_599_000


def test_a_host_that_is_sampled_by_another_process_is_not_left_alone(host):
    make_samples(make_host("elsewhere"), 1, end_ms=START - 60_000)
    assert retention.left_alone(host, START) == []


def test_over_the_size_limit_the_oldest_goes_first_whosever_it_is(host, monkeypatch):
    renamed = make_host("old-name")
    make_samples(renamed, 600, end_ms=START - 86_400_000)
    make_samples(host, 3 * 3600, end_ms=START)
    roll_up_all(renamed)
    roll_up_all(host)
    monkeypatch.setattr(retention, "database_bytes", lambda: 10**12)
    before = Sample.objects.filter(host=host).count()
    assert retention.prune(host, START).rows == retention.BATCH
    assert Sample.objects.filter(host=host).count() == before
    assert retention.oldest_ms(renamed, 0) > START - 86_400_000 - 599_000

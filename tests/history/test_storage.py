"""Storage of the history: sizes, oldest entries and the forecast are true to what is stored."""

import pytest
from django.db import connection

from monitor.demo import seeding
from monitor.history import retention, rollups, storage
from monitor.history.domain.tiers import RESOLUTIONS
from monitor.history.models import MinuteRollup, Sample
from monitor.history.rollups import TABLES
from tests.factories import NOW_MS, make_host, make_samples

pytestmark = pytest.mark.django_db


def found():
    return storage.look()


def test_rows_and_oldest_entries_are_those_of_the_tables():
    seeding.seed("demo", 3, 60.0, 1, NOW_MS)
    tables = {0: Sample, **TABLES}
    for tier in found().tiers:
        rows = tables[tier.resolution]._default_manager.all()
        field = "start_ms" if tier.resolution else "taken_at_ms"
        assert tier.size.rows == rows.count()
        assert tier.oldest_ms == rows.order_by(field).values_list(field, flat=True).first()
        assert tier.kept_ms == retention.kept_ms(tier.resolution)


def test_the_forecast_follows_the_pace_of_the_last_day():
    seeding.seed("demo", 4, 60.0, 1, NOW_MS)
    for tier in found().tiers[:1]:
        assert tier.full_bytes == pytest.approx(tier.size.bytes, rel=0.1)  # two days of two: it is full
    minute = found().tiers[1]
    assert minute.full_bytes == pytest.approx(minute.size.bytes * 30 / 4, rel=0.1)


def test_after_some_minutes_the_forecast_is_that_of_whole_days():
    host = make_host()
    make_samples(host, 660, end_ms=NOW_MS)
    while rollups.roll_up(host):
        pass
    assert [round(tier.bytes_a_day / tier.full_bytes, 4) for tier in found().tiers] == [
        round(24 / 48, 4), round(1 / 30, 4), round(1 / 400, 4), round(1 / 1826, 4)
    ]  # fmt: skip
    assert 86_400 * 50 < found().tiers[0].bytes_a_day < 86_400 * 500
    a_day = [tier.bytes_a_day for tier in found().tiers]
    assert a_day == sorted(a_day, reverse=True)
    assert a_day[-1] > 0


def test_without_dbstat_it_estimates_and_says_so(monkeypatch):
    make_samples(make_host(), 100)
    monkeypatch.setattr(storage, "_has_dbstat", lambda: False)
    samples = found().tiers[0].size
    assert (samples.rows, samples.exact) == (100, False)
    assert "estimated" in found().method


def test_nothing_large_is_counted(django_assert_max_num_queries):
    make_samples(make_host(), 100)
    with django_assert_max_num_queries(60) as queries:
        found()
    counting = [query["sql"] for query in queries.captured_queries if "COUNT(" in query["sql"].upper()]
    assert all("_ms" in sql for sql in counting)
    assert connection.vendor == "sqlite"
    assert len(RESOLUTIONS) + 1 == len(found().tiers)
    assert not MinuteRollup.objects.exists()

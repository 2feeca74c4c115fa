"""What usage takes on disk is told as it is, and what it will take at the pace of the last day."""

import pytest

from monitor.demo import seeding
from monitor.history import storage
from monitor.usage import sizes
from monitor.usage.models import PartUsage, Usage, UsageBucket
from tests.factories import NOW_MS

pytestmark = pytest.mark.django_db


def test_rows_and_oldest_are_those_of_the_tables():
    seeding.seed("demo", 2, 60.0, 1, NOW_MS)
    for one, table in zip(storage.look(sizes.look).beside, (Usage, PartUsage), strict=True):
        assert one.size.rows == table.objects.count()
        assert one.size.bytes > 20 * one.size.rows
        assert one.oldest_ms == table.objects.order_by("start")[0].start * 60_000


def test_what_it_will_take_follows_the_last_day_of_each_tier(settings):
    seeding.seed("demo", 2, 60.0, 1, NOW_MS)
    settings.LOADMON_MINUTE_DAYS, settings.LOADMON_QUARTER_DAYS, settings.LOADMON_HOUR_DAYS = 2, 2, 2
    for one in storage.look(sizes.look).beside:
        assert one.full_bytes == pytest.approx(one.size.bytes, rel=0.1)
        assert one.bytes_a_day == pytest.approx(one.size.bytes / 2, rel=0.1)
    settings.LOADMON_HOUR_DAYS = 365
    assert storage.look(sizes.look).beside[0].full_bytes > 1.5 * storage.look(sizes.look).beside[0].size.bytes


def test_it_is_no_longer_among_the_rest():
    seeding.seed("demo", 2, 60.0, 1, NOW_MS)
    found, without = storage.look(sizes.look), storage.look()
    assert found.other_bytes == without.other_bytes - sum(one.size.bytes for one in found.beside)
    assert found.full_bytes > without.full_bytes


def test_without_usage_nothing_is_told_of_it():
    for one in storage.look(sizes.look).beside:
        assert (one.size.rows, one.oldest_ms, one.full_bytes) == (0, None, 0.0)
    assert not UsageBucket.objects.exists()


def test_without_dbstat_it_is_estimated(monkeypatch):
    seeding.seed("demo", 1, 60.0, 1, NOW_MS)
    exact = storage.look(sizes.look).beside[0].size
    monkeypatch.setattr(storage, "_has_dbstat", lambda: False)
    about = storage.look(sizes.look).beside[0].size
    assert (about.rows, about.exact) == (exact.rows, False)
    assert exact.bytes / 2 < about.bytes < 2 * exact.bytes

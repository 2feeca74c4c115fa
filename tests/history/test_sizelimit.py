"""Size limit over rows: the oldest stored of the finest tier goes first, whatever its date; a least stays."""

import itertools

import pytest
from django.db import connection

from monitor.demo import seeding
from monitor.history import retention, rollups, sizelimit
from monitor.history.domain.tiers import HOUR, MINUTE
from monitor.history.models import MinuteRollup, Sample
from tests.factories import NOW_MS, make_host, make_samples
from tests.stages.rolling import START, make_buckets, roll_up_all

pytestmark = pytest.mark.django_db
HOUR_MS, DAY_MS = 3_600_000, 86_400_000


@pytest.fixture
def full(monkeypatch):
    """A database that is always too large."""
    monkeypatch.setattr(sizelimit, "database_bytes", lambda: 10**12)


def keep(*hosts):
    """A step that has time for one batch."""
    ticks = itertools.chain([0.0, 0.0], itertools.repeat(1.0))
    return sizelimit.keep(hosts, 0.1, lambda: next(ticks))


def keep_all(*hosts):
    while keep(*hosts).rows:
        pass


def test_the_oldest_and_finest_goes_first_but_an_hour_stays(host, full):
    make_samples(host, 3 * 1800, end_ms=START + 3 * HOUR_MS, step_ms=2000)
    host.interval = 2.0
    roll_up_all(host)
    found = keep(host)
    assert (found.over, found.rows, found.has_more) == (True, sizelimit.BATCH, True)
    assert retention.oldest_ms(host, 0) > START + 990_000
    keep_all(host)
    assert retention.oldest_ms(host, 0) == START + 2 * HOUR_MS + 2000
    assert MinuteRollup.objects.count() >= 170


def test_within_the_limit_nothing_goes(host):
    make_samples(host, 2 * 3600, end_ms=START)
    roll_up_all(host)
    assert keep(host) == sizelimit.Kept(False, 0, False)


def test_no_more_goes_than_is_over_the_limit(host, monkeypatch):
    host.interval = 5.0
    make_samples(host, 2000, end_ms=START, step_ms=5000)
    roll_up_all(host)
    monkeypatch.setattr(sizelimit, "is_over", lambda: Sample.objects.count() > 2000 - 2 * sizelimit.BATCH)
    assert sizelimit.keep([host], 1.0, lambda: 0.0).rows == 2 * sizelimit.BATCH


@pytest.mark.parametrize("wrong_ms", [-56 * 365 * DAY_MS, -HOUR_MS // 2, 73 * 365 * DAY_MS])
def test_whatever_the_clock_says_what_was_stored_last_goes_last(host, full, wrong_ms):
    host.interval = 5.0
    first = make_samples(host, 1200, end_ms=START, step_ms=5000)
    roll_up_all(host)
    wrong = make_samples(host, 1000, end_ms=START + wrong_ms + 17, step_ms=5000)
    roll_up_all(host)
    for _ in range(2):
        keep(host)
    left = set(Sample.objects.values_list("pk", flat=True))
    assert {one.pk for one in wrong} <= left
    assert len(left & {one.pk for one in first}) == 1200 - 2 * sizelimit.BATCH


def test_the_oldest_goes_first_whosever_it_is(host, full):
    renamed = make_host("old-name")
    renamed.interval = host.interval = 5.0
    make_samples(renamed, 1300, end_ms=START + DAY_MS, step_ms=5000)
    make_samples(host, 1300, end_ms=START, step_ms=5000)
    roll_up_all(renamed)
    roll_up_all(host)
    assert keep(host, renamed).rows == sizelimit.BATCH
    assert Sample.objects.filter(host=host).count() == 1300
    assert Sample.objects.filter(host=renamed).count() == 1300 - sizelimit.BATCH


def test_what_was_made_up_goes_before_what_was_measured(host, full):
    make_samples(host, 2 * 3600, end_ms=NOW_MS)
    roll_up_all(host)
    demo = seeding.seed("demo", 2, 60.0, 1, NOW_MS)
    before = Sample.objects.filter(host=host).count()
    buckets = MinuteRollup.objects.filter(host=demo).count()
    keep_all(demo)
    assert MinuteRollup.objects.filter(host=demo).count() == 1440 < buckets
    keep(host, demo)
    assert Sample.objects.filter(host=host).count() == before - sizelimit.BATCH


def test_what_is_not_rolled_up_yet_stays(host, full):
    make_samples(host, 2 * 3600, end_ms=START)
    assert keep(host).rows == 0
    rollups.roll_up(host)
    keep_all(host)
    assert retention.oldest_ms(host, 0) == rollups.done_until(host, MINUTE)


def test_a_month_of_hours_stays_in_any_case(host, full):
    make_buckets(host, HOUR, START - 100 * DAY_MS, [1.0] * 100 * 24)
    keep_all(host)
    assert retention.oldest_ms(host, HOUR) == START - 30 * DAY_MS


@pytest.mark.django_db(transaction=True)
def test_freed_pages_are_given_back_for_as_long_as_a_step_may_take(monkeypatch):
    free, given = [1000], []

    def pragma(name):
        return free[0] if name == "freelist_count" else 1

    class Cursor:
        def execute(self, text):
            given.append(text)
            free[0] -= sizelimit.PAGES if "incremental" in text else 0
            return self

        fetchall = __enter__ = lambda self: self

        def __exit__(self, *error):
            return None

    monkeypatch.setattr(sizelimit, "_pragma", pragma)
    monkeypatch.setattr(connection, "cursor", Cursor)
    assert keep().has_more
    while keep().has_more:
        pass
    assert free[0] <= sizelimit.PAGES
    assert given[-1] == "PRAGMA wal_checkpoint(PASSIVE)"

"""The past of a host: the finest tier that reaches is read, and nothing twice."""

import pytest

from monitor.rules import past
from monitor.rules.past import Stretch, stretches
from tests.factories import NOW_MS, make_samples
from tests.stages.rolling import make_buckets

pytestmark = pytest.mark.django_db
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
END_MS = NOW_MS - NOW_MS % HOUR_MS  # a whole hour


def test_the_finest_tier_that_reaches_is_read_and_nothing_twice(host):
    make_samples(host, 90, END_MS - 1, step_ms=1000)
    make_buckets(host, 60, END_MS - 45 * MINUTE_MS, [1.0] * 45)
    make_buckets(host, 900, END_MS - 4 * HOUR_MS, [1.0] * 16)
    make_buckets(host, 3600, END_MS - DAY_MS, [1.0] * 24)
    assert stretches(host, 0, END_MS) == [
        Stretch(3600, END_MS - DAY_MS, END_MS - 4 * HOUR_MS),
        Stretch(900, END_MS - 4 * HOUR_MS, END_MS - 45 * MINUTE_MS),
        Stretch(60, END_MS - 45 * MINUTE_MS, END_MS - MINUTE_MS),
        Stretch(0, END_MS - MINUTE_MS, END_MS),
    ]
    assert stretches(host, END_MS - 30_000, END_MS) == [Stretch(0, END_MS - 30_000, END_MS)]


def test_samples_alone_are_read_from_the_first(host):
    make_samples(host, 100, END_MS)
    assert stretches(host, 0, END_MS + 1) == [Stretch(0, END_MS - 99_000, END_MS + 1)]


def test_a_tier_that_is_too_long_gives_way_to_the_next(host, monkeypatch):
    monkeypatch.setattr(past, "MOST_ROWS", 120)
    make_samples(host, 600, END_MS - 1)
    make_buckets(host, 60, END_MS - HOUR_MS, [1.0] * 60)
    assert stretches(host, 0, END_MS) == [
        Stretch(60, END_MS - HOUR_MS, END_MS - 120_000),
        Stretch(0, END_MS - 120_000, END_MS),
    ]

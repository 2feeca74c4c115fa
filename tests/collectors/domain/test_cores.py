"""The least limit decides how many cores there are, and the reason names it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collectors.domain.cores import effective, least, quota_cores

LIMIT = st.none() | st.integers(min_value=1, max_value=4096)
QUOTA = st.none() | st.floats(min_value=0.01, max_value=4096)


@pytest.mark.parametrize(
    ("online", "affinity", "quota", "count", "reason"),
    [
        (2, 2, None, 2.0, "2 of 2"),
        (8, 4, None, 4.0, "affinity: 4 of 8"),
        (32, 32, 2.0, 2.0, "container: 2 of 32"),
        (2, 2, 0.5, 0.5, "container: 0.5 of 2"),
        (8, 4, 1.25, 1.25, "container: 1.25 of 8"),
        (8, 2, 4.0, 2.0, "affinity: 2 of 8"),
        (2, 2, 4.0, 2.0, "2 of 2"),
        (None, 4, None, 4.0, "4 of 4"),
        (None, None, None, 1.0, "1 of 1"),
        (4, 0, 0.0, 4.0, "4 of 4"),
        (4, None, 0.004, 0.004, "container: 0.004 of 4"),
        (4, 4, 100 / 30, 100 / 30, "container: 3.33 of 4"),
    ],
)
def test_the_tightest_limit_is_the_count_and_the_reason(online, affinity, quota, count, reason):
    cores = effective(online, affinity, quota)
    assert (cores.count, cores.reason) == (count, reason)


@given(LIMIT, LIMIT, QUOTA)
def test_there_is_always_a_positive_number_of_cores_and_never_more_than_any_limit(online, affinity, quota):
    count = effective(online, affinity, quota).count
    assert 0 < count <= min(limit for limit in (online, affinity, quota, math.inf) if limit is not None)


def test_a_quota_is_time_over_period():
    assert quota_cores(50_000, 100_000) == 0.5


@pytest.mark.parametrize(
    ("quota", "period"), [(-1, 100_000), (0, 100_000), (5, 0), (math.inf, 1), (math.nan, 1)]
)
def test_a_quota_that_limits_nothing_or_makes_no_sense_is_none(quota, period):
    assert quota_cores(quota, period) is None


def test_the_least_of_the_quotas_on_the_way_up_counts():
    assert least([None, 4.0, 0.5, None]) == 0.5


def test_no_quota_on_the_way_up_is_no_limit():
    assert least([None, None]) is None

"""Minutes that are over become part of the coarser tiers, exactly once and in any order."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.metrics.usage import Account, Consumer, Kind, Used, merged
from monitor.usage import rows, settling, storing
from monitor.usage.domain.tiers import TIERS, start_of
from monitor.usage.models import Usage, UsageBucket

pytestmark = pytest.mark.django_db

NGINX, KSWAPD = Consumer(Kind.SERVICE, "nginx.service"), Consumer(Kind.KERNEL, "kswapd")


def account(minute, used, others=None, not_seen_ms=5):
    others = others or Used()
    cpu_ms = sum(one.cpu_ms for one in used.values()) + others.cpu_ms + not_seen_ms
    return Account(minute * 60_000, minute * 60_000 + 15_000, 15_000, cpu_ms, not_seen_ms, used, others)


def held(tier):
    """What a tier holds by bucket: who used what, and the sums."""
    found = {}
    for bucket in UsageBucket.objects.filter(tier=tier):
        used = {
            row.consumer.name: Used(*(getattr(row, name) for name in Used._fields))
            for row in Usage.objects.filter(tier=tier, start=bucket.start).select_related("consumer")
        }
        others = Used(*(getattr(bucket, name) for name in Used._fields))
        found[bucket.start] = (bucket.covered_ms, bucket.machine_cpu_ms, bucket.not_seen_ms, others, used)
    return found


def settle_all(host, growing=None):
    while settling.settle(host, growing):
        pass


def test_a_minute_that_is_over_becomes_part_of_every_coarser_tier(host):
    for minute in (0, 14, 15, 359):
        storing.add(host, account(minute, {NGINX: Used(60, minute, read_kib=1)}))
    settle_all(host)
    assert {tier: sorted(held(tier)) for tier in TIERS} == {
        1: [0, 14, 15, 359],
        15: [0, 15, 345],
        60: [0, 300],
        360: [0],
        1440: [0],
    }
    nothing = Used()
    assert held(360)[0] == (60_000, 260, 20, nothing, {"nginx.service": Used(240, 359, read_kib=4)})


def test_the_minute_that_grows_is_left_alone(host):
    storing.add(host, account(7, {NGINX: Used(60)}))
    assert settling.settle(host, growing=7) == 0
    assert held(15) == {}


def test_settling_twice_counts_nothing_twice(host):
    storing.add(host, account(7, {NGINX: Used(60)}))
    settle_all(host)
    assert not rows.take(host, 7)
    settle_all(host)
    assert held(60)[0][1] == 65


def test_what_comes_late_reaches_all_tiers(host):
    storing.add(host, account(7, {NGINX: Used(60)}))
    settle_all(host)
    storing.add(host, account(7, {NGINX: Used(30), KSWAPD: Used(1)}))
    settle_all(host)
    for tier in TIERS:
        _, machine_cpu_ms, _, _, used = held(tier)[start_of(7, tier)]
        assert machine_cpu_ms == 65 + 36
        assert used == {"nginx.service": Used(90), "kswapd": Used(1)}


def test_a_bucket_keeps_the_heaviest_by_name_once_it_is_over(host):
    many = {Consumer(Kind.PROGRAM, f"job-{number}"): Used(1000 + number) for number in range(300)}
    names = storing.Ledger(host)
    names.names.enter(many)
    names.add(account(7, many))
    settle_all(host, growing=7)
    assert len(held(1)[7][4]) == 300
    settle_all(host)
    for tier in TIERS:
        _, machine_cpu_ms, not_seen_ms, others, used = held(tier)[start_of(7, tier)]
        assert set(used) == {f"job-{number}" for number in range(288, 300)}
        assert sum(one.cpu_ms for one in [others, *used.values()]) + not_seen_ms == machine_cpu_ms


def test_what_comes_late_and_is_light_is_told_among_the_others(host):
    heavy = {Consumer(Kind.PROGRAM, f"job-{number}"): Used(1_000_000) for number in range(13)}
    storing.add(host, account(7, heavy))
    settle_all(host)
    storing.add(host, account(7, {NGINX: Used(3)}))
    settle_all(host)
    for tier in TIERS:
        *_, others, used = held(tier)[start_of(7, tier)]
        assert "nginx.service" not in used
        assert others.cpu_ms == 3


USED = st.tuples(st.integers(0, 99), st.integers(0, 99), st.none() | st.integers(0, 9)).map(
    lambda found: Used(found[0], found[1], read_kib=found[2])
)
ACCOUNTS = st.builds(
    account,
    st.sampled_from([0, 1, 14, 15, 59, 60, 400]),
    st.dictionaries(st.sampled_from([NGINX, KSWAPD]), USED),
    USED,
)
STEPS = st.lists(ACCOUNTS | st.none(), max_size=10)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_tiers_merge_exactly_in_any_order(host, steps):
    """None is a step of settling, of whatever does not grow."""
    Usage.objects.all().delete()
    UsageBucket.objects.all().delete()
    ledger = storing.Ledger(host)
    for step in steps:
        if step is None:
            settling.settle(host, ledger.growing, most=2)
        else:
            ledger.add(step)
    settle_all(host)
    for tier in TIERS:
        given: dict[int, list[Account]] = {}
        for one in steps:
            if one is not None:
                given.setdefault(start_of(one.middle_ms // 60_000, tier), []).append(one)
        found = held(tier)
        assert found.keys() == given.keys()
        for start, accounts in given.items():
            covered_ms, machine_cpu_ms, not_seen_ms, others, used = found[start]
            assert covered_ms == sum(one.covered_ms for one in accounts)
            assert machine_cpu_ms == sum(one.machine_cpu_ms for one in accounts)
            assert not_seen_ms == sum(one.not_seen_ms for one in accounts)
            parts = [part for one in accounts for part in (one.others, *one.used.values())]
            assert merged([others, *used.values()]) == merged(parts or [Used()])
            for consumer in (NGINX, KSWAPD):
                mine = merged(one.used[consumer] for one in accounts if consumer in one.used)
                assert consumer.name in used or not (mine.cpu_ms or mine.read_kib)


def test_what_is_left_to_settle_is_found_without_reading_all(host):
    with CaptureQueriesContext(connection) as queries:
        settling.settle(host, growing=None)
    with connection.cursor() as cursor:
        plans = [cursor.execute(f"EXPLAIN QUERY PLAN {one['sql']}").fetchall() for one in queries]
    assert plans
    assert all("usage_not_taken" in str(plan) for plan in plans)


class Killed(Exception):
    """The process ends between two statements."""


def killed_before(number):
    """Lets that many statements through, and those that roll back."""
    left = iter(range(number, -1, -1))

    def wrapper(execute, sql, params, many, context):
        if next(left, None) == 0:
            raise Killed
        return execute(sql, params, many, context)

    return wrapper


def test_a_kill_between_any_two_statements_loses_and_doubles_nothing(host):
    many = {Consumer(Kind.PROGRAM, f"job-{number}"): Used(100 + number, 1, 1) for number in range(40)}
    for minute in (3, 4, 18):
        storing.add(host, account(minute, many))
    before = held(1)
    for number in range(1, 200):
        try:
            with connection.execute_wrapper(killed_before(number)):
                settling.settle(host, None, most=9)
            break
        except Killed:
            taken = UsageBucket.objects.filter(tier=1, is_taken=True).values_list("start", flat=True)
            cpu_ms = sum(before[minute][1] for minute in taken)
            assert sum(one[1] for one in held(60).values()) == cpu_ms
    settle_all(host)
    assert [sum(one[1] for one in held(tier).values()) for tier in TIERS] == [3 * before[3][1]] * 5
    assert number > 10

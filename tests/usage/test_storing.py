"""Usage is added to the minute that it belongs to."""

import pytest

from monitor.metrics.usage import Account, Consumer, Kind, Used
from monitor.usage import storing
from monitor.usage.domain.tiers import Bucket
from monitor.usage.models import Consumer as Name
from monitor.usage.models import Usage, UsageBucket

pytestmark = pytest.mark.django_db

NGINX, KSWAPD = Consumer(Kind.SERVICE, "nginx.service"), Consumer(Kind.KERNEL, "kswapd")


def account(start_ms, used, machine_cpu_ms=100, not_seen_ms=0):
    return Account(start_ms, start_ms + 15_000, 15_000, machine_cpu_ms, not_seen_ms, used)


def test_two_spans_of_one_minute_are_one_row(host):
    storing.add(host, account(0, {NGINX: Used(60, 9, read_kib=None)}, not_seen_ms=40))
    storing.add(host, account(15_000, {NGINX: Used(30, 20, read_kib=7), KSWAPD: Used(70)}))
    rows = {
        (row.consumer.name, row.cpu_ms, row.highest_permille, row.read_kib) for row in Usage.objects.all()
    }
    assert rows == {("nginx.service", 90, 20, 7), ("kswapd", 70, 0, None)}
    bucket = UsageBucket.objects.get()
    assert (bucket.covered_ms, bucket.machine_cpu_ms, bucket.not_seen_ms) == (30_000, 200, 40)


def test_a_span_belongs_to_the_minute_of_its_middle(host):
    storing.add(host, account(55_000, {NGINX: Used(1)}))
    assert Usage.objects.get().start == 1


def test_a_consumer_has_one_name(host):
    for start_ms in (0, 60_000):
        storing.add(host, account(start_ms, {NGINX: Used(1)}))
    assert Name.objects.count() == 1
    assert Usage.objects.count() == 2


def test_whole_buckets_of_any_tier_are_put(host):
    used = {NGINX: Used(60, 9), KSWAPD: Used(10)}
    storing.put(host, [Bucket(1, 7, 60_000, 100, 20, used, Used(10)), Bucket(360, 0, 60_000, 100, 100)])
    assert Usage.objects.filter(tier=1, start=7).count() == 2
    minute, six_hours = UsageBucket.objects.order_by("tier")
    assert (minute.covered_ms, minute.machine_cpu_ms, minute.not_seen_ms, minute.cpu_ms) == (
        60_000,
        100,
        20,
        10,
    )
    assert (six_hours.tier, six_hours.start, six_hours.not_seen_ms) == (360, 0, 100)
    assert minute.is_taken


def test_what_is_put_into_a_bucket_is_added(host):
    for _ in range(2):
        storing.put(host, [Bucket(15, 15, 900_000, 100, 20, {NGINX: Used(60, 9)}, Used(20, 5))])
    row, bucket = Usage.objects.get(), UsageBucket.objects.get()
    assert (row.cpu_ms, row.highest_permille) == (120, 9)
    assert (bucket.covered_ms, bucket.cpu_ms, bucket.highest_permille) == (1_800_000, 40, 5)

"""Usage goes with the samples of its time, and nothing of it before."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitor.history.models import MinuteRollup, RollupProgress, Sample
from monitor.metrics.parts import Kind as PartKind
from monitor.metrics.parts import Part, PartUsed
from monitor.metrics.usage import Account, Consumer, Kind, Used
from monitor.usage import parts, retention, settling, storing
from monitor.usage.domain.tiers import TIERS, Bucket
from monitor.usage.models import Consumer as Name
from monitor.usage.models import Part as PartName
from monitor.usage.models import PartUsage, Usage, UsageBucket
from tests.factories import make_samples
from tests.stages.rolling import let_go, make_buckets, roll_up_all

pytestmark = pytest.mark.django_db
NGINX = Consumer(Kind.SERVICE, "nginx.service")
DAY_MS = 86_400_000
START = 29_000_160 - 29_000_160 % 360
DISK = Part(PartKind.DISK, "sda")


def use(host, minutes, tier=1):
    storing.put(host, [Bucket(tier, START + minute, 60_000, 5, 4, {NGINX: Used(1)}) for minute in minutes])


def sampled(host, *minutes):
    for minute in minutes:
        make_samples(host, 60, end_ms=(START + minute) * 60_000 + 59_000)


def starts(tier=1, table=UsageBucket):
    found = table.objects.filter(tier=tier).order_by("start").values_list("start", flat=True)
    return [start - START for start in found.distinct()]


def prune_all(host):
    while retention.prune(host):
        pass


def test_usage_goes_when_the_samples_of_its_time_are_gone(host, settings):
    settings.LOADMON_MINUTE_DAYS = 1
    sampled(host, *range(0, 90, 3), 2 * 1440)
    use(host, range(90))
    roll_up_all(host)
    prune_all(host)
    assert starts() == list(range(90))
    while let_go(host, (START + 1440 + 45) * 60_000):
        pass
    assert (MinuteRollup.objects.order_by("start_ms")[0].start_ms // 60_000) == START + 45
    prune_all(host)
    assert starts() == starts(table=Usage) == list(range(45, 90))


def test_parts_go_with_them(host, settings):
    settings.LOADMON_MINUTE_DAYS = 1
    sampled(host, *range(0, 30, 3), 2 * 1440)
    parts.put(host, [(1, START + minute, DISK, PartUsed(in_bytes=1)) for minute in range(30)])
    roll_up_all(host)
    while let_go(host, (START + 1440 + 15) * 60_000):
        pass
    prune_all(host)
    assert starts(table=PartUsage) == list(range(15, 30))


def test_a_minute_stays_until_the_coarser_tiers_hold_it(host, settings):
    settings.LOADMON_MINUTE_DAYS = 1
    sampled(host, 0, 3, 6, 2 * 1440, 2 * 1440 + 1)
    for minute in (0, 3):
        start_ms = (START + minute) * 60_000
        storing.add(host, Account(start_ms, start_ms + 15_000, 15_000, 5, 4, {NGINX: Used(1)}))
    roll_up_all(host)
    while let_go(host, (START + 2 * 1440) * 60_000):
        pass
    prune_all(host)
    assert starts() == [0, 3]
    while settling.settle(host, growing=None):
        pass
    prune_all(host)
    assert starts() == []
    assert Usage.objects.get(tier=360).cpu_ms == 2


def test_what_was_imported_for_an_older_time_stays_as_long_as_its_samples(host):
    sampled(host, 0, 1000, 1001)
    roll_up_all(host)
    RollupProgress.objects.filter(resolution=900).update(pruned_until_ms=(START + 990) * 60_000)
    use(host, [0, 500, 1000])
    prune_all(host)
    assert starts() == [0, 1000]


def test_the_six_hours_go_with_the_hour(host):
    make_buckets(host, 3600, (START + 360) * 60_000, [1.0] * 6)
    for tier in (60, 360):
        use(host, range(0, 720, tier), tier)
    prune_all(host)
    assert (starts(60)[0], starts(360)) == (360, [360])


def test_usage_without_samples_is_kept_for_its_time(host, settings):
    settings.LOADMON_MINUTE_DAYS = 1
    use(host, [0, 100, 1400, 1500])
    prune_all(host)
    assert starts() == [100, 1400, 1500]
    assert not Sample.objects.exists()


def test_nothing_goes_of_a_host_that_has_just_begun(host):
    sampled(host, 0)
    use(host, [0, 1])
    assert retention.prune(host) == 0


def test_usage_goes_when_all_samples_of_a_host_are_gone(host):
    sampled(host, 0, 30)
    use(host, [0, 1])
    roll_up_all(host)
    Sample.objects.all().delete()
    MinuteRollup.objects.all().delete()
    prune_all(host)
    assert starts() == []


def test_what_lies_far_ahead_without_samples_goes_too(host):
    sampled(host, 0, 3)
    roll_up_all(host)
    day = 1440
    use(host, [0, 2, day, 30 * day, 900 * day])
    use(host, [0, 30 * day], tier=360)
    parts.put(host, [(1, START + 30 * day, DISK, PartUsed(in_bytes=1))])
    prune_all(host)
    assert (starts(), starts(360), starts(table=PartUsage)) == ([0, 2, day], [0], [])


def test_what_lies_ahead_with_its_samples_stays(host):
    sampled(host, 0, 90 * 1440, 3)
    roll_up_all(host)
    use(host, [0, 3, 90 * 1440])
    prune_all(host)
    assert starts() == [0, 3, 90 * 1440]


def test_no_step_is_long(host):
    use(host, range(30))
    RollupProgress.objects.create(host=host, resolution=60, pending_from_ms=(START + 99) * 60_000)
    assert retention.prune(host, most=10) == 10
    assert starts() == list(range(10, 30))


def test_a_host_that_is_let_go_of_is_emptied_little_by_little(host):
    for tier in TIERS:
        use(host, range(0, 720, tier), tier)
    parts.put(host, [(1, START + minute, DISK, PartUsed(in_bytes=1)) for minute in range(0, 2000, 10)])
    with CaptureQueriesContext(connection) as queries:
        retention.empty(host, most=100)
    assert not any(table.objects.exists() for table in (Usage, UsageBucket, PartUsage, Name, PartName))
    assert max(one["sql"].count(",") for one in queries if one["sql"].startswith("DELETE")) <= 200

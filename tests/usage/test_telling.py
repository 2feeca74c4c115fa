"""Who used a host over a span: every tier and every seam tells the same, and what is not known is told as such."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.metrics.usage import Account, Used
from monitor.usage import reading, settling, telling
from monitor.usage.domain.tiers import TIERS
from monitor.usage.models import Consumer, Usage, UsageBucket
from monitor.usage.storing import Ledger
from tests.stages.examples import examples
from tests.stages.usage import BACKUP, KSWAPD, MAKE_OF_ANN, NGINX, bucket, keep

pytestmark = pytest.mark.django_db

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
START = 1_763_424_000_000  # 2025-11-18T00:00:00Z: a bucket of every tier begins
WHO = (NGINX, BACKUP, KSWAPD, MAKE_OF_ANN)


def ask(host, minutes, by="cpu", start_ms=START, points=600, top=8):
    return telling.heaviest(host, by, start_ms, start_ms + minutes * MINUTE_MS, points, top)


def named(found, name):
    return next(one for one in found["consumers"] if one["name"] == name)


def seconds(found):
    return sum(one["cpu_seconds"] for one in found["consumers"])


amounts = st.integers(0, 15_000)
accounts = st.tuples(
    st.integers(0, 800), st.dictionaries(st.sampled_from(WHO), amounts, max_size=4), amounts, amounts
)


@settings(
    max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(accounts, min_size=1, max_size=12), st.integers(0, 12), st.integers(0, 9))
def test_all_tiers_tell_the_same_whatever_of_it_is_taken_by_then(host, found, settled_after, steps):
    UsageBucket.objects.all().delete()
    Usage.objects.all().delete()
    Consumer.objects.all().delete()
    ledger, whole = Ledger(host), 0
    for number, (minute, used, others, not_seen) in enumerate(found):
        at_ms = START + minute * MINUTE_MS
        cpu_ms = sum(used.values()) + others + not_seen
        shares = {consumer: Used(amount, read_kib=amount) for consumer, amount in used.items()}
        ledger.add(Account(at_ms, at_ms + 15_000, 15_000, cpu_ms, not_seen, shares, Used(others)))
        whole += cpu_ms
        if number == settled_after:
            settling.settle(host, ledger.growing, most=steps)
    tiers = {}
    for points in (2000, 200, 40, 10):
        told = ask(host, 810, points=points)
        tiers[told["tier_seconds"]] = told
        assert told["total"]["cpu_seconds"] == whole / 1000
        assert seconds(told) == pytest.approx(whole / 1000)
    assert {60, 900} <= set(tiers)
    per_consumer = [
        {(one["kind"], one["name"]): (one["cpu_seconds"], one["read_bytes"]) for one in told["consumers"]}
        for told in tiers.values()
    ]
    assert all(one == per_consumer[0] for one in per_consumer)


def test_the_series_of_a_bucket_adds_up_to_the_machine_in_every_tier(host):
    ledger, cores = Ledger(host), 0.5
    for minute in range(90):
        at_ms = START + minute * MINUTE_MS
        used = {NGINX: Used(9000), BACKUP: Used(6000 if minute % 2 else 0)}
        spent = sum(one.cpu_ms for one in used.values())
        ledger.add(Account(at_ms, at_ms + MINUTE_MS - 1, MINUTE_MS, 30_000, 30_000 - spent, used))
    while settling.settle(host, ledger.growing):
        pass
    for points in (1000, 20):
        found = ask(host, 90, points=points, top=1)
        for at in range(len(found["times"])):
            assert sum(one["series"][at] for one in found["consumers"]) == pytest.approx(cores, abs=1e-5)


def test_the_minute_that_grows_is_told_with_the_coarser_tiers(host):
    keep(host, *(bucket(START, {NGINX: Used(1000)}, tier=tier) for tier in TIERS))
    keep(host, bucket(START + 7 * HOUR_MS, {NGINX: Used(234)}), pending=True)
    found = ask(host, 365 * 1440, start_ms=START - 364 * DAY_MS)
    assert (found["tier_seconds"], named(found, "nginx.service")["cpu_seconds"]) == (86_400, 1.234)


def test_a_minute_that_is_taken_while_it_is_read_counts_once(host, monkeypatch):
    ledger = Ledger(host)
    for minute in (0, 400):
        at_ms = START + minute * MINUTE_MS
        ledger.add(Account(at_ms, at_ms + 15_000, 15_000, 500, 0, {NGINX: Used(500)}))
    read, left = reading.sums, [400, None]

    def sums(*arguments):
        if left:
            settling.settle(host, left.pop(0))
        return read(*arguments)

    monkeypatch.setattr(reading, "sums", sums)
    found = ask(host, 365 * 1440, start_ms=START - 364 * DAY_MS)
    assert named(found, "nginx.service")["cpu_seconds"] == found["total"]["cpu_seconds"] == 1.0
    assert found["tier_seconds"] == 86_400


def test_a_long_span_is_read_from_coarse_rows_and_a_short_one_from_minutes(host):
    for tier in TIERS:
        keep(host, bucket(START, {NGINX: Used(1000)}, tier=tier))
    lengths = {minutes: ask(host, minutes)["tier_seconds"] for minutes in (60, 1440, 7 * 1440, 365 * 1440)}
    assert lengths == {60: 60, 1440: 60, 7 * 1440: 3600, 365 * 1440: 86_400}


def test_where_minutes_are_not_kept_any_more_the_coarser_rows_tell(host):
    keep(host, bucket(START, {NGINX: Used(1000)}, tier=15), bucket(START + 40 * DAY_MS, {NGINX: Used(1)}))
    found = ask(host, 10, start_ms=START + 2 * MINUTE_MS)
    assert (found["tier_seconds"], found["resolution_seconds"], found["times"]) == (900, 900, [START])
    assert named(found, "nginx.service")["cpu_seconds"] == 1.0
    assert found["oldest_at"] == START


def test_a_host_that_began_in_the_middle_of_a_coarse_row_is_told_from_then_on(host):
    began = START + 103 * MINUTE_MS
    keep(host, bucket(began, {NGINX: Used(1000)}), pending=True)
    settling.settle(host, None)
    assert ask(host, 10)["oldest_at"] == ask(host, 365 * 1440)["oldest_at"] == began


def test_only_rows_that_touch_the_span_count(host):
    keep(host, *(bucket(START + minute * MINUTE_MS, {NGINX: Used(1000)}) for minute in range(10)))
    found = telling.heaviest(host, "cpu", START + 150_000, START + 270_000, 10, 8)
    assert named(found, "nginx.service")["cpu_seconds"] == 3.0  # of the minutes 2, 3 and 4
    assert named(found, "nginx.service")["series"] == [0.016667] * 3


def test_a_bucket_is_told_per_time_that_is_known_of_and_a_gap_is_null(host):
    keep(host, bucket(START, {NGINX: Used(7500)}, covered_ms=15_000))
    found = ask(host, 2)
    assert [named(found, name)["series"] for name in ("nginx.service", "others", "not seen")] == [
        [0.5, None],
        [0.0, None],
        [0.0, None],
    ]


def test_memory_is_the_mean_over_the_time_that_is_known_of_and_grows_from_the_first_tenth_to_the_last(host):
    mib = 1 << 20
    keep(
        host,
        *(
            bucket(START + minute * MINUTE_MS, {NGINX: Used(1, 0, 60 * (100 + minute), 110 + minute)})
            for minute in range(20)
        ),
    )
    found = ask(host, 60, by="memory")
    nginx = named(found, "nginx.service")
    assert (nginx["memory_bytes"], nginx["memory_highest_bytes"]) == (round(109.5 * mib), 129 * mib)
    assert nginx["memory_growth_bytes"] == 18 * mib
    assert (nginx["highest"], nginx["highest_at"]) == (129 * mib, START + 19 * MINUTE_MS)
    assert (found["unit"], nginx["series"][:2]) == ("bytes", [100 * mib, 101 * mib])
    assert (named(found, "not seen")["memory_bytes"], named(found, "not seen")["series"][0]) == (None, None)


def test_how_much_one_grew_is_not_known_where_a_tenth_does_not_tell_of_it(host):
    there = {NGINX: Used(1, 0, 60, 1)}
    keep(host, *(bucket(START + at * MINUTE_MS, there if at > 4 else {BACKUP: Used(1)}) for at in range(20)))
    assert named(ask(host, 20), "nginx.service")["memory_growth_bytes"] is None


def test_a_single_bucket_tells_no_growth(host):
    keep(host, bucket(START, {NGINX: Used(1, 0, 60, 1)}))
    assert named(ask(host, 20), "nginx.service")["memory_growth_bytes"] is None


def test_bytes_that_nobody_may_know_are_null_and_those_of_one_in_others_are_none_by_name(host):
    keep(
        host,
        bucket(START, {NGINX: Used(5, read_kib=60), KSWAPD: Used(1)}),
        bucket(START + MINUTE_MS, {NGINX: Used(5), BACKUP: Used(1, read_kib=120)}),
        bucket(START + 2 * MINUTE_MS, {KSWAPD: Used(1)}),
        bucket(START + 3 * MINUTE_MS, {BACKUP: Used(1, read_kib=0)}, others=Used(2, read_kib=6)),
    )
    found = ask(host, 4, by="read")
    assert [one["name"] for one in found["consumers"]] == [
        "backup.service",
        "nginx.service",
        "others",
        "not seen",
    ]
    assert named(found, "backup.service")["series"] == [0.0, 2048.0, None, 0.0]
    assert named(found, "nginx.service")["series"] == [1024.0, None, None, 0.0]
    assert named(found, "others")["series"] == [0.0, 0.0, None, 102.4]
    assert (found["total"]["read_bytes"], named(found, "others")["read_bytes"]) == (186 * 1024, 6 * 1024)
    assert (named(found, "nginx.service")["written_bytes"], found["total"]["written_bytes"]) == (None, None)
    assert (named(found, "backup.service")["highest"], named(found, "backup.service")["highest_at"]) == (
        2048.0,
        START + MINUTE_MS,
    )


def test_waiting_is_told_in_percent_of_the_time(host):
    keep(host, bucket(START, {NGINX: Used(1, waiting_ms=15_000), BACKUP: Used(1, waiting_ms=5000)}))
    found = ask(host, 1, by="waiting", top=1)
    assert (found["unit"], named(found, "nginx.service")["series"]) == ("percent", [25.0])
    assert named(found, "nginx.service")["share_percent"] == 75.0
    assert found["total"]["waiting_seconds"] == 20.0


def test_who_used_nothing_of_that_kind_is_not_among_the_heaviest(host):
    keep(host, bucket(START, {NGINX: Used(10), BACKUP: Used(0, waiting_ms=5)}))
    assert [one["name"] for one in ask(host, 1)["consumers"]] == ["nginx.service", "others", "not seen"]
    [waiting, *_] = ask(host, 1, by="waiting")["consumers"]
    assert waiting["name"] == "backup.service"


def test_when_one_was_busiest_is_told_to_the_minute_as_far_as_minutes_tell_of_it(host):
    peak_ms = START + 7 * HOUR_MS + 23 * MINUTE_MS
    for tier in TIERS:
        length = tier * MINUTE_MS
        keep(
            host,
            bucket(peak_ms - peak_ms % length, {NGINX: Used(1000, 1900), BACKUP: Used(9, 700)}, tier=tier),
        )
        keep(host, bucket(START, {NGINX: Used(1000, 400)}, tier=tier))
    Usage.objects.filter(tier__lt=60, consumer__name="backup.service").delete()  # thinned
    found = ask(host, 365 * 1440)
    assert found["tier_seconds"] == 86_400
    assert (named(found, "nginx.service")["highest"], named(found, "nginx.service")["highest_at"]) == (
        1.9,
        peak_ms,
    )
    assert named(found, "backup.service")["highest_at"] == START + 7 * HOUR_MS


def test_what_was_imported_into_the_minutes_alone_is_told_by_the_minutes(host):
    keep(host, *(bucket(START + minute * MINUTE_MS, {NGINX: Used(1000)}) for minute in range(1440)))
    for tier in (15, 60, 1440):
        keep(host, bucket(START + 6 * HOUR_MS * (tier < 1440), {NGINX: Used(1000)}, tier=tier))
    found = named(ask(host, 1440), "nginx.service")
    assert found["cpu_seconds"] == 1440.0


def test_the_future_and_the_far_past_are_empty_not_an_error(host):
    keep(host, bucket(START, {NGINX: Used(10)}))
    for start_ms in (0, 253_402_300_000_000):
        found = ask(host, 10, start_ms=start_ms)
        assert (found["total"]["cpu_seconds"], set(found["consumers"][0]["series"])) == (0.0, {None})

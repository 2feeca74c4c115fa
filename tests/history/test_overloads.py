"""When a machine was overloaded: one answer, whatever span is asked for, from the finest tier that is kept."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.diagnosis.tone import Tone
from monitor.diagnosis.verdict import verdict
from monitor.history import overloads
from monitor.history.models import MinuteRollup, QuarterRollup, Sample
from monitor.hosts.models import Host
from tests.factories import make_host, make_samples
from tests.stages.examples import examples
from tests.stages.rolling import START, make_buckets, roll_up_all

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


def asked(host, start_ms=0, end_ms=START + DAY, now_ms=None):
    return overloads.overloads(host, start_ms, end_ms, end_ms if now_ms is None else now_ms)


def times(found):
    return [((one.start_ms - START) // 1000, (one.end_ms - START) // 1000) for one in found.episodes]


def sampled(host, loads, start_ms=START, **values):
    """A sample a second from `start_ms` on; the first speaks for the second before its time."""
    return make_samples(host, len(loads), start_ms + len(loads) * 1000, **({"load1": loads} | values))


# What counts.


def test_a_load_of_the_cores_is_overload_from_its_first_sample_to_its_last(host):
    sampled(host, [1.9] * 100 + [2.0] * 30 + [3.5] * 10 + [1.9] * 100)
    found = asked(host)
    assert times(found) == [(100, 140)]
    [one] = found.episodes
    assert (one.resolution, one.least_ms, one.worst["load1"].value, one.worst["load1"].limit) == (
        0,
        40_000,
        3.5,
        2.0,
    )
    assert (found.total_ms, found.last) == (40_000, one)


@pytest.mark.parametrize(("metric", "limit"), [
    ("cpu_percent", 95.0), ("pressure_io_full_percent", 20.0), ("pressure_memory_full_percent", 10.0),
])  # fmt: skip
def test_a_mean_of_two_minutes_at_its_limit_is_overload_though_the_load_is_low(host, metric, limit):
    sampled(host, [0.1] * 360, **{metric: [0.0] * 119 + [limit] * 120 + [0.0] * 121})
    found = asked(host)
    assert times(found) == [(119, 239)]  # a sample at a full minute belongs to the minute that begins
    assert list(found.episodes[0].worst) == [metric]


def test_a_mean_below_its_limit_is_none_however_high_its_seconds(host):
    sampled(host, [0.1] * 360, cpu_percent=[100.0, 80.0] * 180)
    assert times(asked(host)) == []


@pytest.mark.parametrize("values", [
    {"load1": 2.0}, {"load1": 1.99}, {"cpu_percent": 95.0}, {"cpu_percent": 94.9}, {"pressure_io_full_percent": 20.0},
    {"pressure_io_full_percent": 19.9}, {"pressure_memory_full_percent": 10.0}, {"load1": None, "cpu_percent": 99.0},
])  # fmt: skip
def test_the_head_of_the_page_and_history_mean_the_same_by_overloaded(host, values):
    reading = {"load1": 0.5, "cpu_percent": 10.0, "cpu_effective_cores": 2.0, "tasks_running": 5.0} | values
    make_samples(host, 240, START + 240_000, **reading)
    judged = verdict(
        reading, {name: value for name, value in reading.items() if name != "cpu_effective_cores"}
    )
    assert bool(asked(host).episodes) == (judged.tone is Tone.OVERLOADED)


@pytest.mark.parametrize("unknown", [{"cpu_effective_cores": None}, {"load1": None, "cpu_percent": None}])
def test_what_cannot_be_judged_is_neither_overload_nor_calm(host, unknown):
    sampled(host, [3.0] * 60, **unknown)
    found = asked(host, START, START + 60_000)
    assert (times(found), found.unknown_ms, found.last) == ([], 60_000, None)


# Holes.


def test_an_episode_does_not_run_through_a_gap(host):
    sampled(host, [3.0] * 30)
    sampled(host, [3.0] * 30, START + 50_000)
    found = asked(host, START, START + 80_000)
    assert (times(found), found.unknown_ms) == ([(0, 30), (50, 80)], 20_000)


def test_a_single_calm_minute_parts_two_episodes_and_less_does_not(host):
    sampled(host, [3.0] * 10 + [1.0] * 59 + [3.0] * 10 + [1.0] * 60 + [3.0] * 10)
    assert times(asked(host)) == [(0, 79), (139, 149)]


def test_what_is_before_the_first_sample_and_after_the_last_is_unknown(host):
    sampled(host, [1.0] * 60)
    assert asked(host, START - HOUR, START + HOUR, START + 2 * HOUR).unknown_ms == 2 * HOUR - MINUTE
    assert asked(host, START, START + HOUR, START + MINUTE).unknown_ms == 0  # the future is not


# The same whatever is asked for.


def test_an_episode_is_told_whole_by_a_span_in_the_midst_of_it(host):
    make_buckets(host, 60, START, [1.0, *[3.0] * 600, 1.0], "load1")
    found = asked(host, START + 300 * MINUTE, START + 301 * MINUTE, START + DAY)
    assert times(found) == [(60, 601 * 60)]
    assert (found.total_ms, found.within_ms) == (600 * MINUTE, MINUTE)


def test_the_last_one_is_told_however_long_ago_it_was(host):
    make_buckets(host, 3600, START - 300 * DAY, [3.0, 1.0, *[0.5] * 7198], "load1")
    found = asked(host, START - HOUR, START, START)
    assert (found.episodes, found.last.end_ms, found.ongoing) == ([], START - 300 * DAY + HOUR, False)


def test_one_that_goes_on_is_told_so_until_a_minute_of_calm_or_a_gap(host):
    sampled(host, [3.0] * 60 + [1.0] * 30)
    assert asked(host, START, START + 90_000).ongoing
    assert not asked(host, START, START + 200_000).ongoing
    sampled(host, [1.0] * 60, START + 90_000)
    assert not asked(host, START, START + 150_000).ongoing


def test_each_part_is_read_from_the_finest_tier_that_is_kept(host):
    make_buckets(host, 3600, START - DAY, [3.0] + [1.0] * 23, "load1")
    make_buckets(host, 60, START - 2 * HOUR, [1.0] * 90 + [3.0] + [1.0] * 29, "load1")
    sampled(host, [1.0] * 30 + [3.0] * 5 + [1.0] * 30)
    found = asked(host, START - DAY, START + 65_000)
    assert [(one.resolution, (one.end_ms - one.start_ms) // 1000) for one in found.episodes] == [
        (3600, 3600), (60, 60), (0, 5),
    ]  # fmt: skip
    assert [part[0] for part in found.parts] == [3600, 60, 0]
    assert "only 1-hour means are kept" in found.notes[0]


def test_a_bucket_counts_by_its_peak_and_tells_how_long_it_was_so_at_least(host):
    sampled(host, [1.0] * 839 + [4.0] * 60 + [1.0] * 901)
    roll_up_all(host)
    Sample.objects.all().delete()
    MinuteRollup.objects.all().delete()
    [one] = asked(host).episodes
    assert (one.resolution, one.end_ms - one.start_ms) == (900, 900_000)
    assert one.least_ms == 0  # the mean of the quarter is below the cores
    assert QuarterRollup.objects.exists()


def test_the_future_is_no_part_of_the_answer(host):
    sampled(host, [3.0] * 60)
    assert asked(host, START + DAY, START + 2 * DAY, START + 60_000).unknown_ms == 0


def test_a_host_without_anything_has_no_answer(host):
    found = asked(host, START, START + HOUR)
    assert (found.episodes, found.last, found.unknown_ms, found.oldest_ms) == ([], None, HOUR, None)


pieces = st.lists(
    st.tuples(st.sampled_from([1, 5, 58, 60, 61, 150, 400]), st.sampled_from([0.5, 1.99, 2.0, 7.0, None, "gap"])),
    min_size=1, max_size=12,
)  # fmt: skip


def laid(host, parts):
    """Samples of each piece in turn; "gap": none are stored. When the last ends."""
    at, rows = START, []
    for seconds, load in parts:
        for second in range(1, seconds + 1):
            if load != "gap":
                cpu = 99.0 if load == 7.0 else 10.0
                rows.append(Sample(host=host, taken_at_ms=at + second * 1000, covered_ms=1000, load1=load,
                                   cpu_percent=cpu, cpu_effective_cores=2.0))  # fmt: skip
        at += seconds * 1000
    Sample.objects.bulk_create(rows)
    return at


PROPERTY = settings(
    max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@PROPERTY
@given(
    parts=pieces,
    spans=st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 5000)), min_size=2, max_size=3),
)
def test_any_two_spans_tell_the_same_of_what_both_touch(parts, spans):
    host = make_host(f"h{Host.objects.count()}")
    end = laid(host, parts)
    whole = {(one.start_ms, one.end_ms): one for one in asked(host, START - HOUR, end + 1, end).episodes}
    newest = max(whole, default=None)
    for start, length in spans:
        first, last = START + start * 1000, START + (start + length) * 1000
        found = asked(host, first, last, end)
        reach = min(last, end + 1)
        assert found.episodes == [
            one for (begin, over), one in whole.items() if begin < reach and over > first
        ]
        if last > end:
            assert found.last == whole.get(newest)


@PROPERTY
@given(parts=pieces)
def test_a_coarser_tier_made_of_samples_holds_what_they_tell(parts):
    host = make_host(f"h{Host.objects.count()}")
    first = laid(host, parts) + 1500
    end = START + 3 * HOUR
    make_samples(host, 60, end, (end - first) // 60, covered_ms=0)  # every bucket before the last is over
    fine = asked(host, START, end, end).episodes
    roll_up_all(host)
    for gone, resolution in ((Sample, 60), (MinuteRollup, 900), (QuarterRollup, 3600)):
        gone.objects.filter(host=host).delete()
        coarse = asked(host, START, end, end).episodes
        assert all(one.resolution == resolution for one in coarse)
        assert all(one.least_ms <= one.end_ms - one.start_ms for one in coarse)
        # A sample speaks for the second before it, and belongs to the bucket that it was taken in.
        reach = [(one.start_ms - 1000, one.end_ms + 1000) for one in coarse]
        for one in fine:
            if resolution == 60 or "load1" in one.worst:
                assert any(begin <= one.start_ms and one.end_ms <= over for begin, over in reach)

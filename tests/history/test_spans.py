"""History over several tiers is what one computation from all samples would give."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.history import rollups, spans
from monitor.history.domain import bucketing, steps, tiers
from monitor.history.models import Gap, HourRollup, MinuteRollup, RollupProgress, Sample
from monitor.hosts.models import Host
from monitor.web.history import answer
from tests.factories import make_host, make_samples
from tests.stages.examples import examples
from tests.stages.rolling import let_go, roll_up_all

pytestmark = pytest.mark.django_db

HOUR, DAY = 3_600_000, 86_400_000
START = 1_700_000_000_000 - 1_700_000_000_000 % DAY


def between(host: Host, start_ms: int, end_ms: int, points: int = 1000, now_ms: int = 2 * START):
    return answer.between(host, ("load1",), start_ms, end_ms, points, now_ms)


def add(host: Host, samples: dict[int, tuple[float | None, int]]) -> None:
    """Store samples given as {time: (load1, covered)}."""
    Sample.objects.bulk_create(
        Sample(host=host, taken_at_ms=at, covered_ms=covered, load1=value)
        for at, (value, covered) in samples.items()
    )


def directly(samples: dict[int, tuple[float | None, int]], width: int, start: int, end: int) -> dict:
    """The buckets of [start, end) computed at once from all samples that ever were."""
    rows = [
        (at, tiers.of_reading([None if value is None else steps.count("load1", value)], covered))
        for at, (value, covered) in sorted(samples.items())
    ]
    found = tiers.grouped([(at, row) for at, row in rows if start <= at < end], width)
    return {at: row[0] for at, row in found.items()}


def is_same(found: dict, expected: dict) -> None:
    assert found.keys() == expected.keys()
    for start, summary in expected.items():
        total, weight, low, high = found[start].parts
        if summary is None:
            assert weight is None
            continue
        assert (weight, round(low * 100), round(high * 100)) == (summary.weight, summary.low, summary.high)
        assert math.isclose(total / weight * 100, summary.mean, rel_tol=1e-9, abs_tol=1e-9)


values = st.one_of(st.none(), st.integers(0, 10**11).map(lambda n: n / 100), st.integers(0, 100).map(float))
batches = st.lists(
    st.dictionaries(st.integers(0, 5 * 3600), st.tuples(values, st.integers(0, 1500)), max_size=40),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    batches=batches,
    steps=st.lists(st.integers(0, 60), min_size=4, max_size=4),
    pruned=st.booleans(),
    span=st.tuples(st.integers(0, 5 * 3600), st.integers(60, 400 * 86400)),
    points=st.integers(10, 4000),
)
def test_any_mix_of_tiers_equals_one_computation_from_all_samples(
    settings, batches, steps, pruned, span, points
) -> None:
    host = Host.objects.create(name=f"h{Host.objects.count()}", interval=1.0)
    stored: dict[int, tuple[float | None, int]] = {}
    settings.LOADMON_RAW_HOURS = 2
    for batch, most in zip(batches, steps, strict=False):
        progress = RollupProgress.objects.filter(host=host, resolution=60).first()
        late_limit = tiers.bucket_after(progress.pruned_until_ms if progress else 0, tiers.HOUR)
        fresh = {START + second * 1000: sample for second, sample in batch.items()}
        new = {at: one for at, one in fresh.items() if at not in stored and at >= late_limit}
        stored |= new
        add(host, new)
        if most:
            rollups.roll_up(host, most)
        if pruned:
            let_go(host, START + 5 * HOUR)
    start = START + span[0] * 1000
    plan = spans.plan(host, start, start + span[1] * 1000, points)
    found = bucketing.merged(spans.pieces(host, ("load1",), plan))
    is_same(found, directly(stored, plan.width, plan.starts[0], plan.reach_ms))


def test_a_bucket_that_is_half_rolled_up_is_joined_with_its_samples() -> None:
    host = make_host()
    make_samples(host, 900, end_ms=START + 899_000, load1=[float(n) for n in range(900)])
    rollups.roll_up(host, 7)
    found = between(host, START, START + 900_000, 10)
    assert (found["tier_seconds"], found["resolution_seconds"], len(found["times"])) == (60, 120, 8)
    series = found["series"]["load1"]
    assert (series["mean"][3], series["low"][3], series["high"][3]) == (419.5, 360.0, 479.0)
    assert (series["low"][7], series["high"][7]) == (840.0, 899.0)


def test_with_nothing_rolled_up_a_long_span_comes_from_the_samples() -> None:
    host = make_host()
    make_samples(host, 600, end_ms=START + 599_000)
    found = between(host, START - 30 * DAY, START + 600_000)
    assert (found["tier_seconds"], found["oldest_at"]) == (0, START)
    assert found["series"]["load1"]["mean"][-1] == 0.5
    assert found["gaps"][0]["end_at"] == START - 1000  # the first sample speaks for the second before it


def test_what_was_pruned_is_read_from_the_tier_that_still_has_it(settings) -> None:
    host = make_host()
    make_samples(host, 2 * 3600, end_ms=START + 2 * HOUR - 1000, load1=[1.0] * 1800 + [9.0] + [1.0] * 5399)
    make_samples(host, 1, end_ms=START + 2 * HOUR)
    roll_up_all(host)
    settings.LOADMON_RAW_HOURS = 1
    while let_go(host, START + 2 * HOUR):
        pass
    found = between(host, START + 1_200_000, START + 2_400_000)
    assert (found["tier_seconds"], found["oldest_at"], found["gaps"]) == (60, START, [])
    assert max(found["series"]["load1"]["high"]) == 9.0
    fresh = between(host, START + HOUR + 1_200_000, START + HOUR + 2_400_000)
    assert (fresh["tier_seconds"], fresh["resolution_seconds"]) == (0, 2)


def test_the_right_edge_is_as_fresh_as_the_newest_sample() -> None:
    host = make_host()
    make_samples(host, 7200, end_ms=START + 7_199_000, load1=1.0)
    roll_up_all(host)
    make_samples(host, 1, end_ms=START + 7_200_000, load1=77.0)
    found = between(host, START - 10 * DAY, START + 7_201_000)
    assert found["series"]["load1"]["high"][-1] == 77.0


def test_a_late_sample_is_shown_before_it_is_rolled_up() -> None:
    host = make_host()
    make_samples(host, 7200, end_ms=START + 7_200_000, load1=1.0)
    roll_up_all(host)
    add(host, {START + 90_500: (99.0, 500)})
    found = between(host, START, START + 7_200_000, 10)
    assert found["series"]["load1"]["high"][0] == 99.0


def test_the_tiers_of_another_host_do_not_mix_in() -> None:
    host, other = make_host(), make_host("other")
    make_samples(host, 130, end_ms=START + 130_000, load1=1.0)
    make_samples(other, 130, end_ms=START + 130_000, load1=9.0)
    roll_up_all(host)
    roll_up_all(other)
    assert max(filter(None, between(host, START, START + DAY, 10)["series"]["load1"]["high"])) == 1.0


# Gaps


def stored_gap(host: Host, start_ms: int, end_ms: int, kind: str = "suspended", note: str = "") -> Gap:
    return Gap.objects.create(host=host, start_ms=start_ms, end_ms=end_ms, kind=kind, note=note)


def test_a_gap_with_a_reason_is_told_with_kind_and_note_and_only_once() -> None:
    host = make_host()
    make_samples(host, 60, end_ms=START)
    make_samples(host, 60, end_ms=START + 159_000)
    stored_gap(host, START, START + 100_000, "clock_stepped", "The clock was set forward by 99 s.")
    gap = {"start_at": START, "end_at": START + 100_000, "kind": "clock_stepped",
           "note": "The clock was set forward by 99 s."}  # fmt: skip
    assert between(host, START - 50_000, START + 150_000)["gaps"] == [gap]
    assert between(host, START - 50_000, START + 50_000)["gaps"] == [gap | {"end_at": START + 50_000}]
    assert between(host, START + 40_000, START + 50_000)["gaps"] == [
        gap | {"start_at": START + 40_000, "end_at": START + 50_000}
    ]


def test_a_gap_in_a_pruned_past_is_told_from_its_row() -> None:
    host = make_host()
    make_samples(host, 300, end_ms=START + 299_000)
    make_samples(host, 300, end_ms=START + 7_299_000)
    roll_up_all(host)
    stored_gap(host, START + 299_000, START + 7_000_000)
    make_samples(host, 1, end_ms=START + 7_300_000)
    roll_up_all(host)
    Sample.objects.filter(taken_at_ms__lt=START + 7_260_000).delete()
    found = between(host, START, START + 7_300_000, 20)
    assert [(gap["start_at"], gap["end_at"], gap["kind"]) for gap in found["gaps"]] == [
        (START + 299_000, START + 7_000_000, "suspended")
    ]


def test_a_gap_in_a_pruned_past_that_no_row_explains_is_told_by_its_empty_buckets() -> None:
    host = make_host()
    make_samples(host, 300, end_ms=START + 299_000)
    make_samples(host, 301, end_ms=START + 7_500_000)
    roll_up_all(host)
    Sample.objects.filter(taken_at_ms__lt=START + 7_490_000).delete()
    found = between(host, START, START + 7_500_000, 400)
    assert [(gap["start_at"], gap["end_at"], gap["kind"]) for gap in found["gaps"]] == [
        (START + 300_000, START + 7_200_000, "no_data")
    ]


def test_a_gap_inside_one_bucket_of_samples_is_told() -> None:
    host = make_host()
    make_samples(host, 20, end_ms=START + 19_000)
    make_samples(host, 20, end_ms=START + 59_000)
    found = between(host, START, START + 60_000, 10)
    assert [(gap["start_at"], gap["end_at"]) for gap in found["gaps"]] == [(START + 19_000, START + 39_000)]


def test_since_the_last_sample_there_are_no_data_up_to_now() -> None:
    host = make_host()
    make_samples(host, 60, end_ms=START)
    found = between(host, START - 50_000, START + HOUR, now_ms=START + 90_000)
    assert [(gap["start_at"], gap["end_at"], gap["kind"]) for gap in found["gaps"]] == [
        (START, START + 90_000, "no_data")
    ]


def test_a_clock_set_back_is_an_instant_that_is_told_once() -> None:
    host = make_host()
    make_samples(host, 60, end_ms=START)
    stored_gap(host, START - 30_000, START - 30_000, "clock_stepped")
    assert len(between(host, START - 50_000, START)["gaps"]) == 1
    assert between(host, START - 20_000, START)["gaps"] == []
    assert len(between(host, START - 30_000, START)["gaps"]) == 1


# Cost


def test_a_short_span_never_reads_the_tiers_and_a_long_one_no_old_samples(
    connection_of_default,
) -> None:
    host = make_host()
    make_samples(host, 7200, end_ms=START + 7_200_000)
    roll_up_all(host)
    with connection_of_default() as queries:
        between(host, START + 6_000_000, START + 7_200_000)
    assert not any(
        "GROUP BY" in query["sql"] and MinuteRollup._meta.db_table in query["sql"] for query in queries
    )
    with connection_of_default() as queries:
        between(host, START - 365 * DAY, START + 7_200_000)
    [grouped] = [
        query["sql"] for query in queries if "GROUP BY" in query["sql"] and "covered_ms" in query["sql"]
    ]
    assert f"taken_at_ms >= {START + 7_200_000}" in grouped
    assert any(HourRollup._meta.db_table in query["sql"] for query in queries)
    assert not any("LAG" in query["sql"] for query in queries)


@pytest.fixture
def connection_of_default():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return lambda: CaptureQueriesContext(connection)

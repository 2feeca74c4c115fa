"""How a metric mostly was in a span: exact percentiles of made-up rows, whichever tier they lie in."""

import pytest

from monitor.history import percentiles, spans
from monitor.history.domain import tiers
from monitor.history.models import RollupProgress
from tests.factories import make_host, make_samples
from tests.stages.rolling import make_buckets

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
START = 1_700_000_000_000 - 1_700_000_000_000 % DAY


def rolled(host, resolution: int, values) -> None:
    """Whole buckets of a tier from START on, of rows that the finer ones hold no more."""
    make_buckets(host, resolution, START, values)
    done_ms = START + len(values) * resolution * 1000
    for finer in [one for one in tiers.RESOLUTIONS if one < resolution]:
        RollupProgress.objects.update_or_create(
            host=host, resolution=finer, defaults={"pending_from_ms": done_ms}
        )


def told(host, days: float, points: int = 600, metrics=("cpu_percent",), start_ms: int = START):
    end_ms = start_ms + round(days * DAY)
    return percentiles.added(host, spans.numbers(host, metrics, start_ms, end_ms, points, end_ms))


def test_a_day_of_a_year_tells_the_second_least_and_the_second_greatest_of_its_24_hours() -> None:
    host = make_host()
    rolled(host, 3600, [float(hour % 24) for hour in range(24 * 365)])
    found = told(host, 365)
    cpu = found["series"]["cpu_percent"]
    assert (found["resolution_seconds"], found["percentile_seconds"]) == (86_400, 86_400)
    assert (set(cpu["p5"]), set(cpu["p95"])) == ({1.0}, {22.0})
    assert (set(cpu["low"]), set(cpu["high"])) == ({0.0}, {23.0})


def test_points_finer_than_a_window_share_its_percentiles() -> None:
    host = make_host()
    rolled(host, 900, [float(index % 24) for index in range(96 * 10)])
    rolled(host, 3600, [float(index) for index in range(24 * 10)])
    found = told(host, 10, 1000)
    cpu = found["series"]["cpu_percent"]
    assert (found["resolution_seconds"], found["percentile_seconds"]) == (900, 21_600)
    assert len(cpu["p5"]) == len(cpu["p95"]) == len(found["times"]) == 960
    assert (set(cpu["p5"]), set(cpu["p95"])) == ({1.0}, {22.0})


def test_a_window_is_whole_where_the_span_begins_inside_it() -> None:
    host = make_host()
    rolled(host, 3600, [float(hour % 24) for hour in range(24 * 60)])
    found = told(host, 40, 600, start_ms=START + 5 * HOUR)
    assert set(found["series"]["cpu_percent"]["p5"]) == {1.0}


def test_a_window_of_too_few_rows_has_none_and_the_others_do() -> None:
    host = make_host()
    hours: list[float | None] = [5.0] * (24 * 40)
    hours[24 : 24 + 5] = [None] * 5
    rolled(host, 3600, hours)
    p5 = told(host, 40, 40)["series"]["cpu_percent"]["p5"]
    assert p5 == [5.0, None, *[5.0] * 38]


def test_what_was_not_measured_has_none() -> None:
    host = make_host()
    rolled(host, 3600, [5.0] * (24 * 40))
    found = told(host, 40, 40, ("cpu_percent", "load1"))["series"]
    assert found["load1"]["p5"] == found["load1"]["p95"] == [None] * 40


def test_a_host_without_data_has_none() -> None:
    found = told(make_host(), 30)
    assert set(found["series"]["cpu_percent"]["p95"]) == {None}


def test_samples_that_no_tier_holds_yet_count_as_the_minutes_that_they_will_be() -> None:
    host = make_host(interval=10.0)
    make_samples(
        host, 360, START + HOUR - 10_000, step_ms=10_000, cpu_percent=[float(n // 6 % 30) for n in range(360)]
    )
    found = told(host, 9)
    assert found["percentile_seconds"] == 21_600
    first = found["series"]["cpu_percent"]
    assert (first["p5"][0], first["p95"][0]) == (1.0, 28.0)


def test_what_is_fresher_than_its_tier_counts_too() -> None:
    host = make_host()
    rolled(host, 3600, [1.0] * (24 * 40 - 4))
    rolled(host, 900, [1.0] * (96 * 40 - 16) + [9.0] * 16)
    p95 = told(host, 40, 40)["series"]["cpu_percent"]["p95"]
    assert p95 == [1.0] * 39 + [9.0]


def test_a_week_is_not_above_a_week() -> None:
    assert not percentiles.is_long(0, 7 * DAY)
    assert percentiles.is_long(0, 7 * DAY + 1)

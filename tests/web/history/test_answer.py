"""The answer of the history API: spans of stored samples with what happened in them."""

import math

import pytest
from django.test.utils import CaptureQueriesContext

from monitor.history.models import Sample
from monitor.metrics.times import moment
from monitor.web.history import answer
from tests.factories import NOW_MS, make_alert, make_host, make_load_test, make_samples

pytestmark = pytest.mark.django_db
START = NOW_MS - NOW_MS % 60_000


def between(host, start_ms, end_ms, points=600, metrics=("load1",), now_ms=NOW_MS * 2):
    return answer.between(host, metrics, start_ms, end_ms, points, now_ms)


def test_a_mean_weighs_values_with_the_time_that_they_speak_for() -> None:
    host = make_host(interval=2.0)
    make_samples(host, 3, end_ms=START + 9000, load1=[1.0, 5.0, 9.0], covered_ms=[1000, 3000, 0])
    series = between(host, START, START + 600_000, 10)["series"]["load1"]
    assert (series["mean"][0], series["low"][0], series["high"][0]) == (4.00125, 1.0, 9.0)


def test_a_mean_is_plain_where_no_value_speaks_for_any_time() -> None:
    host = make_host()
    make_samples(host, 2, end_ms=START + 9000, load1=[1.0, 5.0], covered_ms=0)
    assert between(host, START, START + 600_000, 10)["series"]["load1"]["mean"][0] == 3.0


def test_unknown_values_count_nowhere() -> None:
    host = make_host()
    make_samples(host, 3, end_ms=START + 9000, load1=[None, 4.0, None], load5=None)
    series = between(host, START, START + 600_000, 10, ("load1", "load5"))["series"]
    assert series["load1"]["mean"][0] == 4.0
    assert series["load5"] == {"mean": [None] * 10, "low": [None] * 10, "high": [None] * 10}


def test_buckets_are_aligned_to_the_epoch_and_whole() -> None:
    host = make_host()
    make_samples(host, 120, end_ms=START + 60_000, load1=list(map(float, range(120))))
    found = between(host, START + 30_000, START + 60_000, 30)
    assert found["resolution_seconds"] == 1
    found = between(host, START + 30_500, START + 60_500, 30)
    assert (found["resolution_seconds"], found["times"][0]) == (2, START + 30_000)
    assert found["series"]["load1"]["low"][0] == 89.0


def test_jittered_readings_leave_no_hole_in_buckets_as_wide_as_the_interval() -> None:
    host = make_host()
    times = [START + second * 1000 + (40 if second % 2 else -40) for second in range(1, 61)]
    Sample.objects.bulk_create(Sample(host=host, taken_at_ms=at, covered_ms=1000, load1=1.0) for at in times)
    found = between(host, START + 1000, START + 59_000, 100)
    assert found["resolution_seconds"] == 1
    assert None not in found["series"]["load1"]["mean"]
    assert found["gaps"] == []


def test_a_hole_is_null_in_the_series_and_told_as_a_gap() -> None:
    host = make_host()
    make_samples(host, 10, end_ms=START + 9000)
    make_samples(host, 10, end_ms=START + 39_000)
    found = between(host, START, START + 40_000, 100)
    assert found["gaps"] == [
        {"start_at": START + 9000, "end_at": START + 29_000, "kind": "no_data", "note": ""}
    ]
    assert found["series"]["load1"]["mean"] == [0.5] * 10 + [None] * 20 + [0.5] * 10


@pytest.mark.parametrize("seconds", [1200, 3600, 4 * 3600])
def test_a_past_that_was_sampled_less_often_is_no_row_of_gaps(seconds) -> None:
    host = make_host(interval=1.0)
    make_samples(host, 300, end_ms=START, step_ms=60_000, covered_ms=60_000, load1=0.5)
    found = between(host, START + 1 - seconds * 1000, START + 1, 1000)
    assert found["gaps"] == []
    assert set(found["series"]["load1"]["mean"]) == {0.5}


def test_a_step_of_up_to_three_intervals_is_no_gap() -> None:
    host = make_host()
    make_samples(host, 5, end_ms=START + 20_000, step_ms=5000)
    assert between(host, START, START + 20_000, 100)["gaps"] == []


def test_a_gap_that_begins_before_the_span_and_ends_after_it_fills_it() -> None:
    host = make_host()
    make_samples(host, 1, end_ms=START - 100_000)
    make_samples(host, 1, end_ms=START + 100_000)
    found = between(host, START, START + 10_000, 10)
    assert found["gaps"] == [{"start_at": START, "end_at": START + 10_000, "kind": "no_data", "note": ""}]
    assert found["series"]["load1"]["mean"] == [None] * 10


def test_the_future_is_no_gap() -> None:
    host = make_host()
    make_samples(host, 10, end_ms=START)
    found = between(host, START - 5000, START + 600_000, 100, now_ms=START + 2000)
    assert found["gaps"] == []


def test_of_too_many_alerts_the_newest_come_and_the_others_are_counted(monkeypatch) -> None:
    monkeypatch.setattr("monitor.web.dashboard.episodes.MOST_ALERTS", 2)
    host = make_host()
    alerts = [
        make_alert(host, START + minute * 60_000, START + minute * 60_000 + 1000) for minute in range(4)
    ]
    found = between(host, START - 60_000, START + 600_000)
    assert [one["id"] for one in found["alerts"]] == [alerts[2].pk, alerts[3].pk]
    assert found["alerts_left_out"] == 2
    assert between(host, START + 100_000, START + 600_000)["alerts_left_out"] == 0


def test_the_alerts_and_load_tests_of_the_span_come_with_it() -> None:
    host = make_host()
    inside = make_alert(host, START + 1000, START + 5000)
    still_open = make_alert(host, START - 900_000)
    make_alert(host, START - 900_000, START - 800_000)
    make_alert(host, START + 900_000)
    test = make_load_test(host, "finished", START - 60_000, ended_at=moment(START + 1000))
    make_load_test(host, "finished", START - 600_000, ended_at=moment(START - 1000))
    make_load_test(host, "requested", None)
    found = between(host, START, START + 10_000)
    assert [alert["id"] for alert in found["alerts"]] == [still_open.pk, inside.pk]
    assert [one["id"] for one in found["load_tests"]] == [test.pk]


def test_a_span_costs_few_queries_and_no_transaction(connection_of_default) -> None:
    host = make_host()
    make_samples(host, 50, end_ms=START)
    with CaptureQueriesContext(connection_of_default) as queries:
        between(host, START - 600_000, START)
    assert len(queries) <= 9
    assert not any("SAVEPOINT" in query["sql"] or "BEGIN" in query["sql"] for query in queries)


@pytest.fixture
def connection_of_default():
    from django.db import connection

    return connection


def test_every_number_of_a_span_is_one_that_json_can_hold() -> None:
    host = make_host()
    make_samples(host, 3, end_ms=START, load1=[1e308, 1e308, 1e308])
    series = between(host, START - 10_000, START + 1000)["series"]["load1"]
    assert all(value is None or math.isfinite(value) for column in series.values() for value in column)

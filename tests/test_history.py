"""What is read from the stored rows."""

import math

import pytest
from django.test.utils import CaptureQueriesContext

from monitor import episodes, history
from monitor.domain.metrics import NAMES
from monitor.models import Gap, Sample
from monitor.shapes import moment
from tests.factories import NOW_MS, make_alert, make_host, make_load_test, make_rule, make_samples

pytestmark = pytest.mark.django_db
START = NOW_MS - NOW_MS % 60_000


def between(host, start_ms, end_ms, points=600, metrics=("load1",), now_ms=NOW_MS * 2):
    return history.between(host, metrics, start_ms, end_ms, points, now_ms)


# Hosts


def test_a_host_is_found_by_name_or_as_this_machine_or_as_the_only_one(settings) -> None:
    only = make_host("web-01")
    assert history.find_host(None) == only == history.find_host("web-01")
    own = make_host(settings.LOADMON_HOST_NAME)
    assert history.find_host("") == own


@pytest.mark.parametrize("name", ["nobody", "web-01\0", "x" * 5000, "'; drop table monitor_host; --"])
def test_an_unknown_host_is_named_with_the_choices(name) -> None:
    make_host("web-01")
    with pytest.raises(history.UnknownHost, match=r"There is no host .*Hosts: web-01\.") as refusal:
        history.find_host(name)
    assert len(str(refusal.value)) < 200


def test_with_several_foreign_hosts_one_must_be_named() -> None:
    make_host("web-01")
    make_host("web-02")
    with pytest.raises(history.UnknownHost, match=r"Say which host. Hosts: web-01, web-02."):
        history.find_host(None)


def test_without_hosts_the_sentence_says_so() -> None:
    with pytest.raises(history.UnknownHost, match=r"No sampler has stored anything yet."):
        history.find_host(None)


# Samples


def test_the_latest_sample_is_the_newest_by_time_and_holds_every_metric() -> None:
    host = make_host()
    make_samples(host, 3, load1=[1.0, 2.0, 3.0])
    make_samples(make_host("other"), 1, end_ms=NOW_MS + 5000)
    latest = history.latest(host)
    assert (latest["at"], latest["values"]["load1"]) == (NOW_MS, 3.0)
    assert tuple(latest["values"]) == NAMES


def test_a_host_without_samples_has_no_latest_one() -> None:
    assert history.latest(make_host()) is None


def test_samples_after_an_id_come_oldest_first_and_bounded() -> None:
    host = make_host()
    rows = make_samples(host, 5)
    found = history.samples_after(host, rows[1].pk, 2)
    assert [sample["id"] for sample in found] == [rows[2].pk, rows[3].pk]


def test_the_newest_samples_come_oldest_first() -> None:
    host = make_host()
    rows = make_samples(host, 5)
    assert [sample["id"] for sample in history.newest_samples(host, 2)] == [rows[3].pk, rows[4].pk]


def test_the_window_is_columns_of_equal_length() -> None:
    host = make_host()
    rows = make_samples(host, 5, load1=[1.0, 2.0, None, 4.0, 5.0])
    window = history.window(host, NOW_MS - 2000, ("load1", "load5"))
    assert window["ids"] == [row.pk for row in rows[2:]]
    assert window["times"] == [NOW_MS - 2000, NOW_MS - 1000, NOW_MS]
    assert window["covered_ms"] == [1000] * 3
    assert window["series"] == {"load1": [None, 4.0, 5.0], "load5": [0.4, 0.4, 0.4]}


def test_an_empty_window_has_its_columns_all_the_same() -> None:
    assert history.window(make_host(), 0, ("load1",)) == {
        "ids": [],
        "times": [],
        "covered_ms": [],
        "series": {"load1": []},
    }


# Two-minute means


def test_the_mean_is_over_two_minutes_not_more() -> None:
    host = make_host()
    make_samples(host, 200, cpu_percent=[100.0] * 80 + [10.0] * 60 + [30.0] * 60)
    assert history.means(host, NOW_MS)["cpu_percent"] == 20.0


def test_the_mean_is_unknown_below_four_fifths_of_the_window() -> None:
    host = make_host()
    make_samples(host, 95)
    assert set(history.means(host, NOW_MS).values()) == {None}
    make_samples(host, 1, end_ms=NOW_MS - 95_000)
    assert history.means(host, NOW_MS)["cpu_percent"] == 20.0
    assert history.means(host, NOW_MS)["load1"] == 0.5


def test_the_mean_fades_to_unknown_once_samples_stop() -> None:
    host = make_host()
    make_samples(host, 130)
    assert history.means(host, NOW_MS + 4000)["load1"] == 0.5
    assert history.means(host, NOW_MS + 60_000)["load1"] is None


# Spans


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
    monkeypatch.setattr("monitor.episodes.MOST_ALERTS", 2)
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


# States


def test_a_host_with_fresh_samples_runs() -> None:
    host = make_host()
    make_samples(host, 1)
    state = history.sampler_state(host, NOW_MS + 4000)
    assert (state["state"], state["last_sample_at"], state["message"]) == ("running", NOW_MS, "")


def test_silence_is_told_with_its_length() -> None:
    host = make_host()
    make_samples(host, 1)
    state = history.sampler_state(host, NOW_MS + 90_000)
    assert (state["state"], state["message"]) == (
        "stopped",
        "No sample for 1 min 30 s: the sampler does not run, or cannot store.",
    )


def test_a_sampler_that_said_goodbye_is_stopped_at_once() -> None:
    host = make_host(sampler_started_at=moment(NOW_MS - 9000), sampler_stopped_at=moment(NOW_MS))
    make_samples(host, 1)
    assert history.sampler_state(host, NOW_MS)["state"] == "stopped"


def test_a_sampler_that_was_started_anew_is_not_stopped() -> None:
    host = make_host(sampler_started_at=moment(NOW_MS), sampler_stopped_at=moment(NOW_MS - 9000))
    assert history.sampler_state(host, NOW_MS + 1000)["state"] == "starting"
    assert history.sampler_state(host, NOW_MS + 20_000)["state"] == "stopped"


def test_what_the_sampler_tells_itself_counts_while_its_samples_come() -> None:
    host = make_host()
    make_samples(host, 1)
    told = {
        "state": "running",
        "failing": {"disk": "No permission."},
        "lateness_ms": 2.0,
        "waiting": 0,
        "message": "",
    }
    assert history.sampler_state(host, NOW_MS, told)["failing"] == {"disk": "No permission."}
    assert history.sampler_state(host, NOW_MS + 60_000, told)["state"] == "stopped"


def test_a_sampler_that_cannot_store_is_believed_though_no_sample_is_stored() -> None:
    host = make_host()
    make_samples(host, 1)
    told = {
        "state": "storing_failed",
        "waiting": 60,
        "message": "Disk full.",
        "failing": {},
        "lateness_ms": 1.0,
    }
    state = history.sampler_state(host, NOW_MS + 60_000, told)
    assert (state["state"], state["waiting"], state["message"]) == ("storing_failed", 60, "Disk full.")


def test_a_sampler_with_a_long_interval_starts_until_its_first_sample_can_be_there() -> None:
    host = make_host(interval=60.0, sampler_started_at=moment(NOW_MS))
    assert history.sampler_state(host, NOW_MS + 100_000)["state"] == "starting"
    assert history.sampler_state(host, NOW_MS + 130_000)["state"] == "stopped"


def test_the_status_frame_holds_host_sampler_and_load_test() -> None:
    host = make_host()
    test = make_load_test(host)
    frame = history.status_frame(host, NOW_MS, None)
    assert (frame["type"], frame["at"], frame["host"]["name"]) == ("status", NOW_MS, "db-01")
    assert frame["rules"] == episodes.rules(host)
    assert frame["load_test"]["id"] == test.pk


def test_the_status_frame_holds_the_reasons_of_the_last_twenty_minutes() -> None:
    host = make_host()
    for minutes, kind in ((30, "rebooted"), (19, "suspended"), (2, "clock_stepped")):
        start = NOW_MS - minutes * 60_000
        Gap.objects.create(host=host, start_ms=start, end_ms=start + 60_000, kind=kind, note=kind.upper())
    gaps = history.status_frame(host, NOW_MS, None)["gaps"]
    assert [(gap["kind"], gap["note"]) for gap in gaps] == [
        ("suspended", "SUSPENDED"),
        ("clock_stepped", "CLOCK_STEPPED"),
    ]
    assert gaps[0]["end_at"] - gaps[0]["start_at"] == 60_000


def test_a_gap_that_reaches_into_the_live_window_is_told_whole() -> None:
    host = make_host()
    Gap.objects.create(host=host, start_ms=NOW_MS - 9_000_000, end_ms=NOW_MS - 60_000, kind="suspended")
    assert [gap["start_at"] for gap in history.live_gaps(host, NOW_MS)] == [NOW_MS - 9_000_000]


def test_a_finished_load_test_is_shown_for_an_hour() -> None:
    host = make_host()
    make_load_test(host, "finished", NOW_MS - 120_000, ended_at=moment(NOW_MS))
    assert episodes.load_test(host, NOW_MS + 3_599_000)["state"] == "finished"
    assert episodes.load_test(host, NOW_MS + 3_601_000) is None


def test_the_verdict_judges_only_samples_that_are_now() -> None:
    host = make_host()
    make_samples(host, 1)
    latest = history.latest(host)
    assert history.verdict(latest, history.sampler_state(host, NOW_MS), {})["text"].startswith(
        "Fine. Load 0.5"
    )
    stale = history.verdict(latest, history.sampler_state(host, NOW_MS + 60_000), {})
    assert (stale["tone"], stale["text"][:21]) == ("unknown", "No sample for 1 min: ")


# Alerts and rules


def test_the_alerts_frame_holds_the_open_ones_the_newest_twenty_and_the_count_of_a_day() -> None:
    host = make_host()
    make_alert(make_host("other"))
    for minute in range(30):
        make_alert(host, NOW_MS - 7_200_000 + minute * 60_000, NOW_MS - 1000)
    make_alert(host, NOW_MS - 90_000_000, NOW_MS - 89_000_000)
    still_open = make_alert(host, NOW_MS)
    frame = history.alerts_frame(host, NOW_MS)
    assert [alert["id"] for alert in frame["open"]] == [still_open.pk]
    assert (len(frame["recent"]), frame["recent"][0]["id"]) == (20, still_open.pk)
    assert frame["count_24h"] == 31


def test_rules_come_with_absolute_thresholds_and_a_sentence() -> None:
    host = make_host(effective_cores=4.0)
    make_rule("Queue", metric="load1", threshold=1.5, clear_threshold=1.0, per_core=True)
    rule = next(rule for rule in episodes.rules(host) if rule["name"] == "Queue")
    assert (rule["threshold"], rule["clear"]) == (6.0, 4.0)
    assert rule["sentence"].startswith("Fires when ")


def test_a_rule_tells_both_of_its_levels() -> None:
    host = make_host(effective_cores=4.0)
    make_rule("Queue", metric="load1", threshold=1.5, clear_threshold=1.0, per_core=True, critical_metric="load5",
              critical_threshold=2.0, critical_clear_threshold=1.5)  # fmt: skip
    rule = next(rule for rule in episodes.rules(host) if rule["name"] == "Queue")
    assert (rule["critical_threshold"], rule["critical_clear"], rule["critical_metric"]) == (
        8.0,
        6.0,
        "load5",
    )
    assert (rule["comparison"], rule["statistic"]) == ("above", "mean")


def test_the_thresholds_of_a_share_of_time_are_percent_whatever_the_cores() -> None:
    host = make_host(effective_cores=4.0)
    make_rule("Share", metric="load1", statistic="share", window_seconds=600, level=1.0, threshold=50.0,
              clear_threshold=30.0, per_core=True)  # fmt: skip
    rule = next(rule for rule in episodes.rules(host) if rule["name"] == "Share")
    assert (rule["threshold"], rule["clear"], rule["critical_threshold"]) == (50.0, 30.0, None)


def test_a_rule_per_core_has_no_threshold_while_the_cores_are_unknown() -> None:
    make_rule("Queue", metric="load1", threshold=1.5, clear_threshold=1.0, per_core=True)
    rule = next(rule for rule in episodes.rules(None) if rule["name"] == "Queue")
    assert rule["threshold"] is None


def test_the_storage_tells_how_far_back_samples_go() -> None:
    host = make_host()
    make_samples(host, 3)
    storage = history.storage(host)
    assert (storage["oldest_sample_at"], storage["raw_hours"]) == (NOW_MS - 2000, 48.0)
    assert storage["database_bytes"] > 0


def test_every_number_of_a_span_is_one_that_json_can_hold() -> None:
    host = make_host()
    make_samples(host, 3, end_ms=START, load1=[1e308, 1e308, 1e308])
    series = between(host, START - 10_000, START + 1000)["series"]["load1"]
    assert all(value is None or math.isfinite(value) for column in series.values() for value in column)

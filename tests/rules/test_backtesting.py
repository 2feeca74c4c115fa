"""Back-tests over stored rows: the tiers they are read from, the API, the rule page and the panel in the admin."""

import json
import threading
import time
from itertools import pairwise

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.alerts.models import Alert
from monitor.history import rollups
from monitor.history.models import HourRollup, MinuteRollup, QuarterRollup, RollupProgress, Sample
from monitor.history.rollups import roll_up
from monitor.hosts.models import Host
from monitor.ingest.door import Ingest
from monitor.metrics.reading import Reading, gap_between
from monitor.metrics.times import at_ms
from monitor.rules import backtesting, past
from monitor.rules.backtesting import Busy
from monitor.rules.domain.spec import FIELDS
from monitor.rules.models import Rule
from monitor.rules.past import Stretch, stretches
from monitor.web.rules.schemas import BacktestAnswer
from monitor.web.schemas import of
from tests.factories import NOW_MS, bucket, make_alert, make_host, make_rule, make_samples, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]
BACKEND = "django.contrib.auth.backends.ModelBackend"
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
END_MS = NOW_MS - NOW_MS % HOUR_MS  # a whole hour
TABLES = {60: MinuteRollup, 900: QuarterRollup, 3600: HourRollup}


def backtest(host, rule, days, now_ms):
    """What the API would answer."""
    return of(BacktestAnswer, backtesting.backtest(host, rule.spec(), days, now_ms))


def a_rule(**fields):
    defaults = {"metric": "cpu_percent", "threshold": 75.0, "clear_threshold": 65.0, "hold_seconds": 60}
    return Rule(**(defaults | fields))


def make_buckets(host, resolution, first_ms, values, metric="cpu_percent", cores=2.0):
    """Whole buckets of one metric from `first_ms` on; the progress says that they are done."""
    length = resolution * 1000
    rows = {
        first_ms + index * length: bucket(resolution, **{metric: value, "cpu_effective_cores": cores})
        for index, value in enumerate(values)
        if value is not None
    }
    rollups.store(host, resolution, rows)
    RollupProgress.objects.update_or_create(
        host=host, resolution=resolution, defaults={"pending_from_ms": first_ms + len(values) * length}
    )


def times(shape):
    return [(one["fired_at"], one["resolved_at"]) for one in shape["episodes"]]


# Samples.


def test_single_samples_give_the_alerts_of_a_hand_made_series(host):
    make_samples(host, 300, END_MS, cpu_percent=[10.0] * 100 + [90.0] * 50 + [10.0] * 150)
    shape = backtest(host, a_rule(), 30, END_MS)
    first = END_MS - 299_000
    assert times(shape) == [(first + 100_000, first + 210_000)]
    assert (shape["count"], shape["total_seconds"], shape["longest_seconds"]) == (1, 110.0, 110.0)
    assert (shape["resolution_seconds"], shape["notes"], shape["episodes"][0]["peak"]) == (0, [], 90.0)
    assert shape["sentence"].startswith(
        "With these numbers it would have fired once in the last 30 days, for 1 min 50 s. Only 5 min"
    )


LOADS = st.lists(st.tuples(st.sampled_from([0.5, 1.7, 2.0, 9.0]), st.integers(1, 60)), min_size=1, max_size=5)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LOADS, st.sampled_from([0, 5]), st.sampled_from([0, 10]))
def test_it_finds_the_alerts_that_the_sampler_stored_live(loads, window, pending_for):
    Host.objects.all().delete()
    Rule.objects.all().delete()
    host = make_host()
    rule = make_rule(metric="load1", threshold=1.0, clear_threshold=0.9, per_core=True, hold_seconds=20,
                     window_seconds=window, for_seconds=pending_for)  # fmt: skip
    door = Ingest(host, lambda event: None, 1.0)
    values = [load for load, count in loads for _ in range(count)]
    taken = [NOW_MS + 1003 * index + (40_000 if index >= 60 else 0) for index in range(len(values))]
    steps = [0.0, *((after - before) / 1000 for before, after in pairwise(taken))]
    for at, step, load in zip(taken, steps, values, strict=True):
        covered = 0.0 if step > 5 else 1.003
        gap = gap_between(step, covered, 1.0) if step else 0.0
        door.accept(Reading(at, covered, gap, {"load1": load, "cpu_effective_cores": 2.0}))
    shape = backtest(host, rule, 1, taken[-1])
    stored = Alert.objects.filter(host=host).order_by("fired_at")
    assert times(shape) == [(at_ms(alert.fired_at), at_ms(alert.resolved_at)) for alert in stored]
    assert [one["started_at"] for one in shape["episodes"]] == [at_ms(alert.started_at) for alert in stored]
    assert [one["end_observed"] for one in shape["episodes"]] == [alert.end_observed for alert in stored]


def test_more_than_one_page_of_samples_is_read_whole(host, monkeypatch):
    make_samples(host, 250, END_MS, cpu_percent=[10.0] * 95 + [90.0] * 10 + [10.0] * 145)
    whole = backtest(host, a_rule(window_seconds=10), 30, END_MS)
    for size in (1, 7, 250):
        monkeypatch.setattr(past, "PAGE", size)
        assert backtest(host, a_rule(window_seconds=10), 30, END_MS) == whole
    assert whole["count"] == 1


def test_other_hosts_are_left_alone(host):
    make_samples(make_host("other"), 100, END_MS, cpu_percent=90.0)
    shape = backtest(host, a_rule(), 30, END_MS)
    assert (shape["count"], shape["sentence"]) == (0, "Nothing is known of this metric in the last 30 days.")


def test_the_thresholds_are_told_absolute_by_the_cores_of_the_host(host):
    shape = backtest(
        host, a_rule(metric="load1", threshold=1.0, clear_threshold=0.8, per_core=True), 30, END_MS
    )
    assert (shape["threshold"], shape["clear"]) == (2.0, 1.6)
    assert "at least 2 (1 per core)" in shape["rule_sentence"]
    assert backtest(make_host("new", effective_cores=None), a_rule(per_core=True), 1, END_MS)["clear"] is None


# Tiers.


def test_minutes_are_judged_where_the_samples_are_gone(host):
    make_buckets(host, 60, END_MS - DAY_MS, [10.0] * 600 + [90.0] * 12 + [10.0] * 828)
    shape = backtest(host, a_rule(window_seconds=120), 30, END_MS)
    fired = END_MS - DAY_MS + 602 * MINUTE_MS  # the mean of two minutes, read at their end
    assert times(shape) == [(fired, fired + 12 * MINUTE_MS)]
    assert shape["resolution_seconds"] == 60
    assert shape["notes"] == [
        "For 1 d of this only 1-minute means are kept: its times are exact to a minute there."
    ]


def test_a_bucket_longer_than_the_window_is_told_as_too_coarse(host):
    make_buckets(host, 900, END_MS - DAY_MS, [10.0] * 96)
    shape = backtest(host, a_rule(window_seconds=120), 30, END_MS)
    assert shape["resolution_seconds"] == 900
    assert shape["sentence"].endswith("Short peaks are not in it, where only coarser means are kept.")
    assert (
        "coarser than the 120 s that the rule judges: peaks shorter than 15 minutes cannot be seen"
        in shape["notes"][0]
    )


def test_an_alert_runs_on_from_minutes_into_samples_and_counts_once(host):
    make_buckets(host, 60, END_MS - 30 * MINUTE_MS, [10.0] * 10 + [90.0] * 20)
    make_samples(host, 600, END_MS + 599_000 - 300_000, cpu_percent=90.0)  # the last five minutes are in both
    shape = backtest(host, a_rule(window_seconds=120), 30, END_MS + 300_000)
    assert times(shape) == [(END_MS - 18 * MINUTE_MS, None)]
    assert shape["sentence"].endswith("and would be firing now. Only 35 min of that time is known.")


def test_a_lost_part_of_a_bucket_is_a_gap(host):
    make_buckets(host, 60, END_MS - HOUR_MS, [10.0, None, 90.0, None, None, 90.0])
    shape = backtest(host, a_rule(hold_seconds=60), 1, END_MS)
    assert times(shape) == [(END_MS - 57 * MINUTE_MS, None)]
    assert shape["episodes"][0]["last_seen_at"] == END_MS - 54 * MINUTE_MS


def test_the_finest_tier_that_reaches_is_read_and_nothing_twice(host):
    make_samples(host, 90, END_MS - 1, step_ms=1000)
    make_buckets(host, 60, END_MS - 45 * MINUTE_MS, [1.0] * 45)
    make_buckets(host, 900, END_MS - 4 * HOUR_MS, [1.0] * 16)
    make_buckets(host, 3600, END_MS - DAY_MS, [1.0] * 24)
    assert stretches(host, 0, END_MS) == [
        Stretch(3600, END_MS - DAY_MS, END_MS - 4 * HOUR_MS),
        Stretch(900, END_MS - 4 * HOUR_MS, END_MS - 45 * MINUTE_MS),
        Stretch(60, END_MS - 45 * MINUTE_MS, END_MS - MINUTE_MS),
        Stretch(0, END_MS - MINUTE_MS, END_MS),
    ]
    assert stretches(host, END_MS - 30_000, END_MS) == [Stretch(0, END_MS - 30_000, END_MS)]


def test_samples_alone_are_read_from_the_first(host):
    make_samples(host, 100, END_MS)
    assert stretches(host, 0, END_MS + 1) == [Stretch(0, END_MS - 99_000, END_MS + 1)]


def test_real_rollups_of_the_samples_add_no_second_alert(host):
    make_samples(host, 600, END_MS, cpu_percent=[10.0] * 100 + [90.0] * 50 + [10.0] * 450)
    alone = backtest(host, a_rule(), 30, END_MS)
    while roll_up(host):
        pass
    assert backtest(host, a_rule(), 30, END_MS) == alone
    assert alone["count"] == 1


def test_a_tier_that_is_too_long_gives_way_to_the_next(host, monkeypatch):
    monkeypatch.setattr(past, "MOST_ROWS", 120)
    make_samples(host, 600, END_MS - 1)
    make_buckets(host, 60, END_MS - HOUR_MS, [1.0] * 60)
    assert stretches(host, 0, END_MS) == [
        Stretch(60, END_MS - HOUR_MS, END_MS - 120_000),
        Stretch(0, END_MS - 120_000, END_MS),
    ]


# The suggestion.


@pytest.mark.parametrize("days", [1, 30])
def test_the_suggestion_is_the_p99_of_the_last_week_however_much_is_tried(host, days):
    weeks = [90.0] * 168 + [20.0] * 160 + [60.0] * 6 + [20.0] * 2  # the older week does not count
    make_buckets(host, 3600, END_MS - 14 * DAY_MS, weeks)
    shape = backtest(host, a_rule(), days, END_MS)
    assert (shape["suggested_threshold"], shape["suggested_clear_threshold"]) == (60.0, 52.0)


def test_nothing_is_suggested_after_half_a_day(host):
    make_buckets(host, 60, END_MS - DAY_MS // 2, [20.0] * 720)
    shape = backtest(host, a_rule(), 30, END_MS)
    assert shape["suggested_threshold"] is None
    assert shape["no_suggestion"].startswith(
        "No threshold is suggested: that takes a day of data, and the last week has 1"
    )


# Every field of a rule.


def test_both_levels_are_tried_and_the_worst_severity_told(host):
    values = [10.0] * 100 + [80.0] * 20 + [96.0] * 30 + [80.0] * 20 + [10.0] * 130
    make_samples(host, 300, END_MS, cpu_percent=values)
    rule = a_rule(critical_threshold=95.0, critical_clear_threshold=85.0, hold_seconds=0)
    shape = backtest(host, rule, 30, END_MS)
    assert (shape["count"], shape["critical_count"], shape["critical_threshold"]) == (1, 1, 95.0)
    assert shape["episodes"][0]["severity"] == "critical"
    assert " It would have been critical." in shape["sentence"]
    assert backtest(host, a_rule(hold_seconds=0), 30, END_MS)["episodes"][0]["severity"] == "warning"


def test_other_metrics_decide_in_samples_and_in_buckets(host):
    critical = {"critical_metric": "load5", "critical_threshold": 4.0, "critical_clear_threshold": 3.0}
    restrained = a_rule(unless_metric="load1", unless_value=8.0, hold_seconds=0, **critical)
    free = a_rule(hold_seconds=0, **critical)
    make_samples(host, 120, END_MS, cpu_percent=90.0, load5=5.0)
    later = END_MS + 20 * MINUTE_MS
    make_samples(host, 240, later, cpu_percent=[10.0] * 120 + [90.0] * 120, load1=9.0)

    def counts(rule):
        shape = backtest(host, rule, 1, later + MINUTE_MS)
        return shape["count"], shape["critical_count"]

    assert (counts(restrained), counts(free)) == ((1, 1), (2, 1))
    make_samples(host, 60, later + MINUTE_MS, cpu_percent=10.0)  # so that the minutes before are done
    while roll_up(host):
        pass
    Sample.objects.all().delete()
    assert (counts(restrained), counts(free)) == ((1, 1), (2, 1))


@pytest.mark.parametrize(("below", "value", "count"), [(False, 97.0, 1), (True, 3.0, 1), (False, 96.0, 0)])
def test_an_extreme_is_read_from_the_lows_and_highs_of_buckets(host, below, value, count):
    make_samples(host, 600, END_MS, cpu_percent=[50.0] * 300 + [value] + [50.0] * 299)
    while roll_up(host):
        pass
    Sample.objects.all().delete()
    numbers = {"comparison": "below", "threshold": 4.0} if below else {"threshold": 97.0}
    rule = a_rule(window_seconds=120, statistic="max", clear_threshold=numbers["threshold"], **numbers)
    assert backtest(host, rule, 1, END_MS + MINUTE_MS)["count"] == count


def test_a_rule_that_fires_below_is_tried_downwards_and_gets_a_low_suggestion(host):
    make_buckets(host, 3600, END_MS - 7 * DAY_MS, [20.0] * 162 + [4.0] * 2 + [20.0] * 4)
    rule = a_rule(comparison="below", threshold=5.0, clear_threshold=8.0)
    shape = backtest(host, rule, 7, END_MS)
    assert (shape["comparison"], shape["count"], shape["episodes"][0]["peak"]) == ("below", 1, 4.0)
    assert (shape["suggested_threshold"], shape["suggested_clear_threshold"]) == (4.0, 4.6)


def test_a_share_of_time_is_tried_and_means_count_whole(host):
    make_buckets(host, 60, END_MS - HOUR_MS, [20.0] * 30 + [95.0] * 8 + [20.0] * 22)
    rule = a_rule(statistic="share", window_seconds=600, level=90.0, threshold=50.0, clear_threshold=30.0)
    shape = backtest(host, rule, 1, END_MS)
    assert (shape["statistic"], shape["count"], shape["episodes"][0]["peak"]) == ("share", 1, 80.0)
    assert "as wholly beyond the level or not at all" in shape["notes"][0]


def test_the_silence_of_the_sampler_cannot_be_tried(client, host, boss):
    rule = Rule.objects.get(name="Sampler silent")
    sentence = "This rule cannot be tried on the past: while the sampler is silent nothing is stored"
    assert sentence in client.get(page(rule)).content.decode()
    assert sentence in boss.get(change(rule)).content.decode()
    told = get(client, 400, metric="sampler_silent_seconds", threshold="30", clear_threshold="10")["error"]
    assert told.startswith(sentence)


# Bounds.


def test_a_crowd_of_back_tests_is_refused_in_the_end(host, monkeypatch):
    monkeypatch.setattr(backtesting, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(backtesting, "_turn", threading.Semaphore(0))
    with pytest.raises(Busy, match="Other back-tests are running"):
        backtest(host, a_rule(), 30, END_MS)


def test_a_back_test_that_failed_lets_the_next_one_in(host, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(past, "PAGE", None)
        make_samples(host, 1, END_MS)
        with pytest.raises(TypeError):
            backtest(host, a_rule(), 30, END_MS)
    assert backtest(host, a_rule(), 30, END_MS)["count"] == 0


# The API.

GOOD = {"metric": "cpu_percent", "threshold": "75", "clear_threshold": "65"}


def get(client, status=200, **parameters):
    response = client.get("/api/v1/backtest", GOOD | parameters)
    assert response.status_code == status, response.content
    return response.json()


def test_the_api_answers_with_the_documented_shape(client, host, monkeypatch):
    monkeypatch.setattr("time.time_ns", lambda: END_MS * 1_000_000)
    make_samples(host, 300, END_MS, cpu_percent=[10.0] * 100 + [90.0] * 50 + [10.0] * 150)
    shape = get(client, days="7", hold_seconds="0")
    assert set(shape) == {
        "host", "metric", "statistic", "comparison", "start_at", "end_at", "resolution_seconds", "threshold", "clear",
        "critical_threshold", "count", "critical_count", "total_seconds", "longest_seconds",
        "episodes", "suggested_threshold", "suggested_clear_threshold", "no_suggestion", "rule_sentence", "sentence",
        "notes",
    }  # fmt: skip
    assert (shape["start_at"], shape["end_at"], shape["count"]) == (END_MS - 7 * DAY_MS, END_MS, 1)
    assert set(shape["episodes"][0]) == {
        "started_at",
        "fired_at",
        "resolved_at",
        "last_seen_at",
        "peak",
        "severity",
        "end_observed",
    }


def test_the_clear_is_the_threshold_unless_told(client, host):
    response = client.get("/api/v1/backtest", {"metric": "cpu_percent", "threshold": "-1.5e1"})
    assert (response.json()["threshold"], response.json()["clear"]) == (-15.0, -15.0)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"metric": "nonsense"}, "There is no metric 'nonsense'. Metrics: cpu_percent,"),
        ({"metric": ""}, "There is no metric ''."),
        ({"threshold": "nan"}, "threshold must be a number such as 75 or 0.8, of at most 15 digits, not 'nan'."),
        ({"threshold": ""}, "threshold must be a number such as 75 or 0.8, of at most 15 digits, not ''."),
        ({"threshold": "1e99"}, "not '1e99'."),
        ({"threshold": "1_0"}, "not '1_0'."),
        ({"threshold": "٣"}, "threshold must be a number"),
        ({"comparison": "beside"}, "comparison must be above or below, not 'beside'."),
        ({"statistic": "mode"}, "statistic must be mean, max or share, not 'mode'."),
        ({"critical_metric": "nonsense"}, "There is no metric 'nonsense'."),
        ({"unless_metric": "load1"}, "Give the value too, or no metric."),
        ({"level": "5"}, "Only a share of time has a level"),
        ({"critical_threshold": "70"}, "It must lie above the threshold 75, where the alert fires."),
        ({"comparison": "below"}, "The alert could never clear: 65 lies below the threshold 75."),
        ({"clear_threshold": "80"}, "The alert could never clear: 80 lies above the threshold 75."),
        ({"window_seconds": "3601"}, "window_seconds must be a whole number from 0 to 3600, not '3601'."),
        ({"window_seconds": "-1"}, "window_seconds must be a whole number from 0 to 3600, not '-1'."),
        ({"for_seconds": "1.5"}, "for_seconds must be a whole number from 0 to 3600, not '1.5'."),
        ({"hold_seconds": "86401"}, "hold_seconds must be a whole number from 0 to 86400, not '86401'."),
        ({"per_core": "yes"}, "per_core must be true or false, not 'yes'."),
        ({"days": "0"}, "days must be a whole number from 1 to 400, not '0'."),
        ({"days": "401"}, "days must be a whole number from 1 to 400, not '401'."),
        ({"days": "9" * 5000}, "days must be a whole number from 1 to 400, not '99"),
        ({"dayz": "1"}, "There is no query parameter 'dayz': known are host, metric,"),
    ],
)  # fmt: skip
def test_wrong_input_is_a_400_with_a_sentence(client, host, parameters, sentence):
    shape = get(client, 400, **parameters)
    assert (shape["ok"], shape["status"]) == (False, 400)
    assert sentence in shape["error"]


def test_a_missing_parameter_is_named(client, host):
    response = client.get("/api/v1/backtest", {"metric": "cpu_percent"})
    assert (response.status_code, response.json()["error"]) == (400, "threshold: Field required.")


def test_an_unknown_host_is_a_404(client, host):
    assert "There is no host 'nowhere'" in get(client, 404, host="nowhere")["error"]


def test_a_crowd_is_a_503_with_a_time_to_come_again(client, host, monkeypatch):
    monkeypatch.setattr(backtesting, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(backtesting, "_turn", threading.Semaphore(0))
    response = client.get("/api/v1/backtest", GOOD)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert response.json()["error"] == "Other back-tests are running. Try again in a few seconds."


def test_a_stranger_learns_nothing_where_the_monitor_is_private(client, host, settings):
    settings.LOADMON_PUBLIC = "no"
    assert get(client, 401)["error"] == "Log in first."
    client.force_login(make_user(), backend=BACKEND)
    assert get(client)["count"] == 0


def test_the_api_document_lists_it(client):
    document = client.get("/api/v1/openapi.json").json()
    operation = document["paths"]["/api/v1/backtest"]["get"]
    found = {one["name"]: one for one in operation["parameters"]}
    assert set(found) == {
        "host", "metric", "comparison", "window_seconds", "statistic", "level", "threshold", "clear_threshold",
        "critical_threshold", "critical_clear_threshold", "critical_metric", "per_core", "for_seconds", "hold_seconds",
        "unless_metric", "unless_value", "days",
    }  # fmt: skip
    assert found["days"]["schema"] | {"default": 30, "minimum": 1, "maximum": 400} == found["days"]["schema"]
    assert {"200", "400", "401", "404", "503"} <= set(operation["responses"])


# The admin's form.


def panel_of(response):
    """What the page embedded for its script."""
    text = response.content.decode().split('id="backtest-data" type="application/json">')[1]
    return json.loads(text.split("</script>")[0])


def change(rule):
    return reverse("admin:monitor_rule_change", args=[rule.pk])


def test_a_stored_rule_is_tried_where_it_is_edited_and_told_without_scripts(boss, host):
    make_samples(
        host, 300, time.time_ns() // 1_000_000, cpu_percent=[10.0] * 100 + [90.0] * 50 + [10.0] * 150
    )
    response = boss.get(change(make_rule()))
    assert panel_of(response)["answer"]["count"] == 1
    words = response.content.decode().split("<noscript>")[0]
    assert "With these numbers it would have fired once in the last 30 days, for 1 min 50 s." in words
    assert "Fires when the CPU is at least 75 %; clears below 65 % for 60 s." in words


def test_numbers_that_were_refused_do_not_pass_for_the_stored_ones(boss, host):
    rule = make_rule()
    form = {"name": rule.name, "metric": "load1", "severity": "info", "window_seconds": "0", "threshold": "1",
            "clear_threshold": "2", "for_seconds": "0", "hold_seconds": "60", "comparison": "above",
            "statistic": "mean"}  # fmt: skip
    response = boss.post(change(rule), form)
    assert "could never clear" in response.content.decode()
    assert panel_of(response)["rule"]["metric"] == "cpu_percent"


def test_a_new_rule_has_an_empty_panel(boss, host):
    found = panel_of(boss.get(reverse("admin:monitor_rule_add")))
    assert (found["rule"], found["answer"], found["host"]) == (None, None, "db-01")


def test_the_panel_tells_its_script_what_each_field_stands_for_where_it_is_empty(boss, host):
    empty = panel_of(boss.get(reverse("admin:monitor_rule_add")))["fields"]
    assert tuple(empty) == FIELDS
    told = {name: value for name, value in empty.items() if value not in (None, "")}
    assert told == {
        "comparison": "above", "statistic": "mean", "window_seconds": 0, "for_seconds": 0, "hold_seconds": 0,
        "per_core": False,
    }  # fmt: skip


def test_before_the_first_sample_the_panel_says_so(boss):
    response = boss.get(change(make_rule()))
    assert "No host has been sampled yet" in response.content.decode()
    assert (panel_of(response)["host"], panel_of(response)["answer"]) == (None, None)


def test_the_panel_brings_only_files_of_ours(boss, host):
    text = boss.get(reverse("admin:monitor_rule_add")).content.decode()
    assert 'src="/static/monitor/js/rules/backtest/admin.js" type="module"' in text
    assert text.index("chart.umd.min.js") < text.index("rules/backtest/admin.js")


def test_of_several_hosts_the_first_is_tried_unless_this_one_is_among_them(boss, settings):
    make_host("b")
    make_host("a")
    settings.LOADMON_HOST_NAME = "elsewhere"
    assert panel_of(boss.get(change(make_rule())))["host"] == "a"
    settings.LOADMON_HOST_NAME = "b"
    assert panel_of(boss.get(change(make_rule("Other"))))["host"] == "b"


def test_a_crowd_of_back_tests_does_not_keep_the_form_from_opening(boss, host, monkeypatch):
    monkeypatch.setattr(backtesting, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(backtesting, "_turn", threading.Semaphore(0))
    response = boss.get(change(make_rule()))
    assert response.status_code == 200
    assert "Other back-tests are running. Try again in a few seconds." in response.content.decode()


# The page of a rule.


def page(rule):
    return reverse("rule", args=[rule.pk])


def test_the_page_tells_the_rule_its_back_test_and_its_last_alerts(client, host):
    rule = make_rule(severity="critical", enabled=False)
    now_ms = time.time_ns() // 1_000_000
    make_samples(host, 60, now_ms, cpu_percent=10.0)
    make_alert(host, fired_ms=NOW_MS, resolved_ms=NOW_MS + 90_000, rule=rule, peak=93.25)
    make_alert(
        host, fired_ms=NOW_MS - DAY_MS, resolved_ms=NOW_MS, rule=rule, end_observed=False, is_test=True
    )
    make_alert(host, fired_ms=NOW_MS + DAY_MS)  # of another rule
    text = client.get(page(rule)).content.decode()
    for words in (
        "Rule “Busy”", "critical, switched off", "Fires when the CPU is at least 75 %",
        "With these numbers it would not have fired in the last 30 days. Only 1 min of that time is known.",
        "9 Oct 2025 08:53:20", "9 Oct 2025 08:54:50", "1 min 30 s", "93.25 %", "nobody saw when", "load test",
    ):  # fmt: skip
        assert words in text
    assert text.count('data-label="fired"') == 2


def test_the_page_leads_only_those_to_the_form_who_may_edit(client, host):
    rule = make_rule()
    assert change(rule) not in client.get(page(rule)).content.decode()
    client.force_login(make_user("clerk", ["view_rule"], is_staff=True), backend=BACKEND)
    assert change(rule) not in client.get(page(rule)).content.decode()
    client.force_login(make_user("chief", ["change_rule"], is_staff=True), backend=BACKEND)
    assert change(rule) in client.get(page(rule)).content.decode()


def test_the_page_of_another_host(client, host):
    make_host("web")
    rule = make_rule()
    assert panel_of(client.get(page(rule), {"host": "web"}))["host"] == "web"
    assert client.get(page(rule), {"host": "nowhere"}).status_code == 404


@pytest.mark.parametrize("number", ["0", "999", "9" * 30])
def test_a_rule_that_is_not_there_is_a_404(client, number):
    assert client.get(f"/rules/{number}/").status_code == 404


def test_the_page_is_read_only_and_keeps_to_who_may_look(client, host, settings):
    rule = make_rule()
    assert client.post(page(rule)).status_code == 405
    settings.LOADMON_PUBLIC = "no"
    assert client.get(page(rule)).url.startswith("/login/")


def test_the_page_works_before_the_first_sample(client):
    assert "No host has been sampled yet" in client.get(page(make_rule())).content.decode()


def test_markup_in_a_name_stays_text(client):
    make_host("<b>host</b>")
    text = client.get(page(make_rule("<script>alert(1)</script>"))).content.decode()
    assert "<script>alert" not in text
    assert "<b>host" not in text

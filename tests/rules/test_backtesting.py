"""Back-tests over stored rows, and the tiers that they are read from."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.alerts.models import Alert
from monitor.history.models import HourRollup, MinuteRollup, QuarterRollup, Sample
from monitor.history.rollups import roll_up
from monitor.hosts.models import Host
from monitor.ingest.door import Door
from monitor.metrics.reading import Reading, gap_between
from monitor.metrics.report import Report
from monitor.metrics.times import at_ms
from monitor.rules import backtesting, past
from monitor.rules.models import Rule
from monitor.web.rows import of
from monitor.web.rules.schemas import BacktestAnswer
from tests.factories import NOW_MS, make_host, make_rule, make_samples
from tests.stages.examples import examples
from tests.stages.rolling import make_buckets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]
BACKEND = "django.contrib.auth.backends.ModelBackend"
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
END_MS = NOW_MS - NOW_MS % HOUR_MS  # a whole hour
TABLES = {60: MinuteRollup, 900: QuarterRollup, 3600: HourRollup}


def backtest(host, rule, days, now_ms):
    """What the API would answer."""
    return of(BacktestAnswer, backtesting.backtest(host, rule.spec(), days, now_ms))


def a_rule(**fields):
    defaults = {"metric": "cpu_percent", "threshold": 75.0, "clear_threshold": 65.0, "hold_seconds": 60}
    return Rule(**(defaults | fields))


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


@settings(
    max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(LOADS, st.sampled_from([0, 5]), st.sampled_from([0, 10]))
def test_it_finds_the_alerts_that_the_sampler_stored_live(loads, window, pending_for):
    Host.objects.all().delete()
    Rule.objects.all().delete()
    host = make_host()
    rule = make_rule(metric="load1", threshold=1.0, clear_threshold=0.9, per_core=True, hold_seconds=20,
                     window_seconds=window, for_seconds=pending_for)  # fmt: skip
    door = Door(host, lambda event: None, 1.0)
    values = [load for load, count in loads for _ in range(count)]
    taken = [NOW_MS + 1003 * index + (40_000 if index >= 60 else 0) for index in range(len(values))]
    steps = [0.0, *((after - before) / 1000 for before, after in pairwise(taken))]
    for at, step, load in zip(taken, steps, values, strict=True):
        covered = 0.0 if step > 5 else 1.003
        gap = gap_between(step, covered, 1.0) if step else 0.0
        door.accept(Report(Reading(at, covered, gap, {"load1": load, "cpu_effective_cores": 2.0})))
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


def test_real_rollups_of_the_samples_add_no_second_alert(host):
    make_samples(host, 600, END_MS, cpu_percent=[10.0] * 100 + [90.0] * 50 + [10.0] * 450)
    alone = backtest(host, a_rule(), 30, END_MS)
    while roll_up(host):
        pass
    assert backtest(host, a_rule(), 30, END_MS) == alone
    assert alone["count"] == 1


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

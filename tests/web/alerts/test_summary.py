"""One alert in words."""

import pytest

from monitor.hosts.models import Host
from monitor.web.alerts.summary import short_condition
from tests.factories import make_alert, make_host

pytestmark = pytest.mark.django_db


def condition(**fields) -> str:
    """The condition of an alert of CPU time above 75 %, unless `fields` say otherwise."""
    host = Host.objects.first() or make_host()
    return short_condition(make_alert(host, **fields))


def test_the_latest_value_is_judged_against_the_threshold() -> None:
    assert condition() == "CPU busy at 75 % or above"


def test_what_fires_below_says_so() -> None:
    assert condition(comparison="below", threshold=10.0) == "CPU busy at 10 % or below"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"window_seconds": 120}, "CPU busy, mean of 2 min, at 75 % or above"),
        ({"window_seconds": 120, "statistic": "max"}, "CPU busy, highest of 2 min, at 75 % or above"),
        (
            {"window_seconds": 60, "statistic": "max", "comparison": "below", "threshold": 10.0},
            "CPU busy, lowest of 1 min, at 10 % or below",
        ),
    ],
)
def test_what_of_a_window_is_judged_is_said(fields, told) -> None:
    assert condition(**fields) == told


def test_a_share_of_time_is_told_in_percent_whatever_its_metric_is_in() -> None:
    fields = {"metric": "load1", "statistic": "share", "window_seconds": 600, "threshold": 50.0}
    assert condition(**fields) == "Load 1 min, share of time in 10 min, at 50 % or above"


def test_a_metric_that_is_gone_still_reads_as_something() -> None:
    assert condition(metric="novel_thing", threshold=5.0) == "novel_thing at 5 or above"


OTHER = {"metric": "load1", "threshold": 2.0, "critical_metric": "load5", "critical_metric_threshold": 8.0}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (OTHER, "Load 1 min at 2 or above, critical when Load 5 min is at 8 or above"),
        ({"critical_threshold": 95.0}, "CPU busy at 75 % or above, critical at 95 % or above"),
        (
            {"comparison": "below", "threshold": 10.0, "critical_threshold": 5.0},
            "CPU busy at 10 % or below, critical at 5 % or below",
        ),
        (
            {**OTHER, "critical_metric": "novel"},
            "Load 1 min at 2 or above, critical when novel is at 8 or above",
        ),
        ({}, "CPU busy at 75 % or above"),
    ],
)
def test_the_condition_of_a_critical_alert_names_its_critical_level_and_whose_it_is(fields, told) -> None:
    assert condition(severity="critical", worst_severity="critical", **fields) == told
    warned = condition(severity="warning", **fields)
    assert warned == told.split(", critical")[0]


def test_a_share_of_time_does_not_claim_the_side_of_another_metric() -> None:
    share = {"statistic": "share", "window_seconds": 60, "threshold": 50.0, "severity": "critical"}
    assert condition(**OTHER | share).endswith("critical when Load 5 min is at 8 or beyond")

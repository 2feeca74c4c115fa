"""The course that a message tells: of what the rule judges, from stored samples."""

from __future__ import annotations

import pytest

from monitor.metrics.catalogue import NO_DATA
from monitor.metrics.times import moment
from monitor.notifications.recent_course import recent_course
from tests.factories import NOW_MS, make_alert, make_rule, make_samples

pytestmark = pytest.mark.django_db
SECONDS = 600
RISING = [index / 100 for index in range(SECONDS)]


def found(host, **rule_fields):
    """The course of an alert of such a rule, at the newest sample."""
    rule = make_rule(**({"metric": "load1"} | rule_fields))
    fields = ("metric", "statistic", "window_seconds", "comparison")
    alert = make_alert(host, rule=rule, **{name: getattr(rule, name) for name in fields})
    return recent_course(alert, moment(NOW_MS))


def test_a_rule_on_the_latest_value_is_told_by_its_last_five_minutes(host):
    make_samples(host, SECONDS, load1=RISING)
    course = found(host)
    assert course.first == pytest.approx(2.93, abs=0.1)
    assert course.last == pytest.approx(5.92, abs=0.1)
    assert course.way(2.0) == 1


def test_a_rule_on_a_mean_is_told_by_that_mean(host):
    make_samples(host, SECONDS, load1=[0.0] * (SECONDS - 60) + [9.0] * 60)
    course = found(host, window_seconds=120)
    assert (course.first, course.last) == (0.0, pytest.approx(4.5, abs=0.1))


def test_a_share_of_time_is_told_in_percent_of_time(host):
    make_samples(host, SECONDS, load1=[0.0] * (SECONDS - 30) + [9.0] * 30)
    course = found(host, window_seconds=60, statistic="share", level=8.0)
    assert (course.first, course.last) == (0.0, pytest.approx(50.0, abs=2.0))


def test_a_mean_over_time_that_was_hardly_measured_is_not_known(host):
    make_samples(host, 60, load1=9.0)
    assert found(host) is None
    assert found(host, name="Mean", window_seconds=300) is None


def test_an_alert_whose_rule_is_gone_or_judges_something_else_has_none(host):
    make_samples(host, SECONDS, load1=RISING)
    assert recent_course(make_alert(host, metric="load1"), moment(NOW_MS)) is None
    other = make_rule("Other", metric="load5")
    assert recent_course(make_alert(host, metric="load1", rule=other), moment(NOW_MS)) is None


def test_what_is_not_stored_with_samples_has_none(host):
    silent = make_rule("Silent", metric=NO_DATA.name, threshold=60.0, clear_threshold=30.0)
    assert recent_course(make_alert(host, metric=silent.metric, rule=silent), moment(NOW_MS)) is None

"""A rule as values: every field has its part, and the numbers hold for one host."""

from dataclasses import fields

from monitor.rules.domain.spec import FIELDS, RuleSpec
from tests.stages.rules import a_rule


def test_each_field_that_decides_has_one_part():
    named = {"id", "name", "severity"}
    assert sorted(FIELDS) == sorted(field.name for field in fields(RuleSpec) if field.name not in named)


def test_a_threshold_per_core_grows_with_the_cores():
    condition = a_rule(threshold=1.0, clear_threshold=0.8, per_core=True).condition(2.5)
    assert (condition.threshold, condition.clear) == (2.5, 2.0)


def test_a_share_of_time_is_bad_where_it_is_high_whichever_side_of_its_level_counts():
    share = a_rule(statistic="share", level=10.0, comparison="below")
    assert (share.below, share.fires_below, share.critical_below) == (True, False, False)


def test_another_critical_metric_is_judged_on_the_side_that_the_rule_names():
    share = a_rule(statistic="share", level=10.0, comparison="below", critical_metric="load5")
    assert share.critical_below

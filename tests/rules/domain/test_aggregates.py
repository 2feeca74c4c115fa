"""What of the readings is judged."""

import pytest

from monitor.rules.domain.aggregates import Aggregate, Aggregates, Statistic


def fed(aggregate, *values, cores=None, seconds=1.0):
    """What `aggregate` judges after these values, one a second."""
    aggregates = Aggregates([aggregate])
    for value in values:
        aggregates.take(seconds, 0.0, {"load1": value}, cores)
    return aggregates.source(aggregate)()


def test_without_a_window_the_latest_value_is_judged_whatever_the_statistic():
    assert fed(Aggregate("load1"), 1.0, 7.0) == 7.0
    assert fed(Aggregate("load1", 0.0, Statistic.MAX), 7.0, 1.0) == 1.0
    assert fed(Aggregate("load1"), 1.0, None) is None
    assert fed(Aggregate("other"), 1.0) is None


def test_the_statistics_of_a_window():
    assert fed(Aggregate("load1", 4.0), 1.0, 2.0, 3.0, 6.0) == 3.0
    assert fed(Aggregate("load1", 4.0, Statistic.MAX), 1.0, 6.0, 3.0, 2.0) == 6.0
    assert fed(Aggregate("load1", 4.0, Statistic.MAX, below=True), 3.0, 1.0, 6.0, 2.0) == 1.0
    assert fed(Aggregate("load1", 4.0, Statistic.SHARE, level=2.0), 1.0, 2.0, 3.0, 0.0) == 50.0
    assert fed(Aggregate("load1", 4.0, Statistic.SHARE, level=2.0, below=True), 1.0, 2.0, 3.0, 0.0) == 75.0


@pytest.mark.parametrize("statistic", list(Statistic))
def test_each_statistic_needs_four_fifths_of_its_window(statistic):
    aggregate = Aggregate("load1", 10.0, statistic, level=2.0 if statistic is Statistic.SHARE else None)
    assert fed(aggregate, *[3.0] * 7) is None
    assert fed(aggregate, *[3.0] * 8) is not None
    assert fed(aggregate, *[3.0] * 8, None, None) is not None
    assert fed(aggregate, *[3.0] * 8, None, None, None) is None


def test_a_share_is_one_of_the_time_that_was_observed():
    aggregate = Aggregate("load1", 10.0, Statistic.SHARE, level=2.0)
    assert fed(aggregate, None, None, *[3.0] * 2, *[1.0] * 6) == 25.0


def test_a_level_per_core_is_unknown_while_the_cores_are():
    aggregate = Aggregate("load1", 2.0, Statistic.SHARE, level=1.0, per_core=True)
    assert fed(aggregate, 3.0, 3.0) is None
    assert fed(aggregate, 3.0, 3.0, cores=4.0) == 0.0
    assert fed(aggregate, 4.0, 3.0, cores=4.0) == 50.0


def test_rules_that_judge_alike_share_a_window():
    aggregates = Aggregates(
        [Aggregate("load1", 4.0), Aggregate("load1", 4.0), Aggregate("load1", 4.0, Statistic.MAX)]
    )
    assert len(aggregates._windows) == 2

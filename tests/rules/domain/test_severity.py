"""Which of two severities is graver."""

import pytest

from monitor.rules.domain.severity import SEVERITIES, rank, up_to, worst
from monitor.rules.models import Severity


def test_the_severities_of_a_rule_are_those_that_have_an_order():
    assert tuple(Severity.values) == SEVERITIES


def test_the_graver_of_two_is_the_worst_whichever_comes_first():
    assert worst("warning", "critical") == worst("critical", "warning") == "critical"


def test_what_is_no_severity_is_milder_than_every_severity():
    assert worst("", "info") == "info"
    assert rank("fatal") < rank("info")


def test_a_severity_and_all_that_are_milder():
    assert [up_to(one) for one in SEVERITIES] == [
        ("info",),
        ("info", "warning"),
        ("info", "warning", "critical"),
    ]


def test_nothing_is_milder_than_what_is_no_severity():
    with pytest.raises(ValueError, match="not in tuple"):
        up_to("fatal")

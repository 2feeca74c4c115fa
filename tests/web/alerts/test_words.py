"""What the changes of an alert are called on a page."""

import pytest

from monitor.alerts.models import Change
from monitor.web.alerts import words


@pytest.mark.parametrize(
    ("change", "severity", "told"),
    [
        ("fired", "warning", "Fired as warning"),
        ("fired", "", "Fired"),
        ("escalated", "critical", "Became critical"),
        ("escalated", "", "Became worse"),
        ("stepped_down", "info", "Stepped down to info"),
        ("stepped_down", "", "Stepped down"),
        ("resolved", "warning", "Recovered"),
        ("rule_gone", "warning", "Ended: its rule was switched off or deleted"),
        ("of_a_later_version", "", "Of a later version"),
    ],
)
def test_a_change_is_told_in_plain_words(change, severity, told):
    assert words.change(change, severity) == told


def test_no_change_is_told_by_its_code():
    assert [one for one in Change if "_" in words.change(one, "warning")] == []

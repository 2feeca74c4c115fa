"""What becomes of an alert that stands when the severity of its rule is edited."""

import pytest

from monitor.alerts import recording
from monitor.alerts.models import Alert
from monitor.metrics.times import moment
from monitor.notifications.models import Notification
from monitor.notifications.outbox import enqueue
from monitor.rules import loading
from tests.factories import NOW_MS, make_alert, make_host, make_receiver, make_rule
from tests.stages.recorder import recorder

pytestmark = pytest.mark.django_db
NOW = moment(NOW_MS + 60_000)


def standing(before: str, after: str, **fields) -> Alert:
    """An alert of a rule that was made `after` since it fired."""
    rule = make_rule(severity=after)
    return make_alert(make_host(), rule=rule, severity=before, worst_severity=before, **fields)


def follow(alert: Alert) -> list[str]:
    """What happened to the alert, by name."""
    recorder(alert.host).follow(loading.load_rules(), NOW)
    alert.refresh_from_db()
    return list(alert.transitions.values_list("change", flat=True))


def test_a_rule_that_is_made_worse_escalates_its_alert_and_tells_it():
    make_receiver("ops")
    make_receiver("pager", minimum_severity="critical")
    alert = standing("warning", "critical")
    assert follow(alert) == follow(alert) == ["escalated"]
    assert (alert.severity, alert.worst_severity) == ("critical", "critical")
    assert alert.transitions.get().note == "Its rule was made critical."
    assert sorted(Notification.objects.values_list("receiver_name", "kind")) == [
        ("ops", "escalated"),
        ("pager", "escalated"),
    ]


def test_a_rule_that_is_made_less_severe_steps_its_alert_down_and_tells_nobody():
    make_receiver(minimum_severity="info")
    alert = standing("warning", "info")
    assert follow(alert) == ["stepped_down"]
    assert (alert.severity, alert.worst_severity) == ("info", "warning")
    assert not Notification.objects.exists()


@pytest.mark.parametrize(("before", "after"), [("critical", "warning"), ("warning", "warning")])
def test_what_is_critical_by_its_level_or_as_the_rule_says_stays_so(before, after):
    assert follow(standing(before, after)) == []


def test_an_alert_that_is_over_keeps_its_severity():
    assert follow(standing("warning", "critical", resolved_at=moment(NOW_MS), state="resolved")) == []


def test_of_two_that_see_the_edit_one_tells_it():
    alert = standing("warning", "critical")
    stale = Alert.objects.get(pk=alert.pk)
    follow(alert)
    assert not recording._become(stale, "critical", NOW, enqueue)
    assert alert.transitions.count() == 1

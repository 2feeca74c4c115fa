"""What a row of the outbox says."""

import pytest

from monitor import telling
from monitor.models import Notification
from tests.factories import make_alert, make_host

pytestmark = pytest.mark.django_db


def test_a_message_names_rule_and_host_and_carries_its_key():
    alert = make_alert(make_host("db-01"))
    row = Notification(key="k1", alert=alert, receiver_name="ops", kind="fired", severity="critical")
    message = telling.message(row)
    assert (message.key, message.kind, message.severity) == ("k1", "fired", "critical")
    assert "CPU on db-01" in message.subject

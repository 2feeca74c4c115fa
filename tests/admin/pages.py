"""What the tests of the admin read from its pages."""

import re
from datetime import UTC, datetime, timedelta

from monitor.alerts.models import Alert
from monitor.hosts.models import Host

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def make_alert(host: Host, **changes) -> Alert:
    """A resolved CPU alert of two minutes, other than `changes` say."""
    values = {
        "rule": None, "rule_name": "CPU", "metric": "cpu_percent", "severity": "warning", "state": "resolved",
        "started_at": START, "fired_at": START + timedelta(seconds=5), "last_seen_at": START,
        "resolved_at": START + timedelta(seconds=125), "threshold": 75.0, "clear_threshold": 65.0,
        "value": 60.0, "peak": 93.25, **changes,
    }  # fmt: skip
    return Alert.objects.create(host=host, **values)


def text(answer) -> str:
    """The page's words without its tags."""
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))

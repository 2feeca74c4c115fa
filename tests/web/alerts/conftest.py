"""What the tests of the pages of alerts share."""

import pytest

from monitor.alerts.models import Evidence
from monitor.notifications.models import Notification
from tests.factories import make_alert, make_rule, make_samples
from tests.web.alerts.pages import DOCUMENT, EVIL, MINUTE_MS


@pytest.fixture
def alert(host, now_ms):
    """An open alert with evidence and a message."""
    make_samples(host, 60, end_ms=now_ms)
    made = make_alert(
        host, now_ms - MINUTE_MS, rule=make_rule(EVIL), rule_name=EVIL, explanation=f"{EVIL} did it"
    )
    fired = made.transitions.create(at=made.fired_at, change="fired", value=80.0, severity="warning")
    Evidence.objects.create(
        alert=made, moment="onset", at=made.fired_at, value=70.0, sentence=f"{EVIL} again", document=DOCUMENT
    )
    sent = Notification.objects.create(
        key="k", alert=made, transition=fired, receiver_name=f"ops-mail {EVIL}", kind="fired", severity="warning",
        state="sent", created_at=made.fired_at, next_attempt_at=made.fired_at, held_back="A silence held it back",
    )  # fmt: skip
    sent.tries.create(started_at=made.fired_at, duration_ms=1400, delivered=True, answer=f"250 queued {EVIL}")
    return made

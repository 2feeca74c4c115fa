"""From the rows of an alert to what a real mail server, web server and chat service hold, with hostile names all along."""

from __future__ import annotations

import pytest

from monitor.alerts.models import Evidence, Transition
from monitor.notifications import composing
from monitor.notifications.domain.delivery import Target
from monitor.notifications.models import Notification, NotificationKind, Receiver
from monitor.notifications.transports import deliver
from tests.factories import make_alert, make_host, make_samples
from tests.stages.receivers import Post, Web

pytestmark = pytest.mark.django_db
NASTY = "<script>alert(1)</script>\r\nBcc: eve@example.org\x1b[2J\u202e<!channel>"


def told(address: str, kind: str, what: str = "fired") -> tuple[Notification, Target]:
    """A message about an alert of which every name was chosen by somebody hostile, and where it goes."""
    host = make_host(NASTY)
    make_samples(host, 60, load1=9.2)
    alert = make_alert(
        host, rule_name=NASTY[:80], metric="load1", explanation=NASTY, note=NASTY, threshold=4.0
    )
    rows = [
        {
            "name": NASTY,
            "unit": NASTY,
            "user": NASTY,
            "cpu_percent": 90.0,
            "rss_bytes": 1e9,
            "command": "T0P5ECRET",
        }
    ]
    waits = [{"name": NASTY, "unit": NASTY, "user": NASTY, "waits_in": NASTY, "threads": 9}]
    document = {"tasks": {"running": 1, "blocked": 9}, "by_cpu": rows, "by_memory": rows, "blocked": waits}
    Evidence.objects.create(
        alert=alert, moment="onset", at=alert.fired_at, value=9.2, sentence=NASTY, document=document
    )
    change = Transition.objects.create(alert=alert, at=alert.fired_at, change="fired", value=9.2, note=NASTY)
    receiver = Receiver.objects.create(name=NASTY[:80], kind=kind, address=address)
    row = Notification.objects.create(
        key="k-1", alert=alert, transition=change, receiver=receiver, receiver_name=receiver.name, kind=what,
        severity="critical", created_at=alert.fired_at, next_attempt_at=alert.fired_at,
    )  # fmt: skip
    return row, Target(receiver.name, kind, address)


@pytest.mark.parametrize("what", NotificationKind.values)
def test_a_mail_arrives_whole_and_harmless(post: Post, what):
    row, target = told("ann@example.org", "email", what)
    assert deliver(target, composing.message(row)).delivered
    [(recipients, mime, raw)] = post.took
    text, related = mime.iter_parts()
    html, chart = related.iter_parts()
    assert recipients == ["ann@example.org"]
    assert mime["Bcc"] is None
    assert mime.defects == []
    assert "<script" not in html.get_content()
    assert "\x1b" not in text.get_content() + html.get_content()
    assert chart.get_content().startswith(b"\x89PNG")
    assert b"T0P5ECRET" not in raw


def test_a_webhook_gets_it_as_text(web: Web):
    row, target = told(web.url, "webhook")
    assert deliver(target, composing.message(row)).delivered
    [document] = web.documents()
    assert document["culprits"][0]["name"].startswith("<script>alert(1)</script> Bcc: ")
    assert "T0P5ECRET" not in str(document)
    assert str(document).isprintable()


def test_a_chat_is_not_called_together(web: Web):
    row, target = told(f"json://127.0.0.1:{web.port}/", "apprise")
    assert deliver(target, composing.message(row)).delivered
    [document] = web.documents()
    for text in (document["title"], document["message"]):
        assert "<!channel>" not in text
        assert "<script" not in text

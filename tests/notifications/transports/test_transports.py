"""Delivery never raises, and gives nothing away."""

from __future__ import annotations

import pytest

from monitor.notifications.domain.delivery import Answer, Target
from monitor.notifications.transports import deliver, refusal, shown, webhook
from tests.stages.receivers import MESSAGE

URL = "https://hooks.example.org/services/T0P5ECRET"


def test_an_unknown_kind_is_refused_for_good():
    assert deliver(Target("ops", "pigeon", "roof"), MESSAGE).permanent
    assert refusal("pigeon", "roof") == "There is no kind of receiver called 'pigeon'."
    assert shown("pigeon", "roof") == ""


def test_what_a_sender_did_not_foresee_is_told_without_its_words(monkeypatch, caplog):
    def broken(target: Target, message: object) -> Answer:
        raise RuntimeError(f"cannot reach {target.address}")

    monkeypatch.setattr(webhook, "send", broken)
    answer = deliver(Target("ops", "webhook", URL), MESSAGE)
    assert answer == Answer(False, "It could not be sent: RuntimeError, see the notifier's log.")
    assert "in broken" in caplog.text
    assert "T0P5ECRET" not in caplog.text


@pytest.mark.parametrize("kind", ["email", "webhook", "apprise"])
def test_the_representation_of_a_target_holds_no_secret(kind):
    assert "T0P5ECRET" not in repr(Target("ops", kind, URL, "s3cr3t-key"))
    assert "s3cr3t" not in repr(Target("ops", kind, URL, "s3cr3t-key"))

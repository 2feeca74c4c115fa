"""Whether live events go from one process to another."""

from __future__ import annotations

import socket

import pytest

from monitor.doctor import layer
from monitor.doctor.finding import Finding, Level
from monitor.management.commands.doctor import probe
from tests.doctor.findings import only

OK, WARNING, FAILURE = Level.OK, Level.WARNING, Level.FAILURE


def levels(found: list[Finding]) -> list[Level]:
    """The levels; whatever is not well must come with a remedy."""
    assert all(finding.remedy for finding in found if finding.level is not OK)
    return [finding.level for finding in found]


@pytest.fixture
def in_place_of_a_child(monkeypatch) -> None:
    """The second process's part, done in a thread of this one."""
    monkeypatch.setattr(layer.child, "ask", probe)


def test_a_layer_that_delivers_is_well(settings, in_place_of_a_child) -> None:
    assert levels(layer.messages_arrive()) == [OK, OK]


def test_a_layer_that_stays_within_its_process_is_a_failure(settings, monkeypatch) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    monkeypatch.setattr(layer, "OWN_SECONDS", 0.05)
    monkeypatch.setattr(layer.child, "ask", lambda *arguments: {})  # it sent, but only to itself
    own, other = layer.messages_arrive()
    assert (own.level, other.level) == (OK, FAILURE)
    assert "does not arrive here" in other.text


def test_a_redis_that_is_down_is_a_failure_with_a_remedy(settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"redis://127.0.0.1:{closed.getsockname()[1]}"
        backend = "channels_redis.pubsub.RedisPubSubChannelLayer"
        settings.CHANNEL_LAYERS = {"default": {"BACKEND": backend, "CONFIG": {"hosts": [url]}}}
        finding = only(layer.messages_arrive())
    assert finding.level is FAILURE
    assert "REDIS_URL" in finding.remedy

"""The probe of the channel layer: who learns what of a message that does not arrive."""

import pytest

from monitor.live import probe

IN_MEMORY = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


def test_a_message_of_another_process_is_told_apart_from_our_own(settings) -> None:
    found = probe.arrival(probe.send, 2.0)
    assert found.own_ms > 0
    assert found.wrong is None


def test_what_another_process_sends_only_to_itself_does_not_arrive(settings) -> None:
    settings.CHANNEL_LAYERS = IN_MEMORY
    assert isinstance(probe.arrival(lambda group: None, 0.05).wrong, TimeoutError)


def test_another_process_that_cannot_send_says_why(settings) -> None:
    def broken(group: str) -> None:
        raise probe.NotSent("no such command")

    assert str(probe.arrival(broken, 2.0).wrong) == "no such command"


def test_no_layer_is_an_error_of_its_own(settings) -> None:
    settings.CHANNEL_LAYERS = {}
    with pytest.raises(probe.NoLayer):
        probe.arrival(probe.send, 2.0)

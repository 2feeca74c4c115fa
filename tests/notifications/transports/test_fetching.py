"""The heartbeat's fetch: bounded as a whole, and led nowhere else."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from monitor.notifications.transports import fetching
from tests.stages.rude import hang_up, rude_server, say_nothing, thank_for_ever, trickle


@pytest.fixture(autouse=True)
def soon(monkeypatch) -> None:
    """A short time, and no proxy of the machine's own."""
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0.3)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def redirect_to(place: str) -> Any:
    """A server that sends the first who asks to `place` ({port} is its own), with much to read, and thanks the next."""
    asked = []

    def behaviour(connection: Any, over: threading.Event) -> None:
        asked.append(connection.recv(65536))
        port = connection.getsockname()[1]
        head = f"302 Found\r\nLocation: {place.format(port=port)}\r\nContent-Length: 100000000"
        connection.sendall(f"HTTP/1.1 {head if len(asked) == 1 else '204 No Content'}\r\n\r\n".encode())

    return behaviour


def test_an_answer_that_trickles_on_is_an_answer():
    with rude_server(thank_for_ever()) as port:
        assert fetching.ping(f"http://127.0.0.1:{port}/") == ""


@pytest.mark.parametrize("behaviour", [say_nothing, trickle, hang_up])
def test_a_server_that_does_not_answer_does_not_hold_us(behaviour):
    with rude_server(behaviour) as port:
        assert fetching.ping(f"http://127.0.0.1:{port}/secret").startswith("No ")


def test_a_redirect_within_the_host_is_followed():
    with rude_server(redirect_to("http://127.0.0.1:{port}/elsewhere")) as port:
        assert fetching.ping(f"http://127.0.0.1:{port}/") == ""


@pytest.mark.parametrize(
    "place", ["http://localhost:{port}/", "ftp://127.0.0.1:{port}/", "file:///etc/passwd"]
)
def test_a_redirect_to_anywhere_else_is_not(place):
    with rude_server(redirect_to(place)) as port:
        assert fetching.ping(f"http://127.0.0.1:{port}/") == "The other side answered HTTP 302."


def test_an_encryption_that_nobody_speaks_is_told():
    with rude_server(trickle) as port:
        assert fetching.ping(f"https://127.0.0.1:{port}/secret") in (
            "No answer: SSLError.",
            "No answer: TimeoutError.",
        )

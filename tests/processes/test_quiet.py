"""The log of real processes stays readable, whatever is done to them."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

import psutil
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.stages import attackers
from tests.stages.servers import DATABASE, Site, until

pytestmark = pytest.mark.processes


def asked(site: Site, request: bytes) -> socket.socket:
    """A connection on which `request` was sent."""
    client = attackers.dial(site.port)
    client.sendall(request)
    return client


def gone(client: socket.socket, is_rude: bool) -> None:
    """Let the client go away, with a reset where it is rude."""
    if is_rude:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def test_a_database_that_is_away_with_pages_open_is_a_handful_of_lines(site):
    site.start_web()
    site.start_sampler()
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            with (
                contextlib.suppress(OSError, ConnectionClosed, InvalidStatus, TimeoutError),
                connect(f"ws://127.0.0.1:{site.port}/ws/live/", origin=site.url) as live,
            ):
                while not stop.is_set():
                    live.recv(timeout=1)

    viewer = threading.Thread(target=look)
    viewer.start()
    try:
        for end in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                (site.data / f"{DATABASE}{end}").rename(site.data / f"away{end}")
        answers = [
            site.request("GET", path)[0] for path in ("/", "/api/v1/status", "/metrics", "/alerts/") * 50
        ]
        until(
            lambda: "a live view ends" in site.log("web") or "cannot be read" in site.log("web"),
            "a viewer",
            60,
        )
    finally:
        stop.set()
        viewer.join()
    assert set(answers) == {503}
    log = site.log("web")
    assert "Traceback" not in log
    assert "the database failed: " in log
    assert log.count("\n") < 15
    site.kill("web", 15)
    assert "more like this in the last minute)" in site.log("web")


def test_clients_that_go_away_at_once_leave_nothing_in_the_log(site):
    site.start_web()
    site.start_sampler()
    before = site.log("web")
    upgrade = attackers.upgrade(site.port)
    history = attackers.head(site.port, "GET", "/api/v1/history?range=24h")
    for number in range(200):
        gone(asked(site, upgrade), is_rude=number % 2 == 0)
    for number in range(100):
        gone(asked(site, history), is_rude=number % 2 == 0)
    until(lambda: len(psutil.Process(site.processes["web"].pid).net_connections("tcp")) == 1, "their end", 60)
    assert site.request("GET", "/healthz")[0] == 200
    assert site.log("web") == before

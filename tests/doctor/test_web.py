"""Whether the web server answers, also behind a proxy."""

from __future__ import annotations

import socket
import threading

import pytest

from monitor.doctor import web
from monitor.doctor.finding import Level
from tests.doctor.findings import only

OK, WARNING, FAILURE = Level.OK, Level.WARNING, Level.FAILURE


@pytest.fixture
def answering(settings):
    """A server on the port of the settings that answers every connection with the same bytes."""
    listener = socket.create_server(("127.0.0.1", 0))
    settings.LOADMON_PORT = listener.getsockname()[1]
    threads: list[threading.Thread] = []

    def answer(data: bytes) -> None:
        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65_536)
                    connection.sendall(data)

        threads.append(threading.Thread(target=serve, daemon=True))
        threads[-1].start()

    yield answer
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    for thread in threads:
        thread.join(5)


def test_a_server_that_does_not_run_is_a_warning(settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.LOADMON_PORT = closed.getsockname()[1]
        finding = only(web.the_server_answers())
    assert finding.level is WARNING
    assert "No web server listens" in finding.text


def test_another_server_on_the_port_is_a_failure(answering) -> None:
    answering(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    assert "that is not this loadmon" in only(web.the_server_answers()).text


@pytest.mark.parametrize("data", [b"SSH-2.0-OpenSSH_9.2\r\n", b"", b"\0" * 100])
def test_something_that_is_no_web_server_is_a_failure(answering, data: bytes) -> None:
    answering(data)
    assert "does not answer" in only(web.the_server_answers()).text


def test_a_proxy_that_does_not_upgrade_is_a_failure(answering) -> None:
    answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    server, socket_, origin = web.the_server_answers()
    assert (server.level, socket_.level, origin.level) == (OK, FAILURE, FAILURE)
    assert "refused with 200" in socket_.text


def test_behind_https_the_doctor_speaks_as_the_proxy_does(settings) -> None:
    settings.LOADMON_HTTPS, settings.ALLOWED_HOSTS = True, ["localhost", "load.example"]
    assert web.site() == ("load.example", "https://load.example")
    assert web._as_proxy()["X-Forwarded-Proto"] == "https"


@pytest.mark.parametrize(
    ("bind", "address"), [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("192.0.2.1", "192.0.2.1")]
)
def test_the_doctor_goes_where_the_server_listens(settings, bind: str, address: str) -> None:
    settings.LOADMON_BIND = bind
    assert web.where() == (address, settings.LOADMON_PORT)

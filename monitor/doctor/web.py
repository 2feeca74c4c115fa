"""Examination of the web server: /healthz, and the upgrade to a WebSocket from this site and from a foreign one."""

from __future__ import annotations

import http.client
import json
import time

from django.conf import settings

from monitor.access import login_links
from monitor.access.domain import host_name
from monitor.doctor import handshake
from monitor.doctor.finding import Examination, Finding, failure, ok, warning

SECONDS = 5.0
FOREIGN = "http://foreign.invalid"
PROXY = "Compare the proxy's configuration with the README; without a proxy look at the server's log."


def the_server_answers() -> list[Finding]:
    """/healthz, then the socket."""
    address = where()
    try:
        status = _health(address)
    except ConnectionRefusedError:
        text = f"No web server listens on {address[0]} port {address[1]}."
        return [warning("web server", text, "manage.py serve, or daphne loadmon_site.asgi:application")]
    except (OSError, http.client.HTTPException) as error:
        text = f"What listens on {address[0]} port {address[1]} does not answer: {error}."
        return [failure("web server", text, "Restart it, or find out what else listens there.")]
    if status not in (200, 503):
        text = f"/healthz on {address[0]} port {address[1]} answers {status}: that is not this loadmon."
        return [failure("web server", text, "Check PORT, LOADMON_BASE_PATH and LOADMON_ALLOWED_HOSTS.")]
    fresh = "samples are fresh" if status == 200 else "samples are not fresh (see sampler)"
    found = [ok("web server", f"/healthz on {address[0]} port {address[1]} answers {status}: {fresh}.")]
    return [*found, _own_socket(address), _foreign_socket(address)]


def where() -> tuple[str, int]:
    """The address to connect to."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104
    return everywhere.get(settings.LOADMON_BIND, settings.LOADMON_BIND), settings.LOADMON_PORT


def site() -> tuple[str, str]:
    """The Host and the Origin that a browser would send."""
    origin = login_links.base_url()
    return origin.partition("://")[2], origin


def _health(address: tuple[str, int]) -> int:
    connection = http.client.HTTPConnection(*address, timeout=SECONDS)
    try:
        headers = {"Host": site()[0], **_as_proxy()}
        connection.request("GET", f"{settings.LOADMON_BASE_PATH}/healthz", headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _own_socket(address: tuple[str, int]) -> Finding:
    host, origin = site()
    began = time.perf_counter()
    try:
        answer = handshake.open_and_read(
            address, _path(), {"Host": host, "Origin": origin, **_as_proxy()}, SECONDS
        )
    except (OSError, handshake.BadAnswer) as error:
        return failure("websocket", f"The upgrade fails: {error}.", PROXY)
    took = (time.perf_counter() - began) * 1000
    if answer.status != 101:
        return failure(
            "websocket", f"The upgrade is refused with {answer.status} for Origin {origin}.", PROXY
        )
    if answer.close_code == 4401:
        return ok("websocket", f"The upgrade works in {took:.0f} ms; reading needs a login.")
    if answer.close_code is not None:
        text = f"The socket was closed with {answer.close_code}: {answer.text}"
        return failure("websocket", text, "Look at the server's log.")
    return _greeted(answer.text, took)


def _greeted(text: str, took: float) -> Finding:
    try:
        kind = json.loads(text).get("type")
    except (ValueError, AttributeError):
        kind = None
    if kind != "hello":
        return failure(
            "websocket", f"The first frame is no greeting: {text[:60]!r}.", "Look at the server's log."
        )
    return ok("websocket", f"The upgrade works, and the greeting came in {took:.0f} ms.")


def _foreign_socket(address: tuple[str, int]) -> Finding:
    headers = {"Host": site()[0], "Origin": FOREIGN, **_as_proxy()}
    try:
        answer = handshake.open_and_read(address, _path(), headers, SECONDS)
    except (OSError, handshake.BadAnswer) as error:
        return failure("origin", f"The upgrade from a foreign page gives no answer: {error}.", PROXY)
    if answer.status == 403:
        return ok("origin", "A page of another site may not read the live view.")
    text = f"A page of another site gets {answer.status} instead of 403: it could read the live view."
    return failure("origin", text, "The application that is served is not loadmon_site.asgi:application.")


def _path() -> str:
    return f"{settings.LOADMON_BASE_PATH}/ws/live/"


def _as_proxy() -> dict[str, str]:
    """With HTTPS this stands in for the proxy, or the server would redirect it to HTTPS."""
    if not settings.LOADMON_HTTPS:
        return {}
    return {"X-Forwarded-Proto": "https", "X-Forwarded-Host": host_name(site()[0])}


EXAMINATIONS = (Examination("web server", the_server_answers),)

"""Fetching the address of the heartbeat: one GET, bounded as a whole, through the proxy that the environment names."""

from __future__ import annotations

import http.client
import ssl
import urllib.error
import urllib.request
from functools import partial
from typing import IO, Any
from urllib.parse import urlsplit

from monitor.notifications.transports import dialing
from monitor.notifications.transports.deadline import Deadline
from monitor.version import VERSION

TOTAL_SECONDS = 10.0
CONNECT_SECONDS = 5.0


def ping(url: str) -> str:
    """GET `url`; "" where it was answered with 2xx, else what went wrong, without the URL. Never raises."""
    try:
        with Deadline(TOTAL_SECONDS) as deadline:
            request = urllib.request.Request(url, headers={"User-Agent": f"loadmon/{VERSION}"})  # noqa: S310
            try:
                # The status is the answer: nothing of the body is waited for.
                _opener(deadline).open(request, timeout=TOTAL_SECONDS).close()
            finally:
                is_late = deadline.over
        return f"No complete answer within {TOTAL_SECONDS:g} s." if is_late else ""
    except urllib.error.HTTPError as error:
        error.close()
        return f"The other side answered HTTP {error.code}."
    except Exception as error:  # a wrong URL, a broken proxy, a stalled server: one more failed heartbeat
        return f"No answer: {type(getattr(error, 'reason', error)).__name__}."


def _opener(deadline: Deadline) -> urllib.request.OpenerDirector:
    """What knows http and https alone."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(), _Web(deadline), _SameHost(), urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(), urllib.request.UnknownHandler(),
    ):  # fmt: skip
        opener.add_handler(handler)
    return opener


class _Web(urllib.request.AbstractHTTPHandler):
    """Opens http and https by connections that the deadline watches."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, request: urllib.request.Request) -> Any:
        """Plain."""
        return self.do_open(partial(_Plain, self._deadline), request)

    def https_open(self, request: urllib.request.Request) -> Any:
        """Encrypted, and the other side known by its certificate."""
        kind = partial(_Encrypted, self._deadline, context=ssl.create_default_context())
        return self.do_open(kind, request)

    http_request = https_request = urllib.request.AbstractHTTPHandler.do_request_


class _Watched(http.client.HTTPConnection):
    """Dials within the deadline, also to a proxy."""

    def __init__(self, deadline: Deadline, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline = deadline
        self._create_connection = self._dial  # the one place where http.client connects

    def _dial(self, address: tuple[str, int], *rest: Any) -> Any:
        host, port = address
        found = dialing.addresses(host, port, self._deadline)
        connection = dialing.dial(found, port, self._deadline, CONNECT_SECONDS)
        connection.settimeout(self._deadline.left)
        return connection


class _Plain(_Watched):
    """An http connection."""


class _Encrypted(_Watched, http.client.HTTPSConnection):
    """An https connection."""


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows a redirect within the host that was named; to another one it is an answer like any error."""

    def redirect_request(
        self,
        request: urllib.request.Request,
        answer: IO[bytes],
        code: int,
        reason: str,
        headers: http.client.HTTPMessage,
        url: str,
    ) -> urllib.request.Request | None:
        """The next request; None to stay."""
        answer.close()  # of any length, and of no use
        old, new = urlsplit(request.full_url), urlsplit(url)
        if new.hostname != old.hostname or new.scheme not in (old.scheme, "https"):
            return None
        return super().redirect_request(request, answer, code, reason, headers, url)

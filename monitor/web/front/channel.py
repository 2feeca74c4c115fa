"""Daphne's HTTP with bounds: what is too long, too slow or not HTTP gets an answer, and then the connection ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.web import http

from monitor.web.front.connections import Connection, Connections
from monitor.web.front.limits import Late, Limits, Stage, address_key
from monitor.web.front.refusals import answer

MALFORMED = "This is not a well-formed HTTP request."
FOLDED = "A header may not be continued on another line."
LONG_URL = "The address is too long: {:,} bytes are taken."
LONG_HEADERS = "The headers are too long or too many: {:,} bytes in {} headers are taken."
LARGE = "The request is too large: its body may have {:,} bytes."
SLOW = "The request took too long to arrive."


class Channel(http.HTTPChannel):  # type: ignore[misc]
    """One connection that speaks HTTP."""

    timeOut = None  # the sweep knows what is late

    def __init__(self, connections: Connections, leave: Callable[[Connection], None]) -> None:
        super().__init__()
        self.connections = connections
        self.refused = False
        self.upgraded: Any = None  # the WebSocket that has the connection now
        self._leave = leave
        self._in_headers = False
        self._bytes = 0  # of this stage: headers, body, what came after a refusal
        self._count = 0

    @property
    def limits(self) -> Limits:
        """The numbers."""
        return self.connections.limits

    @property
    def MAX_LENGTH(self) -> int:
        """The longest line; the first one has the address in it."""
        return self.limits.header_bytes if self._in_headers else self.limits.url_bytes + 64

    def connectionMade(self) -> None:
        """A new connection: its time runs."""
        host = getattr(self.transport.getPeer(), "host", None)
        self.connection = self.connections.open(self.transport, self, address_key(host))
        super().connectionMade()

    def connectionLost(self, reason: Any) -> None:
        """The other side is gone."""
        self._leave(self.connection)
        self.connections.close(self.transport)
        super().connectionLost(reason)

    # What comes

    def dataReceived(self, data: bytes) -> None:
        """Bytes of a request; after a refusal they go nowhere, and not many of them."""
        if self.refused:
            self._bytes += len(data)
            if self._bytes > self.limits.linger_bytes:
                self.transport.loseConnection()
            return
        if self.connection.stage is Stage.IDLE:
            self.connections.enter(self.connection, Stage.HEADER)
        elif self.connection.stage is Stage.BODY:
            self._bytes += len(data)
            if self._bytes > 2 * self.limits.body_bytes:  # of chunks that are mostly their own frames
                self._refuse_body()
                return
        super().dataReceived(data)
        if (
            self.connection.stage is Stage.IDLE and self._buffer
        ):  # the next request has begun to come with this one
            self.connections.enter(self.connection, Stage.HEADER)

    def lineReceived(self, line: bytes) -> None:
        """A line of the header."""
        if self.refused:
            return
        if self._in_headers:
            self._bytes += len(line) + 2
            self._count += 1 if line else 0
            if self._bytes > self.limits.header_bytes or self._count > self.limits.headers:
                self._refuse_headers()
                return
            if line[:1] in (b" ", b"\t"):
                self.refuse(400, FOLDED)
                return
        elif line:
            parts = line.split(b" ")
            if len(parts) > 1 and len(parts[1]) > self.limits.url_bytes:
                self._refuse_url()
                return
            self._in_headers, self._bytes, self._count = True, 0, 0
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        """A line that does not end."""
        if self._in_headers:
            self._refuse_headers()
        else:
            self._refuse_url()

    def headerReceived(self, line: bytes) -> bool:
        """A header; Python refuses to read a number of more than 4,300 digits, with a traceback."""
        name, _, value = line.partition(b":")
        if (
            name.lower() == b"transfer-encoding"
            and (value.strip(b" \t").lower() != b"chunked" or self._version == b"HTTP/1.0")
        ):  # Twisted takes "identity" beside it, and chunks in HTTP/1.0: a proxy may see another end of the body
            self.refuse(400, MALFORMED)
            return False
        if name.lower() == b"content-length" and len(value.strip()) > 18 and value.strip().isdigit():
            self._refuse_body()
            return False
        return not self.refused and bool(super().headerReceived(line))

    def allHeadersReceived(self) -> None:
        """The header is whole: refuse a body that is too large before the first byte of it is read."""
        if self.refused:
            return
        if self.length is not None and self.length > self.limits.body_bytes:
            self._refuse_body()
            return
        self._bytes = 0
        self.connections.enter(self.connection, Stage.BODY)
        super().allHeadersReceived()

    def rawDataReceived(self, data: bytes) -> None:
        """A part of the body, or of the next request."""
        if self.upgraded is not None:
            self.upgraded.dataReceived(data)
        elif not self.refused:
            super().rawDataReceived(data)

    def takes(self, size: int) -> bool:
        """Whether `size` more bytes of body may be kept."""
        if not self.refused and self.connection.body + size > self.limits.body_bytes:
            self._refuse_body()
        if not self.refused:
            self.connections.take_body(self.connection, size)
        return not self.refused

    def allContentReceived(self) -> None:
        """The request is whole."""
        if self.refused:
            return
        self._in_headers, self._bytes = False, 0
        self.connections.enter(self.connection, Stage.WORK)
        super().allContentReceived()

    def requestDone(self, request: Any) -> None:
        """The answer is written: the next request may come."""
        self._leave(self.connection)
        self.connections.free_body(self.connection)
        self.connections.enter(self.connection, Stage.IDLE if self.persistent else Stage.LEAVING)
        super().requestDone(request)

    # What ends it

    def refuse(self, status: int, sentence: str, retry_after: int | None = None) -> None:
        """Answer with an error, then hear the other side out for a short while: it may still be sending."""
        if self.refused:
            return
        self.refused, self._bytes = True, 0
        path = getattr(self, "_path", b"")
        if self.connection.stage in (Stage.HEADER, Stage.BODY):
            self.transport.write(answer(status, sentence, path, retry_after))
        self.connections.journal.note(f"requests were refused with {status}")
        self.connections.enter(self.connection, Stage.LEAVING)
        self._networkProducer.unregisterProducer()
        self._networkProducer.resumeProducing()
        if hasattr(self.transport, "loseWriteConnection"):
            self.transport.loseWriteConnection()
        else:
            self.transport.loseConnection()

    def cut(self, why: Late) -> None:
        """End the connection: it is late."""
        if why in (Late.HEADER, Late.BODY) and not self.refused and (self._in_headers or self._buffer):
            self.refuse(408, SLOW)
        elif why is Late.STALLED or why is Late.HOARDED:
            self.drop()
        elif self.refused:
            self.transport.loseConnection()
        else:
            self.loseConnection()

    def drop(self) -> None:
        """End the connection now."""
        self.transport.abortConnection()

    def _refuse_url(self) -> None:
        self.refuse(414, LONG_URL.format(self.limits.url_bytes))

    def _refuse_headers(self) -> None:
        self.refuse(431, LONG_HEADERS.format(self.limits.header_bytes, self.limits.headers))

    def _refuse_body(self) -> None:
        self.refuse(413, LARGE.format(self.limits.body_bytes))

    def _respondToBadRequestAndDisconnect(self) -> None:
        """Twisted found something that is not HTTP."""
        self.refuse(400, MALFORMED)

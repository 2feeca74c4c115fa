"""Daphne's WebSockets with bounds: frames and pings are counted, and who does not read is not written to."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol

from monitor.web.front.connections import Connection, Connections, unsent_of
from monitor.web.front.limits import Late, Stage

TOO_MANY_FRAMES = "Too many frames."
TOO_SLOW = "This reader is too slow."


class Socket(WebSocketProtocol):  # type: ignore[misc]
    """One WebSocket."""

    connection: Connection | None = None
    muted: bool  # Daphne's own: what comes is told to nobody any more

    def connectionMade(self) -> None:
        """Daphne hands over the connection that asked for the upgrade."""
        connections: Connections = self.factory.server_class.door
        self.connections = connections
        self.connection = connections.of(self.transport)
        self._frames: deque[float] = deque(maxlen=connections.limits.frames)
        if self.connection is not None:
            channel: Any = self.connection.party
            channel.upgraded = self.connection.party = self
            connections.free_body(self.connection)
            connections.enter(self.connection, Stage.SOCKET)
        super().connectionMade()

    def connectionLost(self, reason: Any) -> None:
        """The other side is gone."""
        self.connections.close(self.transport)
        super().connectionLost(reason)

    def onFrameBegin(self) -> None:
        """A frame of any kind came: too many of them end the connection, parts of messages and pongs among them."""
        now, frames = time.monotonic(), self._frames
        frames.append(now)
        limits = self.connections.limits
        if len(frames) == limits.frames and now - frames[0] < limits.frames_seconds and not self.muted:
            self.muted = True
            self.connections.journal.note("a socket was closed that sent too many frames")
            self._end(4429, TOO_MANY_FRAMES)
        super().onFrameBegin()

    def onPing(self, payload: bytes) -> None:
        """Answer a ping, unless the answers before it were not read."""
        if not self.muted and not unsent_of(self.transport):
            super().onPing(payload)

    def handle_reply(self, message: dict[str, Any]) -> None:
        """Send what the application has for the client; one that is gone meanwhile is no fault of anybody."""
        going = self.state not in (self.STATE_CONNECTING, self.STATE_OPEN)
        if going or (self.state == self.STATE_CONNECTING and not hasattr(self, "handshake_deferred")):
            return
        super().handle_reply(message)

    def cut(self, why: Late) -> None:
        """End the connection: it does not read."""
        self._end(4408, TOO_SLOW)

    def drop(self) -> None:
        """End the connection now."""
        self.transport.abortConnection()

    def refuse(self, status: int, sentence: str, retry_after: int | None = None) -> None:
        """A socket has no body that could be refused."""
        self.drop()

    def _end(self, code: int, sentence: str) -> None:
        """Say why, and go; what autobahn has open after a second it aborts."""
        if self.state == self.STATE_OPEN:
            self.sendClose(code=code, reason=sentence)
        else:
            self.drop()


class Factory(WebSocketFactory):  # type: ignore[misc]
    """Makes the sockets."""

    protocol = Socket

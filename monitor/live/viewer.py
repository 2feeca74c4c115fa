"""One open dashboard socket, and what waits for it while its reader is slow."""

from __future__ import annotations

import asyncio
from collections import deque

from monitor.live import wire
from monitor.live.backpressure import Valve
from monitor.live.wire import Message, Send, Wire

BACKLOG = 30


class Viewer:
    """One open dashboard socket."""

    def __init__(self, host: str, send: Send, session_key: str | None = None) -> None:
        self.host = host
        self.session_key = session_key
        self.valve = Valve(self._flush)
        self.closing = False
        self._send = send
        self._wire = Wire(send)
        self._backlog: deque[Message] = deque(maxlen=BACKLOG)
        self._latest: dict[str, Message] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def put(self, message: Message) -> None:
        """Send `message` now, or keep it while the reader is slow.

        Of alerts and status the latest is kept, of samples the last 30: the oldest is lost first.
        """
        if not self.valve.is_open or self._backlog or self._latest:
            if message.kind:
                self._latest[message.kind] = message
            else:
                self._backlog.append(message)
        elif not self._wire.write(message.frame):
            await self._send(message.event)

    async def close(self, code: int, reason: str) -> None:
        """Close the socket; a second call does nothing."""
        if not self.closing:
            self.closing = True
            await wire.close(self._send, code, reason)

    def _flush(self) -> None:
        task = asyncio.ensure_future(self._drain())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self) -> None:
        while self._latest and self.valve.is_open:
            kind = next(iter(self._latest))
            await self._send(self._latest.pop(kind).event)
        while self._backlog and self.valve.is_open:
            await self._send(self._backlog.popleft().event)

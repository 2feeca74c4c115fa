"""Pacing of answers: no faster than the reader takes them, for Daphne alone would keep all in memory twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from monitor.live.backpressure import Send, Valve

Application = Callable[..., Awaitable[None]]

SLICE_BYTES = 65_536


def paced(application: Application) -> Application:
    """`application` with every answer that is streamed or large held back while its reader's buffers are full."""

    async def answer(scope: dict[str, Any], receive: Any, send: Send) -> None:
        await application(scope, receive, Pace(send) if scope["type"] == "http" else send)

    return answer


class Pace:
    """Daphne's `send`, but a part of a body is only done once the socket takes more."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._request: Any = None
        self._open = asyncio.Event()
        self.valve = EndingValve(self._open.set)

    async def __call__(self, message: dict[str, Any]) -> None:
        """Send one ASGI message."""
        if message["type"] != "http.response.body":
            await self._send(message)
        elif message.get("more_body", False):
            await self._send_part(message)
        else:
            body = message.get("body", b"")
            *starts, last = range(0, max(len(body), 1), SLICE_BYTES)
            for start in starts:
                await self._send_part(
                    message | {"body": body[start : start + SLICE_BYTES], "more_body": True}
                )
            self._detach()
            await self._send(message | {"body": body[last:]})

    async def _send_part(self, message: dict[str, Any]) -> None:
        self._attach()
        await self._send(message)
        await self._wait()

    def _attach(self) -> None:
        """Put the valve on the request behind Daphne's `send`; nothing to do where the server is another one."""
        request: Any = next(iter(getattr(self._send, "args", ())), None)
        if self._request is None and hasattr(request, "registerProducer") and _is_open(request):
            request.registerProducer(self.valve, True)
            self._request = request

    def _detach(self) -> None:
        if self._request is not None and _is_open(self._request):
            self._request.unregisterProducer()
        self._request = None

    async def _wait(self) -> None:
        while not self.valve.is_open:
            self._open.clear()
            await self._open.wait()


def _is_open(request: Any) -> bool:
    """Whether there is a connection behind `request`: Twisted takes it away at the end of the answer."""
    return getattr(request, "channel", None) is not None


class EndingValve(Valve):
    """A valve that opens for good when the connection is gone: nobody would ever open it again."""

    def stopProducing(self) -> None:
        """The connection is gone: what is sent now goes nowhere."""
        self.resumeProducing()

"""Daphne's request with bounds: a small body, few places in work, and errors in our words."""

from __future__ import annotations

import asyncio
import io
from typing import Any

from daphne.http_protocol import WebRequest

from monitor.web.front.channel import Channel
from monitor.web.front.refusals import headed

NOT_FOR_US = (b"Daphne-Root-Path", b"Sec-WebSocket-Protocol")
"""Headers that Daphne obeys, or fails on with a traceback; nothing of ours reads them."""


class Request(WebRequest):  # type: ignore[misc]
    """One request; the application hears that its client is gone only while it sends an answer."""

    def __init__(self, channel: Channel, queued: object = 0) -> None:
        super().__init__(channel, queued, parsePOSTFormSubmission=False)
        self.turn: Any = None  # the gate in which it has a place
        self.gone: asyncio.Future[None] | None = None
        self.connection = channel.connection

    def gotLength(self, length: int | None) -> None:
        """A body is coming: it is small enough for the memory."""
        self.content = io.BytesIO()

    def handleContentChunk(self, data: bytes) -> None:
        """A part of the body."""
        if self.channel.takes(len(data)):
            self.content.write(data)

    def process(self) -> Any:
        """Answer the request."""
        for name in NOT_FOR_US:
            self.requestHeaders.removeHeader(name)
        return super().process()

    def say(self, status: int, sentence: str, retry_after: int | None = None) -> None:
        """Answer with an error; the connection stays, unless an answer has begun that cannot be ended."""
        if self._response_started:
            if not self.finished and self.channel is not None:
                self.channel.drop()
            return
        headers, body = headed(status, sentence, self.path or b"", retry_after)
        self.handle_reply({"type": "http.response.start", "status": status, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": body})

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """Daphne's own errors, in our words."""
        self.say(status, body if body.endswith(".") else f"{body}.")

    def send_disconnect(self) -> None:
        """The client is gone: whoever works for it ends the work, for a thread cannot be stopped half-way."""
        if self._response_started:
            super().send_disconnect()

    def connectionLost(self, reason: Any) -> None:
        """The client is gone."""
        super().connectionLost(reason)
        if self.gone is not None and not self.gone.done():
            self.gone.set_result(None)

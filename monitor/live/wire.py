"""Writes a frame that was made once straight into the sockets of many viewers.

The way through ASGI costs every viewer a coroutine, a framing, and a second turn of the event loop with two changes
of its poll set. Where a plain socket of Daphne has nothing else waiting, the frame can be written at once instead.
"""

from __future__ import annotations

import struct
from collections.abc import Awaitable, Callable
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]

FINAL_TEXT = 0x81  # RFC 6455, 5.2: FIN and the opcode of text


class Message:
    """One text for any number of viewers: as an ASGI event, and as the WebSocket frame that it becomes."""

    __slots__ = ("event", "frame", "kind")

    def __init__(self, text: str, kind: str = "") -> None:
        self.kind = kind  # of which only the latest counts; "" where each one does
        self.event = {"type": "websocket.send", "text": text}
        self.frame = text_frame(text.encode())


class Wire:
    """The socket behind Daphne's `send`; never writable behind any other server, TLS or compression."""

    def __init__(self, send: Send) -> None:
        protocol = next(iter(getattr(send, "args", ())), None)
        self._protocol: Any = protocol if _is_plain(protocol) else None

    def write(self, frame: bytes) -> bool:
        """Write `frame` now; False when it must take the usual way: behind what waits, or to its error."""
        protocol = self._protocol
        if protocol is None or protocol.state != protocol.STATE_OPEN:
            return False
        transport = protocol.transport
        if not transport.connected or transport.dataBuffer or transport._tempDataBuffer:
            return False
        written = transport.writeSomeData(frame)
        if isinstance(written, Exception):
            return False
        if written < len(frame):
            transport.write(frame[written:])  # Twisted sends the rest; if that is much it closes the valve
        return True


async def close(send: Send, code: int, reason: str) -> None:
    """Close with a code and, behind Daphne, a sentence: its own way through ASGI drops the sentence."""
    protocol: Any = next(iter(getattr(send, "args", ())), None)
    if hasattr(protocol, "sendClose") and protocol.state == protocol.STATE_OPEN:
        protocol.sendClose(code=code, reason=reason)
    else:
        await send({"type": "websocket.close", "code": code, "reason": reason})


def text_frame(payload: bytes) -> bytes:
    """The unmasked, unfragmented text frame that a server sends."""
    length = len(payload)
    if length < 126:
        return struct.pack("!BB", FINAL_TEXT, length) + payload
    if length < 1 << 16:
        return struct.pack("!BBH", FINAL_TEXT, 126, length) + payload
    return struct.pack("!BBQ", FINAL_TEXT, 127, length) + payload


def _is_plain(protocol: Any) -> bool:
    """Whether what is written to the transport of `protocol` is what goes over the wire."""
    if not hasattr(getattr(protocol, "transport", None), "writeSomeData"):
        return False
    from twisted.internet.tcp import Connection  # loaded already where there is such a transport, else 30 MB

    transport = protocol.transport
    known = isinstance(transport, Connection) and hasattr(transport, "_tempDataBuffer")
    # A client that went away before its handshake was answered never got so far as to have extensions or none.
    return known and not transport.TLS and not getattr(protocol, "websocket_extensions_in_use", True)

"""WebSocket handshake and one frame by hand (RFC 6455), with nothing but a socket."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE = 0x1, 0x8
LONGEST_HEAD = 16_384
LONGEST_FRAME = 1 << 20


class BadAnswer(Exception):
    """What came back is no answer to a WebSocket handshake; the message says what it is."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The HTTP status; after an upgrade also the first text frame, or the close code and its reason."""

    status: int
    text: str = ""
    close_code: int | None = None


class Reader:
    """Reads exact numbers of bytes from a socket until a deadline."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self._deadline = time.monotonic() + seconds
        self._buffer = b""

    def until(self, mark: bytes, most: int) -> bytes:
        """Everything up to and including `mark`."""
        while mark not in self._buffer:
            if len(self._buffer) > most:
                raise BadAnswer("its headers do not end")
            self._more()
        head, _, self._buffer = self._buffer.partition(mark)
        return head + mark

    def exactly(self, count: int) -> bytes:
        """The next `count` bytes."""
        while len(self._buffer) < count:
            self._more()
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def _more(self) -> None:
        self._connection.settimeout(max(0.001, self._deadline - time.monotonic()))
        received = self._connection.recv(65_536)
        if not received:
            raise BadAnswer("the connection was closed")
        self._buffer += received


def open_and_read(address: tuple[str, int], path: str, headers: Mapping[str, str], seconds: float) -> Answer:
    """Upgrade, and return the first text or close frame; raise OSError or BadAnswer where it fails."""
    key = base64.b64encode(os.urandom(16))
    with socket.create_connection(address, timeout=seconds) as connection:
        connection.sendall(request(path, headers, key))
        reader = Reader(connection, seconds)
        head = reader.until(b"\r\n\r\n", LONGEST_HEAD)
        status = read_status(head)
        if status != 101:
            return Answer(status)
        if accept_of(key) not in head:
            raise BadAnswer("Sec-WebSocket-Accept is wrong")
        return read_frame(reader)


def request(path: str, headers: Mapping[str, str], key: bytes) -> bytes:
    """The bytes of the upgrade request."""
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    lines += ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"]
    lines += [f"Sec-WebSocket-Key: {key.decode('ascii')}", "", ""]
    return "\r\n".join(lines).encode("latin1")


def accept_of(key: bytes) -> bytes:
    """What the server must answer to `key`."""
    return base64.b64encode(hashlib.sha1(key + GUID, usedforsecurity=False).digest())


def read_status(head: bytes) -> int:
    """The number in the status line."""
    words = head.split(b"\r\n", 1)[0].split()
    if len(words) < 2 or not words[0].startswith(b"HTTP/") or not words[1].isdigit():
        raise BadAnswer("it does not speak HTTP")
    return int(words[1])


def read_frame(reader: Reader) -> Answer:
    """The first text or close frame; others, such as a ping, are passed over."""
    while True:
        first, second = reader.exactly(2)
        length = second & 0x7F
        if length >= 126:
            length = int.from_bytes(reader.exactly(2 if length == 126 else 8), "big")
        if second & 0x80 or length > LONGEST_FRAME:
            raise BadAnswer("a frame is malformed")
        payload = reader.exactly(length)
        if first & 0x0F == TEXT:
            return Answer(101, payload.decode("utf-8", "replace"))
        if first & 0x0F == CLOSE:
            code = int.from_bytes(payload[:2], "big") if len(payload) >= 2 else 1005
            return Answer(101, payload[2:].decode("utf-8", "replace"), code)

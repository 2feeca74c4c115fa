"""Many light WebSocket readers in one process: raw protocols that parse only what a server sends.

Run as `python -m tests.bench.readers PORT PATH COUNT`. It prints "ready" once all are connected; to each line
"FIRST LAST" on its input it answers with what came since the last answer, as one line of JSON.
"""

from __future__ import annotations

import asyncio
import gc
import json
import re
import sys
import time

CONNECTING_AT_ONCE = 50
SAMPLE = re.compile(rb'\{"type":"sample","id":(\d+),"previous_id":(?:\d+|null),"at":(\d+)')
TEXT, CLOSE, PING = 1, 8, 9


class Reader(asyncio.Protocol):
    """One socket; keeps the ids of the samples it got and how late each came."""

    def __init__(self, port: int, path: str) -> None:
        self.upgraded = asyncio.get_running_loop().create_future()
        self.ids: list[int] = []
        self.delays_ms: list[float] = []
        self.closed = False
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        ).encode()
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = transport
        transport.write(self._request)  # type: ignore[attr-defined]

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note."""
        self.closed = True
        if not self.upgraded.done():
            self.upgraded.set_exception(ConnectionError("the server closed during the handshake"))

    def data_received(self, data: bytes) -> None:
        """Take every complete frame out of what has come."""
        self._unread += data
        if not self.upgraded.done() and not self._take_answer():
            return
        while (size := _frame_size(self._unread)) is not None:
            (start, end), opcode = size, self._unread[0] & 15
            self._take_frame(opcode, self._unread[start:end])
            self._unread = self._unread[end:]

    def _take_answer(self) -> bool:
        head, separator, rest = self._unread.partition(b"\r\n\r\n")
        if separator and not head.startswith(b"HTTP/1.1 101"):
            self.upgraded.set_exception(ConnectionError(head.decode("latin1").splitlines()[0]))
        elif separator:
            self._unread = rest
            self.upgraded.set_result(True)
        return bool(separator)

    def _take_frame(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            pong = bytes([0x8A, 0x80 | len(payload), 0, 0, 0, 0]) + payload
            self._transport.write(pong)  # type: ignore[attr-defined]
        elif opcode == CLOSE:
            self.closed = True
        elif opcode == TEXT and (sample := SAMPLE.match(payload)):
            self.ids.append(int(sample[1]))
            self.delays_ms.append(round(time.time() * 1000 - int(sample[2]), 2))


def _frame_size(data: bytes) -> tuple[int, int] | None:
    """Where the payload of the first frame begins and ends; None while it is not complete."""
    if len(data) < 4:
        return (2, 2) if len(data) >= 2 and data[1] == 0 else None
    start, length = {126: (4, int.from_bytes(data[2:4])), 127: (10, int.from_bytes(data[2:10]))}.get(
        data[1], (2, data[1])
    )
    return (start, start + length) if len(data) >= start + length else None


def _report(readers: list[Reader], first: int, last: int) -> dict[str, object]:
    wanted = set(range(first, last + 1))
    report = {
        "open": sum(not reader.closed for reader in readers),
        "messages": sum(len(reader.ids) for reader in readers),
        "missing": sum(len(wanted - set(reader.ids)) for reader in readers),
        "repeated": sum(len(reader.ids) - len(set(reader.ids)) for reader in readers),
        "delays_ms": [delay for reader in readers for delay in reader.delays_ms],
    }
    for reader in readers:
        reader.ids, reader.delays_ms = [], []
    return report


async def _connect(port: int, path: str, count: int) -> list[Reader]:
    loop = asyncio.get_running_loop()
    readers: list[Reader] = []
    while len(readers) < count:
        size = min(CONNECTING_AT_ONCE, count - len(readers))
        made = [loop.create_connection(lambda: Reader(port, path), "127.0.0.1", port) for _ in range(size)]
        batch = [reader for _, reader in await asyncio.gather(*made)]
        await asyncio.gather(*(reader.upgraded for reader in batch))
        readers += batch
    return readers


async def _main(port: int, path: str, count: int) -> None:
    readers = await _connect(port, path, count)
    gc.disable()  # a pause of ours must not look like a delay of theirs
    print("ready", flush=True)
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def answer() -> None:
        line = sys.stdin.readline()
        if line:
            print(json.dumps(_report(readers, *map(int, line.split()))), flush=True)
        else:
            ended.set()

    loop.add_reader(sys.stdin, answer)
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))

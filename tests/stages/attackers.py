"""Attackers of a web server on this machine: each is bounded in count and time, and tells what it got for an answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.stages.processes import resident_kilobytes

PATIENCE = 60.0
SAMPLES = "/api/v1/samples?limit=5000"


def head(port: int, method: str, path: str, *lines: str) -> bytes:
    """A request up to the end of its header."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *lines, "", ""]).encode()


def upgrade(port: int) -> bytes:
    """The request that opens the live socket."""
    lines = (
        f"Origin: http://127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
    )
    return head(port, "GET", "/ws/live/", *lines, "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")


def dial(port: int, small: bool = False) -> socket.socket:
    """A connection; one that does not read takes little on its own side."""
    raw = socket.socket()
    raw.settimeout(PATIENCE)
    if small:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.connect(("127.0.0.1", port))
    return raw


def status(answer: bytes) -> int:
    """The status code of an answer; 0 where there is none."""
    parts = answer.split(b" ", 2)
    return int(parts[1]) if answer.startswith(b"HTTP/1.") and len(parts) > 1 and parts[1].isdigit() else 0


def heard(raw: socket.socket) -> tuple[bytes, bool]:
    """All that comes until the other side ends the connection, and whether it did."""
    said = bytearray()
    with raw:
        try:
            while piece := raw.recv(65_536):
                said += piece
        except TimeoutError:
            return bytes(said), False
        except OSError:
            pass
    return bytes(said), True


def pour(port: int, start: bytes, piece: bytes, most: int) -> tuple[int, int, bool]:
    """Send `start` and then `piece` again and again, until cut off or until `most` bytes are gone.

    Tells the bytes that were taken, the status of the answer, and whether the connection was ended.
    """
    raw, sent = dial(port), 0
    with contextlib.suppress(OSError):
        raw.sendall(start)
        while sent < most:
            sent += raw.send(piece)
    said, ended = heard(raw)
    return sent, status(said), ended


def large_post(port: int, size: int = 300_000_000) -> tuple[int, int, bool]:
    """A body that is told beforehand to be too large."""
    return pour(port, head(port, "POST", "/api/v1/nothing", f"Content-Length: {size}"), bytes(65_536), size)


def endless_chunks(port: int, most: int = 400_000_000) -> tuple[int, int, bool]:
    """A body that never ends."""
    start = head(port, "POST", "/api/v1/nothing", "Transfer-Encoding: chunked")
    return pour(port, start, b"10000\r\n" + bytes(65_536) + b"\r\n", most)


def silent(port: int, count: int, said: bytes) -> list[socket.socket]:
    """`count` connections that say `said` and no more, as far as they get in."""
    found = []
    for _ in range(count):
        raw = dial(port, small=True)
        with contextlib.suppress(OSError):
            raw.sendall(said)
        found.append(raw)
    return found


@contextlib.contextmanager
def holding(port: int, count: int, said: bytes) -> Iterator[list[socket.socket]]:
    """The connections of silent(), held open meanwhile."""
    found = silent(port, count, said)
    try:
        yield found
    finally:
        for raw in found:
            raw.close()


def trickle(connections: list[socket.socket], seconds: float) -> Counter[int]:
    """Send a byte on each every half second until all are ended or the time is over; how many got which status."""
    over, told = time.monotonic() + seconds, Counter[int]()
    left = dict.fromkeys(connections)
    while left and time.monotonic() < over:
        time.sleep(0.5)
        for raw in list(left):
            try:
                raw.send(b"a")
                raw.settimeout(0.001)
                said = raw.recv(65_536)
            except TimeoutError:
                continue
            except OSError:
                said = b""
            del left[raw]
            told[status(said)] += 1
            raw.close()
    return told


def pinging_non_readers(port: int, count: int, seconds: float) -> list[bool]:
    """Sockets that ping as fast as they can and never read; whether each was cut off."""

    def ping(_: int) -> bool:
        raw = dial(port, small=True)
        raw.sendall(upgrade(port))
        raw.recv(12)  # what is sent before the answer may be lost
        flood = (b"\x89" + struct.pack("!B", 0x80 | 125) + b"\0\0\0\0" + bytes(125)) * 200
        over, rest = time.monotonic() + seconds, b""
        raw.settimeout(1.0)
        with raw:
            while time.monotonic() < over:
                rest = rest or flood  # half a frame would make nonsense of the next
                try:
                    rest = rest[raw.send(rest) :]
                except TimeoutError:
                    continue
                except OSError:
                    return True
        return False

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(ping, range(count)))


def pages_at_once(port: int, count: int, path: str) -> Counter[int]:
    """`count` requests at the same time; how many got which status."""
    said = head(port, "GET", path, "Connection: close")
    opened = [dial(port) for _ in range(count)]
    for raw in opened:
        raw.sendall(said)
    return Counter(status(heard(raw)[0]) for raw in opened)


@dataclass(slots=True)
class Watcher:
    """An honest viewer, and which samples it got."""

    ids: list[int] = field(default_factory=list)
    previous: list[int | None] = field(default_factory=list)
    ready: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    failure: str = ""

    @property
    def missed(self) -> int:
        """How many frames do not follow the one before them."""
        return sum(1 for last, told in zip(self.ids, self.previous[1:], strict=False) if told != last)

    async def watch(self, port: int) -> None:
        """Read the live socket until it is over."""
        with contextlib.suppress(ConnectionClosed):
            async with connect(
                f"ws://127.0.0.1:{port}/ws/live/", origin=f"http://127.0.0.1:{port}"
            ) as socket_:
                while not self.over.is_set():
                    with contextlib.suppress(TimeoutError):
                        frame = json.loads(await asyncio.wait_for(socket_.recv(), 0.5))
                        if frame["type"] == "sample":
                            self._note(frame)
                return
        self.failure = "the socket was closed"

    def _note(self, frame: dict) -> None:
        self.ids.append(frame["id"])
        self.previous.append(frame["previous_id"])
        self.ready.set()


@contextlib.contextmanager
def watching(port: int) -> Iterator[Watcher]:
    """An honest viewer who looks on meanwhile, from another thread."""
    watcher = Watcher()
    thread = threading.Thread(target=lambda: asyncio.run(watcher.watch(port)))
    thread.start()
    try:
        assert watcher.ready.wait(PATIENCE), f"no frame came: {watcher.failure}"
        yield watcher
    finally:
        watcher.over.set()
        thread.join()


@dataclass(slots=True)
class Memory:
    """Resident memory of a process, in MB: before, and the most."""

    pid: int
    before: float = 0.0
    peak: float = 0.0

    def now(self) -> float:
        """What it holds at the moment."""
        return resident_kilobytes(self.pid) / 1024


@contextlib.contextmanager
def weighing(pid: int) -> Iterator[Memory]:
    """Look at the memory of a process twenty times a second meanwhile."""
    memory, over = Memory(pid), threading.Event()
    memory.before = memory.peak = memory.now()

    def look() -> None:
        while not over.wait(0.05):
            memory.peak = max(memory.peak, memory.now())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield memory
    finally:
        over.set()
        thread.join()
        memory.peak = max(memory.peak, memory.now())

"""LocalChannelLayer: a Channels layer across the processes of one machine, over Unix datagram sockets.

Each process that receives binds one socket in a directory that only its user may enter. group_send delivers in the
process and sends one msgpack datagram to every other socket there. Delivery is at most once: a message may be lost
(a full queue, a dead reader), so readers must notice holes by themselves. Groups never expire.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import logging
import os
import socket
import tempfile
import time
import uuid
import weakref
from collections import deque
from pathlib import Path
from typing import Any

import msgpack
from channels.exceptions import ChannelFull
from channels.layers import BaseChannelLayer

logger = logging.getLogger(__name__)

Message = dict[str, Any]
SOCKET_NAME = 20
LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes on Linux, 104 on macOS
RECEIVE_BYTES = 1 << 18
READS_PER_WAKE = 100


def socket_directory(wanted: Path) -> Path:
    """Return a private directory for sockets: `wanted`, or one under the temporary directory if its path is too long."""
    if len(str(wanted)) > LONGEST_SOCKET_PATH - SOCKET_NAME:
        digest = hashlib.sha256(str(wanted).encode()).hexdigest()[:16]
        wanted = Path(tempfile.gettempdir()) / f"loadmon-{os.getuid()}-{digest}"
    wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = wanted.stat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise PermissionError(
            f"{wanted} must belong to user {os.getuid()} alone (mode 0700); remove it or mend it."
        )
    return wanted


class _Mailbox:
    """One channel's queue of (expires at, message), oldest first, and the reader that waits for it."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[float, Message]] = deque()
        self.arrived = asyncio.Event()

    def put(self, expires: float, message: Message) -> None:
        self.waiting.append((expires, message))
        self.arrived.set()

    async def get(self) -> Message:
        """Wait for the next message; a dict because Channels carries any keys."""
        while True:
            while self.waiting:
                expires, message = self.waiting.popleft()
                if expires > time.monotonic():
                    return message
            self.arrived.clear()
            await self.arrived.wait()


class LocalChannelLayer(BaseChannelLayer):  # type: ignore[misc]
    """Channels' semantics (groups, capacity, expiry) between the processes of one user on one machine."""

    extensions = ["groups", "flush"]

    def __init__(self, directory: str, expiry: float = 60, capacity: int = 100, **kwargs: Any) -> None:
        self._receiver: socket.socket | None = None
        self._sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._sender.setblocking(False)
        super().__init__(expiry=expiry, capacity=capacity, **kwargs)
        self._capacities = self.compile_capacities(self.channel_capacity)
        self.identity = uuid.uuid4().hex[:12]
        self.groups: dict[str, set[str]] = {}
        self._mailboxes: dict[str, _Mailbox] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self.directory = socket_directory(Path(directory))

    def __del__(self) -> None:
        """Close the sockets of a layer that nobody closed: Django drops layers when the settings change."""
        for open_socket in (self._sender, self._receiver):
            if open_socket is not None:
                open_socket.close()

    def get_capacity(self, channel: str) -> int:
        """How many messages may wait in `channel`."""
        matching = (capacity for pattern, capacity in self._capacities if pattern.match(channel))
        return int(next(matching, self.capacity))

    # Channels

    async def new_channel(self, prefix: str = "specific") -> str:
        """Return a new channel name that leads back to this process from any other."""
        return f"{prefix}.{self.identity}!{uuid.uuid4().hex}"

    async def send(self, channel: str, message: Message) -> None:
        """Send to one channel of any process; raise ChannelFull where its queue here is full."""
        self.require_valid_channel_name(channel)
        owner = channel.partition("!")[0].rpartition(".")[2]
        if owner in ("", self.identity) or "!" not in channel:
            if len(self._mailbox(channel).waiting) >= self.get_capacity(channel):
                raise ChannelFull(channel)
            self._deliver(channel, message)
        else:
            self._post(self.directory / f"{owner}.sock", self._pack({"channel": channel, "message": message}))

    async def receive(self, channel: str) -> Message:
        """Wait for the next message of `channel` that has not expired; a dict because Channels carries any keys."""
        self.require_valid_channel_name(channel)
        self._listen()
        mailbox = self._mailbox(channel)
        try:
            return await mailbox.get()
        finally:
            if not mailbox.waiting:
                self._mailboxes.pop(channel, None)

    # Groups

    async def group_add(self, group: str, channel: str) -> None:
        """Add `channel` to `group` until it is discarded; there is no expiry."""
        self.require_valid_group_name(group)
        self.require_valid_channel_name(channel)
        self._listen()
        self.groups.setdefault(group, set()).add(channel)

    async def group_discard(self, group: str, channel: str) -> None:
        """Take `channel` out of `group`; neither needs to exist."""
        self.require_valid_group_name(group)
        members = self.groups.get(group, set())
        members.discard(channel)
        if not members:
            self.groups.pop(group, None)

    async def group_send(self, group: str, message: Message) -> None:
        """Send to every member of `group` in every process; a full queue loses its oldest message."""
        self.require_valid_group_name(group)
        self._deliver_to_group(group, message)
        packed = None
        own = f"{self.identity}.sock"
        for path in self._sockets():
            if path.name != own:
                packed = packed or self._pack({"group": group, "message": message})
                self._post(path, packed)

    # Housekeeping

    async def flush(self) -> None:
        """Forget every channel and group of this process."""
        self._mailboxes.clear()
        self.groups.clear()

    async def close(self) -> None:
        """Stop sending and listening, and remove this process's socket."""
        self._sender.close()
        if self._receiver is not None:
            if self._loop is not None and not self._loop.is_closed():
                self._loop.remove_reader(self._receiver)
            self._receiver.close()
            self._receiver = None
            (self.directory / f"{self.identity}.sock").unlink(missing_ok=True)

    def _mailbox(self, channel: str) -> _Mailbox:
        return self._mailboxes.setdefault(channel, _Mailbox())

    def _deliver(self, channel: str, message: Message) -> None:
        self._mailbox(channel).put(time.monotonic() + self.expiry, dict(message))

    def _deliver_to_group(self, group: str, message: Message) -> None:
        for channel in list(self.groups.get(group, ())):
            mailbox = self._mailbox(channel)
            while len(mailbox.waiting) >= self.get_capacity(channel):
                mailbox.waiting.popleft()
            self._deliver(channel, message)

    def _pack(self, envelope: Message) -> bytes:
        return bytes(msgpack.packb(envelope))

    def _sockets(self) -> list[Path]:
        with os.scandir(self.directory) as entries:
            return [Path(entry.path) for entry in entries if entry.name.endswith(".sock")]

    def _post(self, path: Path, packed: bytes) -> None:
        """Send one datagram; a refused socket file is left over from a dead process and is removed."""
        try:
            self._sender.sendto(packed, str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            path.unlink(missing_ok=True)
        except BlockingIOError:
            logger.debug("%s reads too slowly; one message is lost to it", path.name)
        except OSError as error:
            if error.errno == errno.EMSGSIZE:
                raise ValueError(f"A message of {len(packed)} bytes is too large for a datagram.") from error
            if error.errno != errno.ENOBUFS:
                raise

    def _listen(self) -> None:
        """Bind this process's socket and read it in the running loop; a new loop takes it over."""
        loop = asyncio.get_running_loop()
        if self._receiver is not None and self._loop is loop:
            return
        if self._receiver is None:
            self._receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._receiver.setblocking(False)
            with contextlib.suppress(OSError):
                self._receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            path = self.directory / f"{self.identity}.sock"
            self._receiver.bind(str(path))
            weakref.finalize(self, path.unlink, missing_ok=True)  # also when the process ends
        elif self._loop is not None and not self._loop.is_closed():
            self._loop.remove_reader(self._receiver)
        self._loop = loop
        loop.add_reader(self._receiver, self._read, self._receiver)

    def _read(self, receiver: socket.socket) -> None:
        for _ in range(READS_PER_WAKE):
            try:
                packed = receiver.recv(RECEIVE_BYTES)
            except (BlockingIOError, InterruptedError):
                return
            try:
                envelope = msgpack.unpackb(packed)
                if "group" in envelope:
                    self._deliver_to_group(envelope["group"], envelope["message"])
                elif len(self._mailbox(envelope["channel"]).waiting) < self.capacity:
                    self._deliver(envelope["channel"], envelope["message"])
            except (ValueError, KeyError, TypeError, msgpack.UnpackException):
                logger.warning("a datagram of %d bytes is not a loadmon message; ignored", len(packed))

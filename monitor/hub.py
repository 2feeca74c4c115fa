"""The live hub: one member of the live group in each web process, which serves all of its viewers.

It encodes nothing per viewer, fills holes from the database by id, falls back to reading the database when the layer
is silent, and drops what a slow reader does not take, oldest first.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from monitor import history, live, sessions
from monitor.backpressure import Valve
from monitor.models import Host
from monitor.wire import Message, Send, Wire

logger = logging.getLogger(__name__)

BACKLOG = 30
HOPELESS_SECONDS = 30.0
HEARTBEAT_SECONDS = 15.0
RECHECK_SECONDS = 60.0
SILENT_SECONDS = 3.0
FILL_LIMIT = 600
MOST_VIEWERS = 2000
VIEWERS_PER_TURN = 100


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
        self._tasks: set[asyncio.Task[None]] = set()

    async def put(self, message: Message) -> None:
        """Send `message` now, or keep it while the reader is slow; the oldest kept one is lost first."""
        if not self.valve.is_open or self._backlog:
            self._backlog.append(message)
        elif not self._wire.write(message.frame):
            await self._send(message.event)

    async def close(self, code: int, reason: str) -> None:
        """Close the socket; a second call does nothing."""
        if not self.closing:
            self.closing = True
            await self._send({"type": "websocket.close", "code": code, "reason": reason})

    def _flush(self) -> None:
        task = asyncio.ensure_future(self._drain())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self) -> None:
        while self._backlog and self.valve.is_open:
            await self._send(self._backlog.popleft().event)


class Hub:
    """All viewers of this process; `join` and `leave` run in its event loop."""

    def __init__(self) -> None:
        self.viewers: dict[str, set[Viewer]] = {}
        self._last_ids: dict[str, int] = {}
        self._heard_at: dict[str, float] = {}
        self._sampler: dict[str, tuple[float, dict[str, Any] | None]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._greetings: dict[str, tuple[float, list[str]]] = {}
        self._greeting_lock = asyncio.Lock()

    def count(self) -> int:
        """How many viewers there are."""
        return sum(len(viewers) for viewers in self.viewers.values())

    async def join(self, viewer: Viewer) -> bool:
        """Greet `viewer` and serve it from now on; False when there are too many."""
        if self.count() >= MOST_VIEWERS:
            return False
        self._start()
        for text in await self._greeting(viewer.host):
            await viewer.put(Message(text))
        self.viewers.setdefault(viewer.host, set()).add(viewer)
        return True

    def leave(self, viewer: Viewer) -> None:
        """Forget `viewer`; the last one to leave puts the hub to sleep."""
        self.viewers.get(viewer.host, set()).discard(viewer)
        if not self.viewers.get(viewer.host):
            self.viewers.pop(viewer.host, None)
            self._last_ids.pop(viewer.host, None)

    async def handle(self, event: dict[str, Any]) -> None:
        """Pass one live event on to the viewers that it concerns."""
        if event["type"] == "live.session_ended":
            await self._close_sessions(lambda key: sessions.digest(key) == event["session"])
            return
        host = event["host"]
        if event["type"] == "live.status":
            self._sampler[host] = (time.monotonic(), event["sampler"])
        if host not in self.viewers:
            return
        if event["type"] == "live.sample":
            await self._pass_sample(host, event)
        elif event["type"] == "live.alerts":
            await self._broadcast(host, await self._read(host, _alerts_text))
        elif event["type"] == "live.status":
            await self._broadcast(host, await self._read(host, self._status_text))

    # Samples

    async def _pass_sample(self, host: str, event: dict[str, Any]) -> None:
        self._heard_at[host] = time.monotonic()
        last = self._last_ids.get(host)
        if event["id"] is None:
            await self._broadcast(host, event["text"])
            return
        if last is not None and event["id"] <= last:
            return
        if last is not None and event["previous_id"] not in (None, last):
            await self._fill(host, before=event["id"])
        self._last_ids[host] = event["id"]
        await self._broadcast(host, event["text"])

    async def _fill(self, host: str, before: int | None = None) -> None:
        """Send what the database holds after the last id sent: the layer may lose events, the database does not."""
        last = self._last_ids.get(host)
        if last is None:
            return
        for sample_id, text in await database_sync_to_async(_missed)(host, last):
            if before is not None and sample_id >= before:
                break
            self._last_ids[host] = sample_id
            await self._broadcast(host, text)

    # Sending

    async def _broadcast(self, host: str, text: str | None) -> None:
        if text is None:
            return
        message = Message(text)
        for count, viewer in enumerate(list(self.viewers.get(host, ())), 1):
            try:
                await viewer.put(message)
            except Exception as error:  # one broken socket must not keep the news from the others
                logger.debug("a viewer is gone: %s", error)
                self.leave(viewer)
            if count % VIEWERS_PER_TURN == 0:
                await asyncio.sleep(0)

    async def _read(self, host: str, make: Callable[[Host], str]) -> str | None:
        """The text that `make` builds from the database, None while the host or the database is not there."""
        try:
            text: str | None = await database_sync_to_async(_with_host)(host, make)
            return text
        except Exception:
            logger.exception("the live view of %s cannot be read", host)
            return None

    def _status_text(self, host: Host) -> str:
        told_at, sampler = self._sampler.get(host.name, (0.0, None))
        fresh = sampler if time.monotonic() - told_at < 2 * HEARTBEAT_SECONDS else None
        return live.encode(history.status_frame(host, _now_ms(), fresh))

    async def _greeting(self, host: str) -> list[str]:
        """hello, alerts and status; read once a second at most, however many viewers come back at once."""
        async with self._greeting_lock:
            made_at, texts = self._greetings.get(host, (0.0, []))
            if not texts or time.monotonic() - made_at > 1.0:
                hello, last_id = await database_sync_to_async(_hello)(host)
                others = [await self._read(host, _alerts_text), await self._read(host, self._status_text)]
                texts = [hello, *(text for text in others if text)]
                self._greetings[host] = (time.monotonic(), texts)
                if last_id is not None and host not in self.viewers:
                    self._last_ids[host] = last_id
            return texts

    # Tasks

    def _start(self) -> None:
        if not any(not task.done() for task in self._tasks):
            self._tasks = [
                asyncio.ensure_future(_for_ever(step)) for step in (self._listen, self._watch, self._check)
            ]

    async def _listen(self) -> None:
        layer = get_channel_layer()
        if layer is None:
            raise RuntimeError("CHANNEL_LAYERS has no default layer")
        channel = await layer.new_channel("live")
        await layer.group_add(live.GROUP, channel)
        try:
            while True:
                await self.handle(await layer.receive(channel))
        finally:
            with contextlib.suppress(Exception):
                await layer.group_discard(live.GROUP, channel)

    async def _watch(self) -> None:
        """Read the database where the layer has been silent for too long."""
        await asyncio.sleep(SILENT_SECONDS / 2)
        now = time.monotonic()
        for host in list(self.viewers):
            if now - self._heard_at.get(host, 0.0) > SILENT_SECONDS:
                await self._fill(host)

    async def _check(self) -> None:
        """Every 15 s a sign of life to all, hopeless readers out, and once a minute the logins again."""
        for turn in range(int(RECHECK_SECONDS / HEARTBEAT_SECONDS)):
            await asyncio.sleep(HEARTBEAT_SECONDS)
            for host in list(self.viewers):
                await self._broadcast(host, await self._read(host, self._status_text))
            for viewer in [v for viewers in self.viewers.values() for v in viewers]:
                if viewer.valve.closed_for() > HOPELESS_SECONDS:
                    await viewer.close(4408, "This reader is too slow.")
            del turn
        keys = {v.session_key for viewers in self.viewers.values() for v in viewers if v.session_key}
        alive = await database_sync_to_async(sessions.living)(keys)
        await self._close_sessions(lambda key: key not in alive)

    async def _close_sessions(self, is_over: Callable[[str], bool]) -> None:
        for viewer in [v for viewers in self.viewers.values() for v in viewers]:
            if viewer.session_key and is_over(viewer.session_key):
                await viewer.close(4401, "Your login has ended.")


async def _for_ever(step: Callable[[], Any]) -> None:
    while True:
        try:
            await step()
        except Exception:
            logger.exception("the live hub stumbled; it goes on in a second")
            await asyncio.sleep(1.0)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _with_host(name: str, make: Callable[[Host], str]) -> str | None:
    host = Host.objects.filter(name=name).first()
    return None if host is None else make(host)


def _alerts_text(host: Host) -> str:
    return live.encode(history.alerts_frame(host))


def _hello(name: str) -> tuple[str, int | None]:
    host = Host.objects.filter(name=name).first()
    newest = history.latest(host) if host else None
    last_id = newest["id"] if newest else None
    return live.encode(live.hello_frame(name, host.interval if host else None, last_id, _now_ms())), last_id


def _missed(name: str, after_id: int) -> list[tuple[int, str]]:
    """(id, frame text) of the stored samples after `after_id`; the newest one carries means and verdict."""
    host = Host.objects.filter(name=name).first()
    samples = history.samples_after(host, after_id, FILL_LIMIT) if host else []
    frames = []
    previous = after_id
    for sample in samples:
        frames.append({"type": "sample", "previous_id": previous, **sample})
        previous = sample["id"]
    if host and frames:
        means = history.means(host, _now_ms())
        frames[-1] |= {"mean_2m": means, "verdict": live.judged(frames[-1]["values"], means)}
    return [(frame["id"], live.encode(frame)) for frame in frames]


_hubs: dict[int, Hub] = {}


def hub() -> Hub:
    """The hub of the running event loop; a web process has one."""
    loop = id(asyncio.get_running_loop())
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]

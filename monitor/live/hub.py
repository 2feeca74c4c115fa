"""The live hub: one member of the live group in each web process, which serves all of its viewers.

It encodes nothing per viewer, fills holes from the database by id, falls back to reading the database when the layer
is silent, and drops what a slow reader does not take, oldest first.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from monitor.access import sessions
from monitor.live import publishing
from monitor.live.feed import Feed
from monitor.live.reads import Reads
from monitor.live.viewer import Viewer
from monitor.live.wire import Message

logger = logging.getLogger(__name__)

Greeting = tuple[list[str], int | None, int]  # frames, newest sample id, the news they know of

FILL_LIMIT = 600
HOPELESS_SECONDS = 30.0
HEARTBEAT_SECONDS = 15.0
STATUS_SECONDS = 1.25 * HEARTBEAT_SECONDS
RECHECK_SECONDS = 60.0
SILENT_SECONDS = 3.0
MOST_VIEWERS = 2000
VIEWERS_PER_TURN = 100


class Hub:
    """All viewers of this process; `join` and `leave` run in its event loop."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self.viewers: dict[str, set[Viewer]] = {}
        self._last_ids: dict[str, int] = {}
        self._heard_at: dict[str, float] = {}
        self._sampler: dict[str, tuple[float, dict[str, Any] | None]] = {}
        self._status_at: dict[str, float] = {}  # when it was last sent
        self._tasks: list[asyncio.Task[None]] = []
        self._news: dict[str, int] = {}  # how often the alerts of a host changed
        self._greetings: dict[str, tuple[float, Greeting]] = {}
        self._greeting_lock = asyncio.Lock()
        self._reads = Reads()

    def count(self) -> int:
        """How many viewers there are."""
        return sum(len(viewers) for viewers in self.viewers.values())

    async def join(self, viewer: Viewer) -> bool:
        """Greet `viewer` and serve it from now on; False when there are too many."""
        if self.count() >= MOST_VIEWERS:
            return False
        self._start()
        texts, last_id, news = await self._greeting(viewer.host)
        for text in texts:
            await viewer.put(Message(text))
        self.viewers.setdefault(viewer.host, set()).add(viewer)
        self._last_ids.setdefault(viewer.host, last_id or 0)
        if news != self._news.get(viewer.host, 0):  # while the greeting was on its way
            await self._send_alerts(viewer.host)
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
        if event["type"] == "live.alerts":
            self._news[host] = self._news.get(host, 0) + 1
        if host not in self.viewers:
            return
        if event["type"] == "live.sample":
            await self._pass_sample(host, event)
        elif event["type"] == "live.alerts":
            await self._reads.newest("alerts", self._send_alerts, host)
        elif event["type"] == "live.status":
            await self._reads.newest("status", self._send_status, host)

    # Samples

    async def _pass_sample(self, host: str, event: dict[str, Any]) -> None:
        self._heard_at[host] = time.monotonic()
        last = self._last_ids.get(host)
        if event["id"] is None:
            await self._broadcast(host, event["text"])
            return
        if last is not None and event["id"] <= last:
            known = event["previous_id"] is not None and event["id"] > last - FILL_LIMIT
            if known or event["id"] == last:
                return
            last = event["previous_id"]  # ids begin anew: the database was replaced
        if last is not None and event["previous_id"] not in (None, last):
            await self._fill(host, before=event["id"])
        self._last_ids[host] = event["id"]
        await self._broadcast(host, event["text"])

    async def _fill(self, host: str, before: int | None = None) -> None:
        """Send what the database holds after the last id sent: the layer may lose events, the database does not."""
        last = self._last_ids.get(host)
        if last is None:
            return
        missed = await database_sync_to_async(self._feed.missed)(host, last, FILL_LIMIT)
        for sample_id, text in missed:
            if before is not None and sample_id >= before:
                break
            self._last_ids[host] = sample_id
            await self._broadcast(host, text)
        if missed:
            await self._send_alerts(host)

    # Sending

    async def _broadcast(self, host: str, text: str | None, kind: str = "") -> None:
        if text is None:
            return
        message = Message(text, kind)
        for count, viewer in enumerate(list(self.viewers.get(host, ())), 1):
            try:
                await viewer.put(message)
            except Exception as error:  # one broken socket must not keep the news from the others
                logger.debug("a viewer is gone: %s", error)
                self.leave(viewer)
            if count % VIEWERS_PER_TURN == 0:
                await asyncio.sleep(0)

    async def _send_alerts(self, host: str) -> None:
        await self._broadcast(host, await self._read(self._feed.alerts, host), "alerts")

    async def _send_status(self, host: str) -> None:
        self._status_at[host] = time.monotonic()
        await self._broadcast(host, await self._read(self._feed.status, host, self._told(host)), "status")

    async def _read(self, make: Callable[..., str | None], *arguments: Any) -> str | None:
        """What `make` reads from the database; None while it cannot be read."""
        try:
            text: str | None = await database_sync_to_async(make)(*arguments)
            return text
        except Exception:
            logger.exception("the live view of %s cannot be read", arguments[0])
            return None

    def _told(self, host: str) -> Mapping[str, object] | None:
        """What the sampler of `host` told of itself, unless that is too long ago."""
        told_at, sampler = self._sampler.get(host, (0.0, None))
        return sampler if time.monotonic() - told_at < 2 * HEARTBEAT_SECONDS else None

    async def _greeting(self, host: str) -> Greeting:
        """hello, alerts and status; read once a second at most, however many viewers come back at once."""
        async with self._greeting_lock:
            made_at, greeting = self._greetings.get(host, (0.0, ([], None, 0)))
            news = self._news.get(host, 0)
            if not greeting[0] or news != greeting[2] or time.monotonic() - made_at > 1.0:
                hello, last_id = await database_sync_to_async(self._feed.hello)(host)
                alerts = await self._read(self._feed.alerts, host)
                status = await self._read(self._feed.status, host, self._told(host))
                greeting = ([text for text in (hello, alerts, status) if text], last_id, news)
                self._greetings[host] = (time.monotonic(), greeting)
            return greeting

    # Tasks

    def _start(self) -> None:
        if not any(not task.done() for task in self._tasks):
            steps = (self._listen, self._watch, self._beat, self._recheck)
            self._tasks = [asyncio.ensure_future(_for_ever(step)) for step in steps]

    async def _listen(self) -> None:
        layer = get_channel_layer()
        if layer is None:
            raise RuntimeError("CHANNEL_LAYERS has no default layer")
        channel = await layer.new_channel("live")
        await layer.group_add(publishing.GROUP, channel)
        try:
            while True:
                await self.handle(await layer.receive(channel))
        finally:
            with contextlib.suppress(Exception):
                await layer.group_discard(publishing.GROUP, channel)

    async def _watch(self) -> None:
        """Read the database where the layer has been silent for too long."""
        await asyncio.sleep(SILENT_SECONDS / 2)
        for host in list(self.viewers):
            if time.monotonic() - self._heard_at.get(host, 0.0) > SILENT_SECONDS:
                await self._fill(host)

    async def _beat(self) -> None:
        """Every 15 s a sign of life to all, and hopeless readers out."""
        await asyncio.sleep(HEARTBEAT_SECONDS)
        for host in list(self.viewers):
            await self._send_alerts(host)
            told_at = self._status_at.get(host, -math.inf)
            if time.monotonic() - told_at > STATUS_SECONDS:  # the sampler told none
                await self._send_status(host)
        for viewer in self._everyone():
            if viewer.valve.closed_for() > HOPELESS_SECONDS:
                await viewer.close(4408, "This reader is too slow.")

    async def _recheck(self) -> None:
        """Once a minute the logins again: an account may have been disabled, a password changed."""
        await asyncio.sleep(RECHECK_SECONDS)
        keys = {viewer.session_key for viewer in self._everyone() if viewer.session_key}
        alive = await database_sync_to_async(sessions.living)(keys)
        await self._close_sessions(lambda key: key not in alive)

    def _everyone(self) -> list[Viewer]:
        return [viewer for viewers in self.viewers.values() for viewer in viewers]

    async def _close_sessions(self, is_over: Callable[[str], bool]) -> None:
        for viewer in self._everyone():
            if viewer.session_key and is_over(viewer.session_key):
                await viewer.close(4401, "Your login has ended.")


async def _for_ever(step: Callable[[], Any]) -> None:
    while True:
        try:
            await step()
        except Exception:
            logger.exception("the live hub stumbled; it goes on in a second")
            await asyncio.sleep(1.0)


_hubs: dict[int, Hub] = {}


def hub(feed: Feed) -> Hub:
    """The hub of the running event loop, which reads from `feed`; a web process has one."""
    loop = id(asyncio.get_running_loop())
    if loop not in _hubs:
        _hubs[loop] = Hub(feed)
    return _hubs[loop]

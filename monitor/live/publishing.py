"""Publishing of live events: the group's name, what crosses the channel layer, and how it is sent.

Events are small: a sample carries its whole frame; "alerts" and "status" only say that the database holds news, so
that one read in each web process serves all of its viewers.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Mapping
from typing import Required, TypedDict

from channels.layers import get_channel_layer

from monitor.metrics.json import encode

logger = logging.getLogger(__name__)

GROUP = "live"
PUBLISH_TIMEOUT = 0.2
QUIET_AFTER_FAILURE = 2.0


class Event(TypedDict, total=False):
    """One event; which fields it has depends on its type. session: a digest."""

    type: Required[str]
    host: str
    id: object
    previous_id: object
    text: str
    sampler: Mapping[str, object] | None
    session: str


def sample_event(host: str, frame: Mapping[str, object]) -> Event:
    """A new sample of `host`, encoded once for all viewers of all processes."""
    return {"type": "live.sample", "host": host, "id": frame["id"], "previous_id": frame["previous_id"],
            "text": encode(frame)}  # fmt: skip


def alerts_event(host: str) -> Event:
    """The alerts of `host` changed; the database holds them."""
    return {"type": "live.alerts", "host": host}


def status_event(host: str, sampler: Mapping[str, object] | None = None) -> Event:
    """Host, sampler or load test changed; `sampler` tells what the database may be unable to say."""
    return {"type": "live.status", "host": host, "sampler": sampler}


def session_ended_event(session_digest: str) -> Event:
    """A session ended: its sockets must close."""
    return {"type": "live.session_ended", "session": session_digest}


class Publisher:
    """Publishes from a process without an event loop, through one loop of its own; never raises, never blocks long.

    Any thread may publish, one at a time.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._lock = threading.Lock()
        self._silent_until = 0.0
        self._failing = False

    def publish(self, event: Event) -> bool:
        """Send `event` to every web process; return whether the layer took it."""
        with self._lock:
            return self._publish(event)

    def close(self) -> None:
        """Close the loop; what is published from now on goes nowhere."""
        with self._lock:
            self._loop.close()

    def _publish(self, event: Event) -> bool:
        if self._loop.is_closed() or time.monotonic() < self._silent_until:
            return False
        try:
            self._loop.run_until_complete(self._send(event))
        except Exception as error:  # the layer may be any: Redis down, a full disk, a removed directory
            if not self._failing:
                logger.exception("live events cannot be published; samples are stored all the same")
            self._failing = True
            self._silent_until = time.monotonic() + QUIET_AFTER_FAILURE
            logger.debug("publish failed: %s", error)
            return False
        if self._failing:
            logger.info("live events are published again")
        self._failing = False
        return True

    async def _send(self, event: Event) -> None:
        layer = get_channel_layer()
        if layer is None:
            raise RuntimeError("CHANNEL_LAYERS has no default layer")
        async with asyncio.timeout(PUBLISH_TIMEOUT):
            await layer.group_send(GROUP, event)


async def publish(event: Event) -> None:
    """Publish from a running event loop; a failure is logged and goes no further."""
    layer = get_channel_layer()
    try:
        if layer is not None:
            await layer.group_send(GROUP, event)
    except Exception:
        logger.exception("a live event could not be published")

"""Live events: the group's name, the shapes that cross the channel layer, and how they are published.

Events are small: a sample carries its whole frame; "alerts" and "status" only say that the database holds news, so
that one read in each web process serves all of its viewers.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Mapping
from typing import Any

from channels.layers import get_channel_layer

from monitor.domain.evaluating import MEAN_METRICS
from monitor.domain.metrics import NAMES
from monitor.domain.reading import Reading
from monitor.domain.verdict import verdict

logger = logging.getLogger(__name__)

GROUP = "live"
PROTOCOL_VERSION = 1
PUBLISH_TIMEOUT = 0.2
QUIET_AFTER_FAILURE = 2.0

Event = dict[str, Any]


def encode(frame: dict[str, Any]) -> str:
    """JSON text of one frame; raises ValueError for NaN and infinities, which no browser can read."""
    return json.dumps(frame, allow_nan=False, separators=(",", ":"))


def sample_frame(
    reading: Reading,
    means: dict[str, float | None],
    sample_id: int | None,
    previous_id: int | None,
    busy: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The frame of one reading; sample_id is None while it could not be stored. `busy`: what keeps the host busy."""
    return {
        "type": "sample",
        "id": sample_id,
        "previous_id": previous_id,
        "at": reading.taken_at_ms,
        "covered_ms": round(reading.covered * 1000),
        "values": dict(reading.values),
        "mean_2m": {
            name: None if means[name] is None else round(means[name] or 0.0, 2) for name in MEAN_METRICS
        },
        "verdict": judged(reading.values, means, busy),
    }


def judged(
    values: Mapping[str, float | None],
    means: Mapping[str, float | None],
    busy: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """The verdict on `values` and their 2-minute `means` as the page takes it."""
    found = verdict(values, means, busy)
    return {"tone": str(found.tone), "text": found.text}


def hello_frame(host: str, interval: float | None, last_id: int | None, now_ms: int) -> dict[str, Any]:
    """The first frame of every socket; interval and last_id are None before the first sample."""
    return {
        "type": "hello",
        "version": PROTOCOL_VERSION,
        "host": host,
        "interval": interval,
        "last_id": last_id,
        "metrics": list(NAMES),
        "at": now_ms,
    }


def sample_event(host: str, frame: dict[str, Any]) -> Event:
    """A new sample of `host`, encoded once for all viewers of all processes."""
    return {"type": "live.sample", "host": host, "id": frame["id"], "previous_id": frame["previous_id"],
            "text": encode(frame)}  # fmt: skip


def alerts_event(host: str) -> Event:
    """The alerts of `host` changed; the database holds them."""
    return {"type": "live.alerts", "host": host}


def status_event(host: str, sampler: dict[str, Any] | None = None) -> Event:
    """Host, sampler or load test changed; `sampler` tells what the database may be unable to say."""
    return {"type": "live.status", "host": host, "sampler": sampler}


def session_ended_event(session_digest: str) -> Event:
    """A session ended: its sockets must close."""
    return {"type": "live.session_ended", "session": session_digest}


class Publisher:
    """Publishes from a process without an event loop, through one loop of its own; never raises, never blocks long."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._silent_until = 0.0
        self._failing = False

    def publish(self, event: Event) -> bool:
        """Send `event` to every web process; return whether the layer took it."""
        if time.monotonic() < self._silent_until:
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

    def close(self) -> None:
        """Close the loop."""
        self._loop.close()

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

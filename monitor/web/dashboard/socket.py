"""WebSocket of the live view: lets the right people in, greets them, and leaves the rest to the hub."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import deque
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.utils import timezone

from monitor.access import permissions
from monitor.hosts import lookup
from monitor.live import hub, wire
from monitor.live.backpressure import attach
from monitor.live.viewer import Viewer
from monitor.loadtests import drills
from monitor.web.dashboard import feed
from monitor.web.ids import LARGEST_ID

logger = logging.getLogger(__name__)

LONGEST_FRAME = 4096
MOST_FRAMES = 20
FRAMES_SECONDS = 10.0


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One dashboard; the server sends, the client needs to send nothing, and may say that it shows an alert."""

    channel_layer_alias = ""  # no channel of its own: the hub is the only group member

    async def connect(self) -> None:
        """Accept, check, greet; a refusal is a close code with a sentence, so that the page can say it."""
        self.viewer: Viewer | None = None
        self._frames: deque[float] = deque(maxlen=MOST_FRAMES + 1)
        self._shown = 0
        self._notes: set[asyncio.Task[None]] = set()
        await self.accept()
        if not permissions.scope_may_read(self.scope):
            await wire.close(self.scope["raw_send"], 4401, "Log in to see this.")
            return
        host = parse_qs(self.scope["query_string"].decode("latin1")).get("host", [""])[0]
        if host and await database_sync_to_async(lookup.named)(host) is None:
            await wire.close(self.scope["raw_send"], 4404, "There is no host of this name.")
            return
        session_key = self.scope["session"].session_key if self.scope["user"].is_authenticated else None
        viewer = Viewer(host or settings.LOADMON_HOST_NAME, self.scope["raw_send"], session_key)
        attach(self.scope["raw_send"], viewer.valve)
        self.viewer = viewer
        if not await hub.hub(feed).join(viewer):
            await wire.close(self.scope["raw_send"], 4429, "Too many dashboards are open.")

    async def disconnect(self, code: int) -> None:
        """Leave the hub."""
        if self.viewer is not None:
            hub.hub(feed).leave(self.viewer)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take note of a frame at once: a flood, or anything but a JSON object, ends the connection."""
        now = time.monotonic()
        self._frames.append(now)
        if len(self._frames) > MOST_FRAMES and now - self._frames[0] < FRAMES_SECONDS:
            await self._refuse(4429, "Too many frames.")
        elif (frame := _object(text_data)) is None:
            await self._refuse(4400, "A frame must be a small JSON object.")
        elif frame.get("type") == "seen":
            await self._note(frame)

    async def _note(self, frame: dict[str, Any]) -> None:
        """Let the drill know when a browser showed its alert; the database is not waited for."""
        alert = frame.get("alert")
        if set(frame) != {"type", "alert"} or type(alert) is not int or not 1 <= alert <= LARGEST_ID:
            await self._refuse(4400, "A frame that says seen names one alert by its id.")
        elif self.viewer is not None and alert != self._shown:
            self._shown = alert
            task = asyncio.create_task(_note_seen(self.viewer.host, alert, timezone.now()))
            self._notes.add(task)
            task.add_done_callback(self._notes.discard)

    async def _refuse(self, code: int, reason: str) -> None:
        if self.viewer is not None:
            await self.viewer.close(code, reason)


class UnknownPath(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Every other WebSocket path."""

    channel_layer_alias = ""

    async def connect(self) -> None:
        """Say so and close."""
        await self.accept()
        await wire.close(self.scope["raw_send"], 4404, "There is nothing here.")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _object(text: str | None) -> dict[str, Any] | None:
    """The JSON object of a frame; a dict because a browser may send anything."""
    if text is None or len(text) > LONGEST_FRAME:
        return None
    try:
        value: Any = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


async def _note_seen(host: str, alert: int, at: datetime) -> None:
    try:
        await database_sync_to_async(drills.note_seen)(host, alert, at)
    except Exception:
        logger.exception("that a browser shows alert %s could not be stored", alert)

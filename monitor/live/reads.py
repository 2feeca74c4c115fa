"""Reads of the database for the viewers: none holds up what needs none, however long the database takes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.3


class Reads:
    """Runs one read of a kind at a time, and once more where it was asked for meanwhile: the newest is what counts."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[None]] = {}
        self._asked_again: set[str] = set()

    async def newest(self, kind: str, send: Callable[[str], Awaitable[None]], host: str) -> None:
        """Let `send` read and send for `host`; return when it has, or after a moment while it goes on."""
        key = f"{kind} {host}"
        if key in self._running:
            self._asked_again.add(key)
            return
        self._running[key] = asyncio.ensure_future(self._run(key, send, host))
        await asyncio.wait([self._running[key]], timeout=PATIENCE_SECONDS)

    async def _run(self, key: str, send: Callable[[str], Awaitable[None]], host: str) -> None:
        try:
            await send(host)
            while key in self._asked_again:
                self._asked_again.discard(key)
                await send(host)
        except Exception:
            logger.exception("what the database holds for the viewers of %s could not be sent", host)
        finally:
            del self._running[key]

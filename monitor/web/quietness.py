"""Quietness of live sockets: one for which the database fails ends with a code and a sentence, not with a traceback."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from monitor.database import inlog
from monitor.live import wire

logger = logging.getLogger(__name__)

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]

NO_DATABASE = 4503


class Sentences:
    """Ends a WebSocket for which the database fails with a code and a sentence; one line of the log tells of it.

    It stands inside of what keeps the server's own `send`, which is not to be wrapped.
    """

    def __init__(self, inner: Application) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Pass the connection on."""
        opened = False

        async def noting(message: dict[str, Any]) -> None:
            nonlocal opened
            opened = opened or message["type"] == "websocket.accept"
            await send(message)

        try:
            await self.inner(scope, receive, noting)
        except Exception as error:
            if not inlog.is_trouble(error):
                raise
            said = inlog.told(error)
            logger.error("a live view ends: the database failed: %s", said, extra={"about": said})
            if not opened:
                await send({"type": "websocket.accept"})
            await wire.close(
                scope.get("raw_send", send), NO_DATABASE, "The database does not answer at the moment."
            )

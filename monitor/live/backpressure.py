"""Tells when a WebSocket's reader is slower than what is sent to it.

Daphne hands every message to Twisted's transport and never waits. Twisted's own answer is a producer: it is paused
once 64 KiB wait unsent and resumed when they are gone. A Valve is such a producer that only remembers.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Valve:
    """Open while the socket takes data; `on_open` runs when it takes data again."""

    def __init__(self, on_open: Callable[[], None]) -> None:
        self.closed_since: float | None = None
        self._on_open = on_open

    def pauseProducing(self) -> None:
        """The socket's buffer is full."""
        if self.closed_since is None:
            self.closed_since = time.monotonic()

    def resumeProducing(self) -> None:
        """The socket's buffer is empty again."""
        self.closed_since = None
        self._on_open()

    def stopProducing(self) -> None:
        """The connection is gone."""

    @property
    def is_open(self) -> bool:
        """Whether data may be sent now."""
        return self.closed_since is None

    def closed_for(self) -> float:
        """Seconds since the reader stopped taking data; 0 while it does."""
        return 0.0 if self.closed_since is None else time.monotonic() - self.closed_since


def attach(send: Send, valve: Valve) -> bool:
    """Put `valve` on the transport behind Daphne's `send`; False where the server is another one."""
    protocol = next(iter(getattr(send, "args", ())), None)
    transport: Any = getattr(protocol, "transport", None)
    if not hasattr(transport, "registerProducer"):
        return False
    transport.unregisterProducer()  # Daphne leaves its HTTP channel there, which would stop reading instead
    transport.registerProducer(valve, True)
    return True

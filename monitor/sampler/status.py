"""Status of the sampler, as the pages are told it: when it changed, and now and then as a sign of life."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from monitor.live import publishing

STATUS_SECONDS = 15.0


class StatusTeller:
    """Tells what `status` says, of whichever host `host` names; any thread may call it."""

    def __init__(
        self,
        host: Callable[[], str],
        status: Callable[[], Mapping[str, object]],
        publish: Callable[[publishing.Event], Any],
    ) -> None:
        self._host, self._status, self._publish = host, status, publish
        self._told: dict[str, object] = {}
        self._due = 0.0
        self._lock = threading.Lock()

    def hurry(self) -> None:
        """Let the page learn it at once, though the status is the same: the database holds news."""
        self._due = 0.0

    def tell(self) -> None:
        """Push the status when it changed, and every 15 s as a sign of life."""
        with self._lock:
            status = self._status()
            changed = {key: value for key, value in status.items() if key != "lateness_ms"}
            if changed == self._told and time.monotonic() < self._due:
                return
            self._told, self._due = changed, time.monotonic() + STATUS_SECONDS
        self.push(status)

    def push(self, status: Mapping[str, object]) -> None:
        """Push `status` as it is."""
        self._publish(publishing.status_event(self._host(), status))

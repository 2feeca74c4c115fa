"""A live socket in the test's hand: it says what the test says, when the test says it."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, WebSocketRoute

from tests.stages.servers import until

CALM = {"tone": "ok", "text": "All calm. For a test."}


class FakeSocket:
    """Stands in for the server's side of /ws/live/ on one page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.routes: list[WebSocketRoute] = []
        page.route_web_socket("**/ws/live/**", lambda route: self.routes.append(route))

    def open(self, path: str = "/") -> dict[str, Any]:
        """Open the page, wait for its socket and return its first paint."""
        self.page.goto(path)
        self.wait(1)
        found: dict[str, Any] = self.page.evaluate(
            "() => JSON.parse(document.getElementById('first-paint').textContent)"
        )
        return found

    def wait(self, connections: int) -> None:
        """Wait until the page has connected that many times."""

        def connected() -> bool:
            self.page.evaluate("() => 0")  # lets events of the page in
            return len(self.routes) >= connections

        until(connected, f"connection {connections}", 20)

    def say(self, kind: str, **fields: Any) -> None:
        """Send one frame on the newest connection."""
        self.routes[-1].send(json.dumps({"type": kind, **fields}))

    def greet(self, page: dict[str, Any]) -> None:
        """Say hello as the server would: nothing has happened since the first paint."""
        latest = page["latest"]
        self.say(
            "hello", version=1, host="testhost", interval=1.0, last_id=latest["id"], at=page["server_time"]
        )

    def sample(
        self, sample_id: int | None, previous: int | None, at: int, mean: float = 50.0,
        groups: list[dict[str, Any]] | None = None, **values: float | None,
    ) -> None:  # fmt: skip
        """Send one sample; `mean` is that of its CPU over 2 minutes, `groups` are the control groups at work."""
        self.say("sample", id=sample_id, previous_id=previous, at=at, covered_ms=1000,
                 values={"cpu_percent": 50.0, "load1": 1.0, "load5": 1.0, "load15": 1.0} | values,
                 mean_2m={"cpu_percent": mean, "load1": 1.0}, verdict=CALM, groups=groups)  # fmt: skip

    def close(self, code: int) -> None:
        """Close the newest connection."""
        self.routes[-1].close(code=code)

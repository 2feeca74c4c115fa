"""The one frame that a page sends: it is believed of the drill that runs, and of nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.stages.servers import Site, until

pytestmark = pytest.mark.processes
DRILL = """
from datetime import timedelta
from django.utils import timezone
from monitor.models import Alert, Host, LoadTest, Rule
now, rule = timezone.now(), Rule.objects.get(name="CPU")
host, _ = Host.objects.get_or_create(name="testhost", defaults={"interval": 1.0, "effective_cores": 2.0})
LoadTest.objects.all().delete(), Alert.objects.all().delete()
LoadTest.objects.create(host=host, state="running", seconds=600, workers=1, expects_alert=True, rule=rule,
                        started_at=now - timedelta(seconds=9))
fields = dict(host=host, rule_name="CPU", metric="cpu_percent", severity="warning", started_at=now, fired_at=now,
              last_seen_at=now, threshold=75, clear_threshold=65, value=80, peak=80, is_test=True)
print(Alert.objects.create(rule=rule, **fields).pk, Alert.objects.create(rule=Rule.objects.get(name="Load"), **fields).pk)
"""


@pytest.fixture(scope="module")
def served() -> Iterator[Site]:
    """A web server without a sampler, which would end a load test that is not its own."""
    with Site() as site:
        site.shell(DRILL)
        site.start_web()
        yield site


def live(site: Site) -> connect:
    return connect(f"ws://127.0.0.1:{site.port}/ws/live/?host=testhost", origin=site.url)


def seen_at(site: Site) -> str | None:
    [(at,)] = site.query("select seen_in_browser_at from monitor_loadtest")
    return at


async def send(viewer: ClientConnection, alert: Any, **more: Any) -> None:
    await viewer.send(json.dumps({"type": "seen", "alert": alert, **more}))


async def closing(viewer: ClientConnection) -> int | None:
    try:
        async with asyncio.timeout(20):
            while True:
                await viewer.recv()
    except ConnectionClosed:
        return viewer.close_code


async def test_the_first_page_that_shows_the_alert_is_noted_with_the_servers_time(served: Site) -> None:
    expected, _ = await asyncio.to_thread(lambda: served.shell(DRILL).split())
    began = datetime.now(UTC)
    async with live(served) as viewer:
        await send(viewer, int(expected))
        first = await asyncio.to_thread(until, lambda: seen_at(served), "the note")
    async with live(served) as other:
        await send(other, int(expected))
        await (await other.ping())
    assert seen_at(served) == first
    at = datetime.fromisoformat(first).replace(tzinfo=UTC)
    assert began - timedelta(seconds=1) <= at <= datetime.now(UTC) + timedelta(seconds=1)


async def test_what_is_not_the_alert_of_the_drill_changes_nothing(served: Site) -> None:
    expected, other = await asyncio.to_thread(lambda: served.shell(DRILL).split())
    async with live(served) as viewer:
        for alert in (int(other), 999_999, 2**63 - 1):
            await send(viewer, alert)
        await viewer.send('{"type": "glimpsed", "alert": "x"}')
        assert seen_at(served) is None
        await send(viewer, int(expected))
        assert await asyncio.to_thread(until, lambda: seen_at(served), "the note")
    assert "Traceback" not in served.log("web")


@pytest.mark.parametrize("alert", [0, -1, 1.0, "1", True, None, [1], 2**63])
async def test_a_frame_that_names_no_alert_ends_the_connection_with_4400(served: Site, alert: Any) -> None:
    async with live(served) as viewer:
        await send(viewer, alert)
        assert await closing(viewer) == 4400


async def test_a_frame_that_says_more_than_it_may_ends_the_connection_with_4400(served: Site) -> None:
    async with live(served) as viewer:
        await send(viewer, 1, at=5)
        assert await closing(viewer) == 4400


async def test_seen_frames_count_for_the_flood(served: Site) -> None:
    async with live(served) as viewer:
        for alert in range(1, 30):
            try:
                await send(viewer, alert)
            except ConnectionClosed:
                break
        assert await closing(viewer) == 4429

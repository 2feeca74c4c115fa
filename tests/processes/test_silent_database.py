"""A database that hangs: reading, judging and telling go on, pages say so, and nothing is lost."""

import asyncio
import contextlib
import json
import time
from itertools import pairwise

import pytest
from websockets.asyncio.client import connect

from tests.stages.postgres import Postgres
from tests.stages.servers import Site, until

pytestmark = pytest.mark.processes

LATE = (
    "from monitor.models import Rule; Rule.objects.all().delete(); "
    "Rule.objects.create(name='Late', metric='self_rss_bytes', threshold=1, clear_threshold=1, for_seconds=8)"
)


@pytest.fixture
def postgres():
    with Postgres() as postgres:
        yield postgres


@pytest.fixture
def far_site(postgres):
    """An installation whose database is a server."""
    with Site(LOADMON_INTERVAL="0.5", DATABASE_URL=postgres.url) as site:
        site.shell(LATE)
        yield site


@contextlib.asynccontextmanager
async def watched(site):
    """The times of the live samples without an id, None for any other frame, by a viewer who was there before."""
    seen: list[int | None] = []

    async def read(viewer):
        async for text in viewer:
            frame = json.loads(text)
            seen.append(frame["at"] if frame["type"] == "sample" and frame["id"] is None else None)

    async with connect(f"ws://127.0.0.1:{site.port}/ws/live/", origin=site.url) as viewer:
        reading = asyncio.create_task(read(viewer))
        await until_seen(lambda: seen, "the viewer")
        yield seen
        reading.cancel()
        await asyncio.wait([reading])


async def until_seen(condition, what):
    """Let the viewer read on until `condition` is true."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.05)


def lost(rows):
    """Pairs of stored readings between which one is missing: what a reading covers begins where the one before ended."""
    return [(one, two) for (one, _), (two, covered) in pairwise(rows) if two - one > covered + 50]


async def test_a_server_that_is_silent_loses_no_reading_and_no_alert_and_pages_say_so(postgres, far_site):
    site = far_site
    site.start_web()
    site.start("sampler", "manage.py", "runsampler")
    stored = "select taken_at_ms, covered_ms from monitor_sample order by id"
    until(lambda: site.alive("sampler") and postgres.query(stored), "the first sample", 60)
    async with watched(site) as seen:
        with postgres.silent():
            silent_ms = time.time() * 1000
            pages = ("/", "/healthz", "/api/v1/status")
            answers = [await asyncio.to_thread(site.request, "GET", path) for path in pages]
            await until_seen(
                lambda: (seen[-1] or 0) > silent_ms + 10_000, "frames of ten seconds without an id"
            )
            assert "Cannot store samples: the database does not answer" in site.log("sampler")
        until(lambda: "stored again; 0 were lost" in site.log("sampler"), "the recovery", 90)
    for status, headers, _ in answers:
        assert (status, headers["retry-after"]) == (503, "5")
    assert "does not answer at the moment" in json.loads(answers[2][2])["error"]
    rows = postgres.query(stored)
    assert lost(rows) == []
    assert {at for at in seen if at is not None} <= {at for at, _ in rows}
    fired = "select (extract(epoch from fired_at) * 1000)::bigint from monitor_alert where rule_name = 'Late'"
    assert postgres.query(fired)[0][0] in seen  # it was told before it could be stored
    until(lambda: site.request("GET", "/")[0] == 200, "the page")
    assert "Traceback" not in site.log("sampler")


async def test_a_file_that_another_process_locks_for_long_loses_no_reading_and_frames_flow(site):
    site.start_web()
    site.start_sampler()
    async with watched(site) as seen:
        with site.locked("EXCLUSIVE"):
            locked_ms = time.time() * 1000
            await until_seen(
                lambda: (seen[-1] or 0) > locked_ms + 4000, "frames of four seconds without an id"
            )
            status, _, _ = await asyncio.to_thread(site.request, "GET", "/")
        until(lambda: "stored again; 0 were lost" in site.log("sampler"), "the recovery")
    assert status == 200  # readers are not held up
    rows = site.query("select taken_at_ms, covered_ms from monitor_sample order by id")
    assert lost(rows) == []
    assert {at for at in seen if at is not None} <= {at for at, _ in rows}

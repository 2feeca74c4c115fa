"""The live WebSocket of a real Daphne: who gets in, what is thrown out, what slow and broken clients do to others."""

import asyncio
import contextlib
import json
import re
import shutil
import socket
import subprocess

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from monitor.live.layer import LocalChannelLayer
from tests.stages import attackers
from tests.stages.doors import log_in
from tests.stages.processes import resident_kilobytes
from tests.stages.servers import Site, until

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def open_site():
    with Site(LOADMON_INTERVAL="0.2") as site:
        site.start_web()
        site.start_sampler()
        until(
            lambda: site.query("select 1 from monitor_host where interval = 0.2"),
            "what the sampler says of itself",
        )
        yield site


@pytest.fixture(scope="module")
def private_site():
    with Site(LOADMON_PUBLIC="no", LOADMON_INTERVAL="0.2") as site:
        site.start_web()
        site.start_sampler()
        yield site


def live(site, path="/ws/live/", origin="own", **options):
    origin = site.url if origin == "own" else origin
    return connect(f"ws://127.0.0.1:{site.port}{path}", origin=origin, **options)


async def frames(viewer, kind, count):
    """The next `count` frames of one kind."""
    found = []
    async with asyncio.timeout(20):
        while len(found) < count:
            frame = json.loads(await viewer.recv())
            if frame["type"] == kind:
                found.append(frame)
    return found


async def until_closed(viewer):
    """The frames that come before the server closes; a sentence comes with the end."""
    found = []
    with contextlib.suppress(ConnectionClosed):
        async with asyncio.timeout(20):
            while True:
                found.append(json.loads(await viewer.recv()))
    assert viewer.close_reason.endswith(".")
    return found


async def closing(viewer):
    """The code with which the server closes."""
    await until_closed(viewer)
    return viewer.close_code


async def test_a_viewer_is_greeted_and_then_gets_every_sample(open_site):
    async with live(open_site, "/ws/live/?host=testhost") as viewer:
        [hello] = await frames(viewer, "hello", 1)
        samples = await frames(viewer, "sample", 5)
    assert (hello["host"], hello["interval"]) == ("testhost", 0.2)
    assert "cpu_percent" in hello["metrics"]
    assert [later["previous_id"] for later in samples[1:]] == [earlier["id"] for earlier in samples[:-1]]


async def test_a_frame_says_what_the_database_says(open_site):
    async with live(open_site) as viewer:
        frame = (await frames(viewer, "sample", 3))[-1]
    [(at, load1, cpu)] = open_site.query(
        "select taken_at_ms, load1, cpu_percent from monitor_sample where id = ?", frame["id"]
    )
    assert (at, load1, cpu) == (frame["at"], frame["values"]["load1"], frame["values"]["cpu_percent"])


@pytest.mark.parametrize(
    "origin",
    [None, "null", "http://127.0.0.1", "http://127.0.0.1:1", "https://127.0.0.1:{port}", "http://localhost:{port}",
     "http://127.0.0.1:{port}.evil.example", "http://evil.example", "http://127.0.0.1:{port}@evil.example",
     "http://127.0.0.1:{port}/x"],
)  # fmt: skip
async def test_another_origin_is_refused_before_anything_is_said(open_site, origin):
    with pytest.raises(InvalidStatus) as refused:
        async with live(open_site, origin=origin and origin.format(port=open_site.port)):
            pass
    assert refused.value.response.status_code in (400, 403)


async def test_a_foreign_host_header_is_refused_even_with_a_matching_origin(open_site):
    with socket.create_connection(("127.0.0.1", open_site.port), timeout=10) as raw:
        raw.sendall(
            b"GET /ws/live/ HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        assert b" 403 " in raw.recv(1000).split(b"\r\n")[0]


@pytest.mark.parametrize("path", ["/", "/ws/", "/ws/live", "/ws/live/more/", "/ws/%00"])
async def test_an_unknown_path_is_closed_with_4404(open_site, path):
    async with live(open_site, path) as viewer:
        assert await closing(viewer) == 4404


@pytest.mark.parametrize("host", ["nobody", "%00", "x" * 3000])
async def test_an_unknown_host_is_closed_with_4404(open_site, host):
    async with live(open_site, f"/ws/live/?host={host}") as viewer:
        assert await closing(viewer) == 4404


@pytest.mark.parametrize(
    "junk",
    [
        "{",
        "[1, 2]",
        "null",
        '"text"',
        "[" * 4000,
        b"\x00\x01",
        json.dumps({"a": "x" * 5000}),
        "NaN",
        "{}x",
        '{"a": NaN}',
    ],
)
async def test_a_junk_frame_ends_the_connection_with_4400(open_site, junk):
    async with live(open_site) as viewer:
        await viewer.send(junk)
        assert await closing(viewer) == 4400


async def test_a_small_object_is_harmless(open_site):
    async with live(open_site) as viewer:
        await viewer.send('{"type": "ping"}')
        assert await frames(viewer, "sample", 2)


async def test_a_flood_ends_the_connection_with_4429(open_site):
    async with live(open_site) as viewer:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(100):
                await viewer.send("{}")
        assert await closing(viewer) == 4429


async def test_junk_leaves_no_traceback_in_the_log(open_site):
    async with live(open_site) as viewer:
        await viewer.send("[")
        await closing(viewer)
    assert "Traceback" not in open_site.log("web")


async def test_an_invented_root_path_header_changes_nothing(open_site):
    async with live(open_site, additional_headers={"Daphne-Root-Path": "/evil"}) as viewer:
        assert await frames(viewer, "hello", 1)
    headers = {"Daphne-Root-Path": "http://evil.example"}
    status, answer, _ = open_site.request("GET", "/admin/", headers=headers)
    assert status == 302
    assert "evil" not in answer["location"]


async def test_a_proxied_stranger_is_not_local(open_site):
    async with live(open_site, additional_headers={"X-Forwarded-For": "203.0.113.9"}) as viewer:
        assert await closing(viewer) == 4401


async def test_without_a_login_nothing_is_told_where_reading_needs_one(private_site):
    async with live(private_site) as viewer:
        assert await closing(viewer) == 4401


def log_out(site, cookie):
    """As the page's button does it."""
    _, headers, body = site.request("GET", "/", headers={"Cookie": cookie})
    token = re.search(r'name="csrf-token" content="(\w+)"', body.decode()).group(1)
    both = f"{cookie}; {headers['set-cookie'].split(';')[0]}"
    headers = {"Cookie": both, "X-CSRFToken": token, "Origin": site.url}
    status, _, _ = site.request("POST", "/logout/", headers=headers)
    assert status == 302


@pytest.fixture
def cookie(private_site):
    private_site.shell("from monitor.access.login_links import ensure_administrator; ensure_administrator()")
    return log_in(private_site)


async def test_a_login_opens_the_socket_and_its_end_closes_it_at_once(private_site, cookie):
    async with live(private_site, additional_headers={"Cookie": cookie}) as viewer:
        await frames(viewer, "sample", 2)
        await asyncio.to_thread(log_out, private_site, cookie)
        newest = private_site.query("select max(id) from monitor_sample")[0][0]
        seen = await until_closed(viewer)
    assert viewer.close_code == 4401
    later = [frame for frame in seen if frame["type"] == "sample" and frame["id"] > newest]
    assert len(later) < 25, "five seconds of samples after the log-out: it was the look at all logins"


async def test_a_dashboard_outlives_a_killed_sampler(open_site):
    async with live(open_site) as viewer:
        first = (await frames(viewer, "sample", 3))[-1]["id"]
        open_site.kill("sampler")
        await asyncio.to_thread(open_site.start_sampler)
        ids = [frame["id"] for frame in await frames(viewer, "sample", 5)]
    stored = [row[0] for row in open_site.query(
        "select id from monitor_sample where id > ? and id <= ? order by id", first, ids[-1])]  # fmt: skip
    assert ids == stored


async def test_readers_that_do_not_read_neither_bloat_the_server_nor_hold_up_the_others(open_site):
    """Ten stuck readers, 20 MB of frames for each: the server's memory must not follow."""
    layer = LocalChannelLayer(str(open_site.data / "sockets"))
    text = json.dumps({"type": "sample", "id": None, "at": 0, "padding": "x" * 2000})
    port = open_site.port
    try:
        with attackers.holding(port, 10, attackers.upgrade(port)):
            async with live(open_site, max_queue=None) as healthy:
                await frames(healthy, "sample", 1)
                before = resident_kilobytes(open_site.processes["web"].pid)
                for number in range(10_000):
                    event = {
                        "type": "live.sample",
                        "host": "testhost",
                        "id": None,
                        "previous_id": None,
                        "text": text,
                    }
                    await layer.group_send("live", event)
                    if number % 20 == 0:
                        await asyncio.sleep(0.005)
                grown = resident_kilobytes(open_site.processes["web"].pid) - before
                assert [frame for frame in await frames(healthy, "sample", 1000) if frame["id"] is None]
            assert grown < 20_000
    finally:
        await layer.close()


@pytest.fixture
def redis_port(tmp_path):
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed (apt-get install redis-server)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_redis(port, directory):
    command = [
        "redis-server",
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(directory),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def answers():
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    until(answers, "redis")
    return process


async def test_redis_carries_the_events_and_its_death_loses_none(redis_port, tmp_path):
    redis = start_redis(redis_port, tmp_path)
    try:
        with Site(REDIS_URL=f"redis://127.0.0.1:{redis_port}/0", LOADMON_INTERVAL="0.2") as site:
            await asyncio.to_thread(site.start_web)
            await asyncio.to_thread(site.start_sampler)
            async with live(site) as viewer:
                first = (await frames(viewer, "sample", 3))[-1]
                assert "mean_2m" in first
                redis.kill()
                redis.wait()
                ids = [frame["id"] for frame in await frames(viewer, "sample", 10)]
            stored = [row[0] for row in site.query(
                "select id from monitor_sample where id > ? and id <= ? order by id", first["id"], ids[-1])]  # fmt: skip
            assert ids == stored
            assert site.alive("sampler")
    finally:
        redis.kill()
        redis.wait()

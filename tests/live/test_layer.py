"""The local channel layer: Channels' semantics, in one process and across two."""

import asyncio
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest
from channels.exceptions import ChannelFull

from monitor.live.layer import LocalChannelLayer, socket_directory


@pytest.fixture
async def layer(tmp_path):
    layer = LocalChannelLayer(str(tmp_path / "s"), capacity=3)
    yield layer
    await layer.close()


@pytest.fixture
async def other(tmp_path, layer):
    other = LocalChannelLayer(str(tmp_path / "s"), capacity=3)
    yield other
    await other.close()


async def soon(awaitable):
    return await asyncio.wait_for(awaitable, 5)


async def nothing_comes(layer, channel):
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(layer.receive(channel), 0.05)


async def test_a_message_reaches_its_channel(layer):
    channel = await layer.new_channel()
    await layer.send(channel, {"type": "a", "n": 1})
    assert await soon(layer.receive(channel)) == {"type": "a", "n": 1}


async def test_sending_over_capacity_raises(layer):
    for n in range(3):
        await layer.send("c", {"n": n})
    with pytest.raises(ChannelFull):
        await layer.send("c", {"n": 3})


async def test_a_group_reaches_every_member_and_nobody_else(layer):
    one, two, three = [await layer.new_channel() for _ in range(3)]
    await layer.group_add("g", one)
    await layer.group_add("g", two)
    await layer.group_send("g", {"type": "x"})
    assert await soon(layer.receive(one)) == await soon(layer.receive(two)) == {"type": "x"}
    await nothing_comes(layer, three)


async def test_a_discarded_member_hears_nothing(layer):
    channel = await layer.new_channel()
    await layer.group_add("g", channel)
    await layer.group_discard("g", channel)
    await layer.group_discard("g", channel)
    await layer.group_send("g", {"type": "x"})
    await nothing_comes(layer, channel)


async def test_a_slow_group_member_loses_the_oldest_messages(layer):
    channel = await layer.new_channel()
    await layer.group_add("g", channel)
    for n in range(10):
        await layer.group_send("g", {"n": n})
    assert [(await soon(layer.receive(channel)))["n"] for _ in range(3)] == [7, 8, 9]


async def test_expired_messages_are_not_delivered(tmp_path):
    layer = LocalChannelLayer(str(tmp_path / "s"), expiry=0)
    await layer.send("c", {"n": 1})
    await nothing_comes(layer, "c")
    await layer.close()


async def test_an_expired_message_does_not_end_a_membership(layer, monkeypatch):
    """The stock in-memory layer drops a member for good after one old message, and every member after a day."""
    channel = await layer.new_channel()
    await layer.group_add("g", channel)
    await layer.group_send("g", {"n": 1})
    real = time.monotonic
    monkeypatch.setattr("monitor.live.layer.time.monotonic", lambda: real() + 10 * 86400)
    await layer.group_send("g", {"n": 2})
    assert await soon(layer.receive(channel)) == {"n": 2}


async def test_a_message_cannot_be_changed_by_another_reader(layer):
    one, two = await layer.new_channel(), await layer.new_channel()
    await layer.group_add("g", one)
    await layer.group_add("g", two)
    await layer.group_send("g", {"n": 1})
    (await soon(layer.receive(one)))["n"] = 99
    assert await soon(layer.receive(two)) == {"n": 1}


@pytest.mark.parametrize("name", ["", "white space", "ü", "x" * 100, None])
async def test_bad_names_are_refused(layer, name):
    with pytest.raises(TypeError):
        await layer.send(name, {})
    with pytest.raises(TypeError):
        await layer.group_add(name, "c")
    with pytest.raises(TypeError):
        await layer.group_send(name, {})


async def test_a_group_crosses_layers(layer, other):
    channel = await other.new_channel()
    await other.group_add("g", channel)
    await layer.group_send("g", {"type": "x", "text": "Ä" * 1000})
    assert await soon(other.receive(channel)) == {"type": "x", "text": "Ä" * 1000}


async def test_a_channel_name_leads_back_to_its_process(layer, other):
    channel = await other.new_channel("specific")
    waiting = asyncio.ensure_future(other.receive(channel))
    await asyncio.sleep(0)
    await layer.send(channel, {"n": 1})
    assert await soon(waiting) == {"n": 1}


async def test_a_socket_left_by_a_dead_process_is_removed(layer):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as left:
        left.bind(str(layer.directory / "dead.sock"))
    await layer.group_send("g", {"n": 1})
    assert list(layer.directory.glob("*.sock")) == []


async def test_a_message_too_large_for_a_datagram_is_a_clear_error(layer, other):
    await other.group_add("g", await other.new_channel())
    with pytest.raises(ValueError, match="too large for a datagram"):
        await layer.group_send("g", {"text": "x" * 3_000_000})


async def test_junk_in_the_socket_is_ignored(layer, other, caplog):
    channel = await other.new_channel()
    await other.group_add("g", channel)
    path = other.directory / f"{other.identity}.sock"
    for junk in (b"", b"\xc1", b"\x93\x01\x02\x03", b"\x81\xa1x\x01"):
        layer._sender.sendto(junk, str(path))
    await layer.group_send("g", {"n": 1})
    assert await soon(other.receive(channel)) == {"n": 1}
    assert "not a loadmon message" in caplog.text


async def test_a_reader_that_is_not_reading_costs_the_sender_nothing(layer, other):
    await other.group_add("g", await other.new_channel())
    for n in range(5000):
        await layer.group_send("g", {"n": n, "text": "x" * 1000})


def test_a_directory_that_others_may_enter_is_refused():
    with tempfile.TemporaryDirectory() as short:
        Path(short).chmod(0o755)
        with pytest.raises(PermissionError, match="must belong to user"):
            socket_directory(Path(short))


def test_a_path_too_long_for_a_socket_moves_to_the_temporary_directory(tmp_path):
    short = socket_directory(tmp_path / ("x" * 120))
    assert len(str(short)) < 80
    assert short == socket_directory(tmp_path / ("x" * 120))
    short.rmdir()


SENDER = """
    import asyncio, sys
    from monitor.live.layer import LocalChannelLayer
    layer = LocalChannelLayer(sys.argv[1])
    asyncio.run(layer.group_send("g", {"from": "another process"}))
"""


@pytest.mark.processes
async def test_a_group_crosses_real_processes(tmp_path):
    layer = LocalChannelLayer(str(tmp_path / "s"))
    channel = await layer.new_channel()
    await layer.group_add("g", channel)
    command = [sys.executable, "-c", textwrap.dedent(SENDER), str(tmp_path / "s")]
    sender = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=30)
    assert sender.returncode == 0, sender.stderr
    assert await soon(layer.receive(channel)) == {"from": "another process"}
    await layer.close()


@pytest.mark.processes
async def test_a_killed_process_leaves_nothing_in_the_way(tmp_path):
    script = """
        import asyncio, sys
        from monitor.live.layer import LocalChannelLayer
        async def main():
            layer = LocalChannelLayer(sys.argv[1])
            await layer.group_add("g", await layer.new_channel())
            print("ready", flush=True)
            await asyncio.sleep(60)
        asyncio.run(main())
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(tmp_path / "s")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    process.kill()
    process.wait()
    process.stdout.close()
    layer = LocalChannelLayer(str(tmp_path / "s"))
    assert len(list(layer.directory.glob("*.sock"))) == 1
    await layer.group_send("g", {"n": 1})
    assert list(layer.directory.glob("*.sock")) == []
    await layer.close()


def test_a_process_that_ends_leaves_no_socket_behind(tmp_path):
    code = (
        "import asyncio, sys; from monitor.live.layer import LocalChannelLayer\n"
        "layer = LocalChannelLayer(sys.argv[1])\n"
        "async def main():\n"
        "    await layer.group_add('g', await layer.new_channel())\n"
        "    layer._listen()\n"
        "    assert list(layer.directory.glob('*.sock'))\n"
        "asyncio.run(main())\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "s")], check=True)
    assert list(tmp_path.rglob("*.sock")) == []

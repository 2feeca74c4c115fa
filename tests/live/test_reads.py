"""Reads for the viewers: one that hangs holds nobody up, and the newest is read once more."""

from __future__ import annotations

import asyncio

from monitor.live.reads import Reads


async def test_a_read_that_hangs_lets_its_caller_go_on_and_is_asked_once_more_when_it_ends() -> None:
    reads, free, sent = Reads(), asyncio.Event(), []

    async def send(host: str) -> None:
        await free.wait()
        sent.append(host)

    for _ in range(5):
        await reads.newest("alerts", send, "db-01")
    assert sent == []
    free.set()
    async with asyncio.timeout(60):
        while len(sent) < 2:
            await asyncio.sleep(0)
    await reads.newest("alerts", send, "db-01")
    assert sent == ["db-01"] * 3


async def test_a_read_that_fails_is_logged_and_the_next_one_comes(caplog) -> None:
    reads, sent = Reads(), []

    async def fail(host: str) -> None:
        raise LookupError("of a test")

    async def send(host: str) -> None:
        sent.append(host)

    await reads.newest("alerts", fail, "db-01")
    await reads.newest("alerts", send, "db-01")
    assert "could not be sent" in caplog.text
    assert sent == ["db-01"]

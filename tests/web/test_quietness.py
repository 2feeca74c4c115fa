"""A live socket without a database is closed with a code and a sentence; a fault of ours is passed on."""

from __future__ import annotations

import asyncio

import pytest
from django.db import OperationalError

from monitor.web.asgi import SameSiteOnly
from monitor.web.quietness import Sentences


async def nothing():
    await asyncio.Event().wait()


@pytest.mark.parametrize("accepted", [True, False])
def test_a_websocket_without_a_database_is_closed_with_a_code_and_a_sentence(accepted, caplog):
    sent = []

    async def send(message):
        sent.append(message)

    async def inner(scope, receive, send):
        if accepted:
            await send({"type": "websocket.accept"})
        raise OperationalError("database is locked")

    asyncio.run(Sentences(inner)({"type": "websocket"}, nothing, send))
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.close"]
    assert sent[-1]["code"] == 4503
    (record,) = caplog.records
    assert record.exc_info is None
    assert "the database failed: " in record.getMessage()


def test_a_fault_of_ours_is_passed_on():
    async def inner(scope, receive, send):
        raise KeyError("x")

    with pytest.raises(KeyError):
        asyncio.run(Sentences(inner)({"type": "websocket"}, nothing, nothing))


def test_the_hub_still_writes_through_the_servers_own_send():
    seen = []

    async def inner(scope, receive, send):
        seen.append((scope["raw_send"], send))

    async def send(message):
        """Of the server."""

    headers = [(b"host", b"localhost:8000"), (b"origin", b"http://localhost:8000")]
    asyncio.run(SameSiteOnly(Sentences(inner))({"type": "websocket", "headers": headers}, nothing, send))
    ((raw, wrapped),) = seen
    assert raw is send
    assert wrapped is not send

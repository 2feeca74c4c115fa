"""Which host a WebSocket asks for: its name may be any text, and reaches no database that would choke on it."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.backends.utils import CursorWrapper

from monitor.web.dashboard.socket import LiveConsumer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def strict(monkeypatch) -> None:
    """A database that refuses NUL, as psycopg does for PostgreSQL."""
    execute = CursorWrapper.execute

    def refusing(self: Any, sql: str, params: Any = None) -> Any:
        if any(isinstance(one, str) and "\0" in one for one in params or ()):
            raise ValueError("A string literal cannot contain NUL (0x00) characters.")
        return execute(self, sql, params)

    monkeypatch.setattr(CursorWrapper, "execute", refusing)


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("name", ["%00", "nobody%00", "nobody", "x" * 3000])
async def test_a_name_that_no_host_has_closes_the_socket_with_a_sentence(name) -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    consumer = LiveConsumer()
    consumer.base_send = send
    consumer.scope = {
        "user": AnonymousUser(),
        "session": SimpleNamespace(session_key=None),
        "query_string": f"host={name}".encode(),
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50000),
        "headers": [(b"host", b"127.0.0.1:8000")],
        "raw_send": send,
    }
    await consumer.connect()
    assert sent[-1] == {"type": "websocket.close", "code": 4404, "reason": "There is no host of this name."}

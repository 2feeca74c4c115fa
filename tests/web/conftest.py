"""What the tests of the web share."""

from __future__ import annotations

import pytest
from django.test import Client

from monitor.live import publishing
from tests.factories import make_user

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[publishing.Event]:
    """The live events that were published; they go nowhere else."""
    found: list[publishing.Event] = []

    async def publish(event: publishing.Event) -> None:
        found.append(event)

    monkeypatch.setattr(publishing, "publish", publish)
    return found


@pytest.fixture
def operator(db: None, client: Client) -> Client:
    """A client whose user may run load tests."""
    user = make_user("ann", ["run_loadtest"])
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def ann(db: None) -> Client:
    """A client whose user may acknowledge and silence."""
    client = Client()
    client.force_login(
        make_user("ann", ["acknowledge_alert", "add_silence"]),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client

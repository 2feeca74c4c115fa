"""The other sides as fixtures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor.notifications import chart_cache
from tests.stages.receivers import Post, Web, mail_server, web_server


@pytest.fixture(autouse=True)
def no_charts_of_other_tests() -> None:
    """Rows of two tests may have the same ids."""
    chart_cache.clear()


@pytest.fixture
def web(settings) -> Iterator[Web]:
    """A web server on this machine, which may be reached."""
    settings.LOADMON_PRIVATE_RECEIVERS = True
    with web_server() as server:
        yield server


@pytest.fixture
def post(settings) -> Iterator[Post]:
    """A mail server on this machine, set as ours."""
    with mail_server() as server:
        settings.EMAIL_BACKEND = "monitor.notifications.transports.email.AnsweringBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.DEFAULT_FROM_EMAIL = "loadmon <loadmon@example.org>"
        yield server

"""The other sides as fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.utils import timezone

from monitor.notifications import chart_cache
from monitor.notifications.models import Notifier
from tests.factories import make_samples
from tests.stages.outbox import Stage
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


@pytest.fixture
def stage() -> Stage:
    """An alert of a rule of its own, to be fired and told."""
    return Stage()


@pytest.fixture
def well(stage: Stage, settings) -> datetime:
    """A machine on which all is well."""
    settings.LOADMON_HOST_NAME = stage.host.name
    now = timezone.now()
    make_samples(stage.host, 3, end_ms=int(now.timestamp() * 1000))
    Notifier.objects.create(pk=1, seen_at=now)
    return now

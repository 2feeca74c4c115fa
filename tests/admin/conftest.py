"""What the tests of the admin share."""

from datetime import UTC, datetime

import pytest

from monitor.hosts.models import Host

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def stopped_host() -> Host:
    """A host whose sampler was stopped."""
    return Host.objects.create(
        name="web1", effective_cores=2.0, cores_reason="2 of 2", sampler_stopped_at=START
    )

"""What the tests of commands share."""

from __future__ import annotations

import pytest

from monitor.hosts.models import Host
from tests.factories import make_samples


@pytest.fixture
def sampled_host(host: Host, now_ms: int) -> Host:
    """A host with a fresh sample, as if its sampler ran."""
    make_samples(host, 1, end_ms=now_ms, cpu_percent=99.6, load1=1.25)
    return host

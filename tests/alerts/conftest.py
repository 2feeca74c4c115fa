"""What the tests of alerts share."""

import pytest

from monitor.hosts.models import Host
from tests.stages.feed import Feed


@pytest.fixture
def feed(host: Host) -> Feed:
    """A sampler of the host, fed with made-up readings."""
    return Feed(host)

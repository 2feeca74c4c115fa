"""What the tests of real processes share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stages.servers import Site


@pytest.fixture
def site() -> Iterator[Site]:
    """An installation in which nothing runs yet, to be sampled five times a second."""
    with Site(LOADMON_INTERVAL="0.2") as site:
        yield site

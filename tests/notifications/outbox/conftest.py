"""What the tests of the outbox share."""

import pytest

from monitor.notifications.models import Receiver
from tests.factories import make_receiver


@pytest.fixture
def receiver() -> Receiver:
    """A webhook of nobody."""
    return make_receiver()

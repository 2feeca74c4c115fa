"""What the tests of the dashboard share."""

import pytest

from monitor.alerts.evidence import store_busy
from tests.factories import make_host, make_samples
from tests.stages.busy import BUSY, COMMAND
from tests.stages.snapshots import document, row


@pytest.fixture
def busy_host(now_ms):
    """A host that ffmpeg keeps busy at this moment."""
    made = make_host()
    make_samples(made, 3, end_ms=now_ms, **BUSY)
    processes = [row("ffmpeg", 190.0, command=COMMAND)]
    store_busy(made, document(at=now_ms, online_cores=2, by_cpu=processes, by_memory=processes))
    made.refresh_from_db()
    return made

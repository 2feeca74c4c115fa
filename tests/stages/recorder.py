"""A recorder of alerts that is wired as the door of the sampler wires its own."""

from __future__ import annotations

from monitor.alerts.recording import Recorder
from monitor.hosts.models import Host
from monitor.loadtests.attribution import is_of_a_test
from monitor.notifications.outbox import enqueue


def recorder(host: Host) -> Recorder:
    """The recorder of `host`, which tells through the outbox."""
    return Recorder(host, tell=enqueue, is_test=is_of_a_test)

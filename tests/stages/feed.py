"""A feed of readings through the door, one a second, that can be restarted like a sampler."""

from __future__ import annotations

from typing import Any

from monitor.hosts.models import Host
from monitor.ingest.door import Door
from monitor.metrics.reading import Reading
from monitor.metrics.report import Report

START = 1_700_000_000_000
"""One second before the first reading, in milliseconds since the epoch."""


class Feed:
    """Feeds readings of two cores to the rules of a host."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.events: list[Any] = []
        self.now = START
        self.restart()

    def restart(self, after_seconds: int = 0) -> None:
        """A new sampler, so much later."""
        self.now += after_seconds * 1000
        self.gap = float(after_seconds)
        self.ingest = Door(self.host, self.events.append, 1.0)

    def __call__(self, seconds: int, load1: float, cpu_percent: float = 0.0, cores: float = 2.0) -> None:
        """So many readings that are alike."""
        for _ in range(seconds):
            self.now += 1000
            values = {"load1": load1, "cpu_percent": cpu_percent, "cpu_effective_cores": cores}
            self.ingest.accept(Report(Reading(self.now, 1.0, self.gap, values)))
            self.gap = 0.0

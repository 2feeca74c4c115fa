"""Roll-ups of a stage: samples of an hour, rolled up at once, and the tiers read back."""

from __future__ import annotations

from monitor.history import rollups
from monitor.history.domain.tiers import Row
from monitor.history.models import Sample
from monitor.hosts.models import Host

START = 1_700_000_000_000 - 1_700_000_000_000 % 3_600_000
"""The beginning of an hour, in milliseconds since the epoch."""


def sample(host: Host, second: int, cpu_percent: float | None, covered_ms: int = 1000) -> Sample:
    """A sample so many seconds after `START`."""
    return Sample.objects.create(
        host=host, taken_at_ms=START + second * 1000, covered_ms=covered_ms, cpu_percent=cpu_percent
    )


def roll_up_all(host: Host) -> None:
    """Roll up whatever is complete."""
    while rollups.roll_up(host):
        pass


def stored(host: Host, resolution: int) -> dict[int, Row]:
    """The buckets of a tier by their start in milliseconds."""
    return dict(rollups.summaries(host, resolution, 0, 10**15))

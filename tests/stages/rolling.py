"""Roll-ups of a stage: samples of an hour rolled up at once, whole buckets, and the tiers read back."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.history import passing, retention, rollups
from monitor.history.domain.tiers import Row
from monitor.history.models import Passing, RollupProgress, Sample
from monitor.hosts.models import Host
from tests.factories import bucket

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


def let_go(host: Host, now_ms: int) -> int:
    """Let a batch of what is too old at `now_ms` go, as if time enough had passed for all of it; return how many rows."""
    plenty = dict.fromkeys(passing.FIELDS.values(), 10**15)
    row, _ = Passing.objects.update_or_create(
        sampler=host, host=host, defaults={"boottime_ms": 0, "wall_ms": 0, **plenty}
    )
    return retention.prune(row, now_ms)


def stored(host: Host, resolution: int) -> dict[int, Row]:
    """The buckets of a tier by their start in milliseconds."""
    return dict(rollups.summaries(host, resolution, 0, 10**15))


def make_buckets(
    host: Host,
    resolution: int,
    first_ms: int,
    values: Sequence[float | None],
    metric: str = "cpu_percent",
    cores: float = 2.0,
) -> None:
    """Whole buckets of one metric from `first_ms` on; the progress says that they are done."""
    length = resolution * 1000
    rows = {
        first_ms + index * length: bucket(resolution, **{metric: value, "cpu_effective_cores": cores})
        for index, value in enumerate(values)
        if value is not None
    }
    rollups.store(host, resolution, rows)
    RollupProgress.objects.update_or_create(
        host=host, resolution=resolution, defaults={"pending_from_ms": first_ms + len(values) * length}
    )

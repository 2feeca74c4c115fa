"""File systems on a stage: a sampler that measures how full each of them is, once a second, and can be restarted."""

from __future__ import annotations

from typing import Any

from monitor.alerts.models import Alert, Transition
from monitor.hosts.models import Host
from monitor.ingest.door import Door
from monitor.metrics.members import Members
from monitor.metrics.reading import Reading
from monitor.metrics.report import Report
from monitor.rules.models import Rule

METRIC = "disk_fullest_percent"
START_MS = 1_700_000_000_000
FULL = {"/": 24.0, "/data": 95.0}
UNMOUNTED = {"/": 24.0}
FREED = {"/": 24.0, "/data": 30.0}


class Disks:
    """One rule, "Disk full", that fires at 90 % at once and clears below 87 % after 2 s."""

    def __init__(self, host: Host, **rule: Any) -> None:
        Rule.objects.exclude(name="Disk full").delete()
        fields = {"for_seconds": 0, "hold_seconds": 2, **rule}
        Rule.objects.filter(name="Disk full").update(**fields)
        self.host = host
        self.now = START_MS
        self.restart()

    def restart(self) -> None:
        """A new sampler."""
        self.door = Door(self.host, lambda event: None, 1.0)

    def __call__(self, seconds: int, percents: dict[str, float]) -> None:
        """So many seconds in which each file system is that full."""
        for _ in range(seconds):
            self.now += 1000
            values = {METRIC: max(percents.values()), "cpu_effective_cores": 2.0}
            self.door.accept(Report(Reading(self.now, 1.0, 0.0, values, {METRIC: Members(percents)})))

    @property
    def alert(self) -> Alert:
        """The newest alert as it is stored."""
        return Alert.objects.latest("id")

    @property
    def changes(self) -> list[str]:
        """What happened to the newest alert."""
        return list(Transition.objects.filter(alert=self.alert).values_list("change", flat=True))

"""A door on a stage: reports by the second, and a guard that lets a test say why nothing may be stored."""

from __future__ import annotations

from typing import Any

from monitor.database.guard import FileGuard
from monitor.hosts.models import Host
from monitor.ingest.door import Door
from monitor.metrics.catalogue import NAMES
from monitor.metrics.reading import Reading
from monitor.metrics.report import Report


def reading(second: float, **values: float | None) -> Reading:
    """A reading of one second in which all is 1.0 but for `values`."""
    return Reading(round(second * 1000), 1.0, 0.0, {name: values.get(name, 1.0) for name in NAMES})


def report(second: float, **values: float | None) -> Report:
    """A report of that reading alone."""
    return Report(reading(second, **values))


class FailingGuard(FileGuard):
    """Raises `error` at each look while there is one."""

    error: Exception | None = None

    def look(self) -> int:
        if self.error is not None:
            raise self.error
        return super().look()


def failing_door(host: Host, events: list[Any], error: Exception, interval: float = 1.0) -> Door:
    """A door whose database fails until the error of its guard is taken away."""
    guard = FailingGuard()
    guard.error = error
    return Door(host, events.append, interval, guard)

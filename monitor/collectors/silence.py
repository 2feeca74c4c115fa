"""Silence of collectors: metrics that had numbers and have none any more, and those that never had any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.metrics.catalogue import CATALOGUE

SILENT_SECONDS = 15.0
SILENT_TIMES = 3  # a rate has none at one reading for good reasons: after a gap, or as a disk comes or goes
MOST_NAMED = 3


@dataclass(slots=True)
class _Quiet:
    since: float
    times: int = 0


class Silence:
    """What one collector does not tell; times are of a monotonic clock."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._known: set[str] = set()
        self._quiet: dict[str, _Quiet] = {}
        self.stopped = ""
        """A sentence while metrics that had numbers have had none for a while; else ""."""
        self.never = ""
        """A sentence while none of its metrics has ever had a number, for a while; else ""."""

    def hear(self, values: Mapping[str, float | None], now: float) -> None:
        """Take the values of one reading."""
        for metric, value in values.items():
            if value is not None:
                self._known.add(metric)
                self._quiet.pop(metric, None)
            else:
                self._quiet.setdefault(metric, _Quiet(now)).times += 1
        long = [name for name, quiet in self._quiet.items() if self._is_long(quiet, now)]
        gone = [name for name in long if name in self._known]
        self.stopped = (
            f"The {self._name} collector gives no numbers any more for {_labels(gone)}." if gone else ""
        )
        is_never = not self._known and len(long) == len(values) > 0
        self.never = (
            f"The {self._name} collector finds nothing to measure on this system." if is_never else ""
        )

    def _is_long(self, quiet: _Quiet, now: float) -> bool:
        return quiet.times >= SILENT_TIMES and now - quiet.since >= SILENT_SECONDS


def _labels(metrics: list[str]) -> str:
    words = [CATALOGUE[name].label for name in metrics]
    more = f" and {len(words) - MOST_NAMED} more" if len(words) > MOST_NAMED else ""
    return ", ".join(words[:MOST_NAMED]) + more

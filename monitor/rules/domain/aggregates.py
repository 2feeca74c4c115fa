"""Aggregates: what rules judge, the latest value of a metric or a statistic of its last seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from monitor.metrics.windows import ExtremeWindow, Window


class Statistic(StrEnum):
    """What of a window is judged; the same words as in the database."""

    MEAN = "mean"
    MAX = "max"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One metric as it is judged; `seconds` 0 is the latest value, whatever the statistic.

    level: for a share of time, in percent: the value that counts as beyond, with `per_core` times the cores.
    below: beyond means at or below the level, and the extreme is the lowest value.
    """

    metric: str
    seconds: float = 0.0
    statistic: Statistic = Statistic.MEAN
    level: float | None = None
    below: bool = False
    per_core: bool = False

    def window(self) -> Window:
        """An empty window for it."""
        if self.statistic is Statistic.MAX:
            return ExtremeWindow(self.seconds, lowest=self.below)
        return Window(self.seconds)

    def taken(self, value: float | None, cores: float | None) -> float | None:
        """What goes into its window for one `value` on so many cores; None for what is not known."""
        if self.statistic is not Statistic.SHARE or value is None:
            return value
        factor = cores if self.per_core else 1.0
        if factor is None or self.level is None:
            return None
        level = self.level * factor
        return 100.0 if (value <= level if self.below else value >= level) else 0.0


class Aggregates:
    """The windows of a set of aggregates, each filled once however many rules share it."""

    def __init__(self, aggregates: Iterable[Aggregate]) -> None:
        self._windows = {aggregate: aggregate.window() for aggregate in aggregates if aggregate.seconds}
        self._feeds = [
            (aggregate.metric, aggregate if aggregate.statistic is Statistic.SHARE else None, window)
            for aggregate, window in self._windows.items()
        ]
        self._latest: Mapping[str, float | None] = {}

    def take(
        self, covered: float, gap: float, values: Mapping[str, float | None], cores: float | None
    ) -> None:
        """Move on by `covered` + `gap` seconds to these values."""
        self._latest = values
        length = round(covered * 1000)
        passed = length + round(gap * 1000)
        for metric, share, window in self._feeds:
            value = values.get(metric)
            window.push(length, passed, value if share is None else share.taken(value, cores))

    def source(self, aggregate: Aggregate) -> Callable[[], float | None]:
        """A function that tells what `aggregate` judges now; None while it is unknown."""
        if aggregate.seconds:
            return self._windows[aggregate].value
        return lambda: self._latest.get(aggregate.metric)

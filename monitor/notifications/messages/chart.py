"""Chart of a message as values: what it shows and where its ticks lie; drawn by monitor.notifications.chart_png."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.metrics.catalogue import Unit
from monitor.metrics.quantities import quantity

MOST_VALUE_TICKS = 5
MOST_TIME_TICKS = 7
HEADROOM = 1.08
BYTE_UNITS = (Unit.BYTES, Unit.BYTES_PER_SECOND)
TIME_STEPS = tuple(
    timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)
)
LONGEST_TICK_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One line over time. times: ms since the epoch, rising; values: None is a gap. start, end: aware, in the zone shown.

    thresholds: (value, label), drawn across. moments: (time, label), drawn upright.
    """

    label: str
    unit: Unit
    start: datetime
    end: datetime
    times: tuple[int, ...]
    values: tuple[float | None, ...]
    thresholds: tuple[tuple[float, str], ...] = ()
    moments: tuple[tuple[datetime, str], ...] = ()

    @property
    def top(self) -> float:
        """The value at the upper edge; the lower edge is zero."""
        known = [value for value in self.values if value is not None and math.isfinite(value)]
        highest = max([*known, *(value for value, _ in self.thresholds), 0.0]) * HEADROOM
        if self.unit is Unit.PERCENT and 50.0 < highest <= 100.0 * HEADROOM:
            return 100.0
        return highest or 1.0


def value_ticks(chart: Chart) -> list[tuple[float, str]]:
    """Up to six round values from zero on, with their text."""
    rough = chart.top / MOST_VALUE_TICKS
    base = 1.0
    if chart.unit in BYTE_UNITS:
        base = 1024.0 ** max(0, math.floor(math.log(rough, 1024))) if rough >= 1 else 1.0
    power = 10.0 ** math.floor(math.log10(rough / base))
    step = next(base * power * one for one in (1.0, 2.0, 2.5, 5.0, 10.0, 20.0) if base * power * one >= rough)
    count = math.floor(chart.top / step + 1e-9)
    return [(step * number, quantity(step * number, chart.unit)) for number in range(count + 1)]


def time_ticks(chart: Chart) -> list[tuple[datetime, str]]:
    """Up to eight round times of day between start and end, with their text."""
    length = chart.end - chart.start
    if length > timedelta(days=LONGEST_TICK_DAYS) or length <= timedelta(0):
        return []
    step = next((one for one in TIME_STEPS if length / one <= MOST_TIME_TICKS), length / MOST_TIME_TICKS)
    midnight = chart.start.replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + step * math.ceil((chart.start - midnight) / step)
    found = []
    while at <= chart.end:
        found.append((at, f"{at:%H:%M}"))
        at += step
    return found

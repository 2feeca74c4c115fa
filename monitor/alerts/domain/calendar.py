"""Calendar of alerts: a year of days, weeks as columns, Monday first, with count and worst severity of each day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta, tzinfo
from datetime import datetime as moment
from itertools import pairwise

from monitor.rules.domain import severity

DAYS = 365
EPOCH = date(1970, 1, 1)
STEPS = (1, 3, 10, 30)


@dataclass(frozen=True, slots=True)
class Day:
    """One day: how many alerts fired, the worst of their severities ("" where none did), and a level from 0 to 4."""

    date: date
    count: int = 0
    worst: str = ""

    @property
    def level(self) -> int:
        """How much: 0 for none, 4 for 30 and more."""
        return sum(self.count >= step for step in STEPS)

    @property
    def words(self) -> str:
        """The day as it is read out."""
        told = f"{self.date.day} {self.date:%B %Y}"
        if not self.count:
            return f"{told}: no alert"
        return f"{told}: {self.count} alert{'s' if self.count > 1 else ''}, worst {self.worst}"


class Year(list[Day]):
    """The days of a year, oldest first."""

    @property
    def total(self) -> int:
        """How many alerts in all."""
        return sum(day.count for day in self)

    def grid(self) -> list[list[Day | None]]:
        """Seven rows, Monday first, one column a week; None before the first and after the last day."""
        cells: list[Day | None] = [*([None] * self._lead), *self]
        cells += [None] * (-len(cells) % 7)
        return [cells[row::7] for row in range(7)]

    def months(self) -> list[tuple[str, int]]:
        """What stands above the columns: (name, how many of them); a month that begins in the last week has no room."""
        names: list[tuple[str, int]] = []
        for week in range(len(self.grid()[0])):
            day = self[max(0, week * 7 - self._lead)].date
            name = f"{day:%b}"
            if names and names[-1][0] == name:
                names[-1] = (name, names[-1][1] + 1)
            else:
                names.append((name, 1))
        return [(name if width > 1 else "", width) for name, width in names]

    @property
    def _lead(self) -> int:
        """Cells before the first day."""
        return self[0].date.weekday()


def year(counted: Iterable[tuple[int, str, int]], last: date) -> Year:
    """The 365 days that end with `last`, oldest first; counted: (day since the epoch, severity, count)."""
    counts: dict[int, int] = {}
    worst: dict[int, str] = {}
    for number, found, count in counted:
        counts[number] = counts.get(number, 0) + count
        worst[number] = severity.worst(found, worst.get(number, ""))
    newest = (last - EPOCH).days
    numbers = range(newest - DAYS + 1, newest + 1)
    return Year(Day(EPOCH + timedelta(days=one), counts.get(one, 0), worst.get(one, "")) for one in numbers)


def offsets(last: date, zone: tzinfo) -> list[tuple[int, int]]:
    """How far the clocks of `zone` are ahead of UTC during the year that ends with `last`: (until, seconds).

    until: seconds since the epoch at which the next one begins; of the newest one the end of `last`.
    """
    steps = [_instant(first(last) + timedelta(days=number), zone) for number in range(DAYS + 1)]
    found: list[tuple[int, int]] = []
    for early, late in pairwise(steps):
        if _offset(early, zone) != _offset(late, zone):
            found.append((_change(early, late, zone), _offset(early, zone)))
    return [*found, (steps[-1], _offset(steps[-1], zone))]


def first(last: date) -> date:
    """The oldest of the days that end with `last`."""
    return last - timedelta(days=DAYS - 1)


def _instant(day: date, zone: tzinfo) -> int:
    return int(moment.combine(day, time(), zone).timestamp())


def _offset(at: int, zone: tzinfo) -> int:
    offset = moment.fromtimestamp(at, zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _change(early: int, late: int, zone: tzinfo) -> int:
    """The first second between `early` and `late` that has the offset of `late`."""
    while late - early > 1:
        middle = (early + late) // 2
        early, late = (middle, late) if _offset(middle, zone) == _offset(early, zone) else (early, middle)
    return late

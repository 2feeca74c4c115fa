"""A year of days for the calendar of alerts: weeks as columns, Monday first, with count and worst severity of each day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from datetime import datetime as moment

DAYS = 365
QUARTER_SECONDS = 900
RANKS = {"info": 0, "warning": 1, "critical": 2}
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


def days(quarters: Iterable[tuple[int, str, int]], last: date, zone: tzinfo) -> list[Day]:
    """The 365 days that end with `last`, oldest first.

    quarters: (quarter of an hour since the epoch, severity, count); every zone's midnight lies between two quarters.
    """
    counts: dict[date, int] = {}
    worst: dict[date, str] = {}
    for quarter, severity, count in quarters:
        day = moment.fromtimestamp(quarter * QUARTER_SECONDS, zone).date()
        counts[day] = counts.get(day, 0) + count
        if RANKS.get(severity, 0) >= RANKS.get(worst.get(day, ""), -1):
            worst[day] = severity
    dates = [last - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    return [Day(date=one, count=counts.get(one, 0), worst=worst.get(one, "")) for one in dates]


def first(last: date) -> date:
    """The oldest of the days that end with `last`."""
    return last - timedelta(days=DAYS - 1)


def grid(year: list[Day]) -> list[list[Day | None]]:
    """Seven rows, Monday first, one column a week; None before the first and after the last day."""
    lead = year[0].date.weekday()
    cells: list[Day | None] = [*([None] * lead), *year]
    cells += [None] * (-len(cells) % 7)
    return [cells[row::7] for row in range(7)]


def months(year: list[Day]) -> list[tuple[str, int]]:
    """What stands above the columns: (name, how many of them); a month that begins in the last week has no room."""
    weeks = grid(year)[0]
    lead = year[0].date.weekday()
    names: list[tuple[str, int]] = []
    for week in range(len(weeks)):
        day = year[max(0, week * 7 - lead)].date
        name = f"{day:%b}"
        if names and names[-1][0] == name:
            names[-1] = (name, names[-1][1] + 1)
        else:
            names.append((name, 1))
    return [(name if width > 1 else "", width) for name, width in names]


def total(year: Iterable[Day]) -> int:
    """How many alerts in all."""
    return sum(day.count for day in year)

"""The calendar of a year: which alert belongs to which day, and how it lies in weeks."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.domain import yearstrip

LAST = date(2026, 11, 25)


def quarter(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) // 900


def test_a_year_has_365_days_and_ends_with_the_last() -> None:
    year = yearstrip.days([], LAST, UTC)
    assert (len(year), year[0].date, year[-1].date) == (365, date(2025, 11, 26), LAST)
    assert {day.count for day in year} == {0}


def test_counts_of_a_day_add_up_and_the_worst_severity_stays() -> None:
    at = quarter("2026-11-24T10:00:00+00:00")
    year = yearstrip.days([(at, "critical", 1), (at + 1, "info", 4), (at + 2, "warning", 2)], LAST, UTC)
    day = year[-2]
    assert (day.count, day.worst, day.words) == (7, "critical", "24 November 2026: 7 alerts, worst critical")


@pytest.mark.parametrize("name", ["Asia/Kathmandu", "Europe/Berlin", "America/New_York", "Pacific/Auckland"])
def test_midnight_is_that_of_the_zone_whatever_its_offset(name) -> None:
    zone = ZoneInfo(name)
    midnight = datetime(2026, 7, 1, tzinfo=zone)
    before = int(midnight.timestamp()) // 900 - 1
    year = yearstrip.days([(before, "info", 1), (before + 1, "info", 2)], LAST, zone)
    assert {day.date.isoformat(): day.count for day in year if day.count} == {
        "2026-06-30": 1,
        "2026-07-01": 2,
    }


@pytest.mark.parametrize(
    ("count", "level"), [(0, 0), (1, 1), (2, 1), (3, 2), (9, 2), (10, 3), (30, 4), (9000, 4)]
)
def test_the_level_says_how_many(count, level) -> None:
    assert yearstrip.Day(LAST, count, "info").level == level


def test_weeks_are_columns_and_rows_are_weekdays() -> None:
    rows = yearstrip.grid(yearstrip.days([], LAST, UTC))
    assert len(rows) == 7
    assert {len(row) for row in rows} == {53}
    for weekday, row in enumerate(rows):
        assert {cell.date.weekday() for cell in row if cell} == {weekday}


def test_the_months_stand_above_all_columns() -> None:
    year = yearstrip.days([], LAST, UTC)
    months = yearstrip.months(year)
    assert sum(width for _, width in months) == 53
    names = "Dec Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov"
    assert " ".join(name for name, _ in months if name) == names


def test_what_lies_outside_the_year_is_left_out() -> None:
    early = quarter("2025-11-25T23:59:00+00:00")
    assert yearstrip.total(yearstrip.days([(early, "info", 3)], LAST, UTC)) == 0

"""The calendar of a year: which alert belongs to which day, and how it lies in weeks."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts.domain import calendar

LAST = date(2026, 11, 25)


def number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def test_a_year_has_365_days_and_ends_with_the_last() -> None:
    year = calendar.year([], LAST)
    assert (len(year), year[0].date, year[-1].date) == (365, date(2025, 11, 26), LAST)
    assert {day.count for day in year} == {0}


def test_counts_of_a_day_add_up_and_the_worst_severity_stays() -> None:
    at = number(date(2026, 11, 24))
    day = calendar.year([(at, "critical", 1), (at, "info", 4), (at, "warning", 2)], LAST)[-2]
    assert (day.count, day.worst, day.words) == (7, "critical", "24 November 2026: 7 alerts, worst critical")


@pytest.mark.parametrize(
    "name",
    ["UTC", "Asia/Kathmandu", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Australia/Lord_Howe"],
)
def test_the_offsets_are_those_of_the_zone_at_every_moment_of_the_year(name) -> None:
    zone = ZoneInfo(name)
    offsets = calendar.offsets(LAST, zone)
    at = datetime.combine(calendar.first(LAST), time(), zone).timestamp()
    while at < offsets[-1][0]:
        told = next(seconds for until, seconds in offsets if at < until)
        assert told == datetime.fromtimestamp(at, zone).utcoffset().total_seconds()
        at += 1799


def test_a_change_of_clocks_is_known_to_the_second() -> None:
    changes = calendar.offsets(LAST, ZoneInfo("Europe/Berlin"))
    assert [until for until, _ in changes[:2]] == [
        datetime(2026, 3, 29, 1, tzinfo=UTC).timestamp(),
        datetime(2026, 10, 25, 1, tzinfo=UTC).timestamp(),
    ]


@pytest.mark.parametrize(
    ("count", "level"), [(0, 0), (1, 1), (2, 1), (3, 2), (9, 2), (10, 3), (30, 4), (9000, 4)]
)
def test_the_level_says_how_many(count, level) -> None:
    assert calendar.Day(LAST, count, "info").level == level


def test_weeks_are_columns_and_rows_are_weekdays() -> None:
    rows = calendar.year([], LAST).grid()
    assert len(rows) == 7
    assert {len(row) for row in rows} == {53}
    for weekday, row in enumerate(rows):
        assert {cell.date.weekday() for cell in row if cell} == {weekday}


def test_the_months_stand_above_all_columns() -> None:
    year = calendar.year([], LAST)
    months = year.months()
    assert sum(width for _, width in months) == 53
    names = "Dec Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov"
    assert " ".join(name for name, _ in months if name) == names


def test_what_lies_outside_the_year_is_left_out() -> None:
    early = number(date(2025, 11, 25))
    assert calendar.year([(early, "info", 3), (number(LAST) + 1, "info", 1)], LAST).total == 0

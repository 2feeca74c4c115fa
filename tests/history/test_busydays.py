"""The busy days of a span: in how many hours of each the load was above the cores, by the clock of a zone."""

from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest

from monitor.history import busydays
from monitor.history.models import Sample
from monitor.metrics.times import at_ms
from tests.factories import make_host
from tests.history.test_busyhours import sampled
from tests.stages.rolling import make_buckets, roll_up_all

pytestmark = pytest.mark.django_db
QUARTER, HOUR, DAY = 900_000, 3_600_000, 86_400_000


def at(text: str, zone: str = "UTC") -> int:
    found = at_ms(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))
    assert found is not None
    return found


MONDAY = at("2026-03-02")


def days(host, start_ms, end_ms, zone="UTC", now_ms=2 * MONDAY):
    return busydays.of_span(host, start_ms, end_ms, ZoneInfo(zone), now_ms)["days"]


def told(found):
    return [(one["date"][5:], one["hours_above"], one["hours_known"]) for one in found]


def test_an_hour_whose_mean_load_is_the_cores_is_above_them() -> None:
    host = make_host()
    sampled(host, MONDAY, {9: 2.0, 10: 1.99, 11: 7.0, 24 + 3: 0.1})
    assert told(days(host, MONDAY, MONDAY + 2 * DAY)) == [("03-02", 2.0, 3.0), ("03-03", 0.0, 1.0)]


def test_a_day_is_told_whole_where_the_span_only_touches_it() -> None:
    host = make_host()
    sampled(host, MONDAY, {1: 3.0, 23: 3.0})
    [day] = days(host, MONDAY + 12 * HOUR, MONDAY + 13 * HOUR)
    assert day == {
        "date": "2026-03-02",
        "start_at": MONDAY,
        "end_at": MONDAY + DAY,
        "hours_above": 2.0,
        "hours_known": 2.0,
    }


def test_a_day_without_data_is_unknown_and_not_calm() -> None:
    host = make_host()
    sampled(host, MONDAY, {1: 3.0})
    assert told(days(host, MONDAY, MONDAY + 2 * DAY)) == [("03-02", 1.0, 1.0), ("03-03", None, 0.0)]


def test_an_hour_of_which_less_than_half_was_measured_is_not_known() -> None:
    host = make_host()
    Sample.objects.create(
        host=host, taken_at_ms=MONDAY + HOUR, covered_ms=QUARTER, load1=9.0, cpu_effective_cores=2.0
    )
    assert told(days(host, MONDAY, MONDAY + DAY)) == [("03-02", None, 0.0)]


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_a_day_on_which_the_clock_is_set_has_all_its_hours(day, hours) -> None:
    host = make_host()
    begin = at(day, "Europe/Berlin")
    sampled(host, begin - 2 * HOUR, dict.fromkeys(range(hours + 4), 5.0))
    [found] = days(host, begin, begin + hours * HOUR, "Europe/Berlin")
    assert (found["date"], found["hours_above"], found["hours_known"]) == (day, hours, hours)
    assert (found["start_at"], found["end_at"]) == (begin, begin + hours * HOUR)


def test_days_follow_each_other_without_a_hole_over_a_year() -> None:
    begin = at("2026-01-01", "Europe/Berlin")
    found = days(make_host(), begin, at("2027-01-01", "Europe/Berlin"), "Europe/Berlin", 2**42)
    assert len(found) == 365
    assert [one["end_at"] for one in found[:-1]] == [one["start_at"] for one in found[1:]]


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Kathmandu"])
def test_a_zone_off_by_a_part_of_an_hour_has_its_own_hours(zone) -> None:
    host = make_host()
    begin = at("2026-03-02", zone)
    sampled(host, begin, {5: 3.0, 23: 3.0, 24: 3.0})
    roll_up_all(host)
    assert told(days(host, begin, begin + DAY, zone)) == [("03-02", 2.0, 2.0)]


def test_before_quarters_are_kept_hours_tell_of_such_a_zone() -> None:
    host = make_host()
    make_buckets(host, 3600, MONDAY, [3.0] * 48, metric="load1")
    make_buckets(host, 900, MONDAY + 2 * DAY, [3.0] * 4, metric="load1")
    make_buckets(host, 60, MONDAY + 3 * DAY, [])
    first = days(host, MONDAY, MONDAY + 3 * DAY, "Asia/Kolkata")[0]
    assert first["hours_above"] >= 18


def test_a_zone_whose_clock_goes_by_half_an_hour_never_tells_more_hours_than_the_day_has() -> None:
    host = make_host()
    begin = at("2026-04-05", "Australia/Lord_Howe")
    sampled(host, begin - HOUR, dict.fromkeys(range(28), 5.0))
    [found] = days(host, begin, begin + HOUR, "Australia/Lord_Howe")
    assert (
        found["hours_above"] == found["hours_known"] == (found["end_at"] - found["start_at"]) / HOUR == 24.5
    )


def test_no_day_lies_in_the_future() -> None:
    host = make_host()
    assert [one["date"] for one in days(host, MONDAY, MONDAY + 9 * DAY, now_ms=MONDAY + DAY + 5)] == [
        "2026-03-02",
        "2026-03-03",
    ]
    assert days(host, MONDAY + DAY, MONDAY + 9 * DAY, now_ms=MONDAY) == []


def test_cores_that_were_not_measured_are_those_of_the_host() -> None:
    host = make_host(effective_cores=4.0)
    for part in range(4):
        Sample.objects.create(host=host, taken_at_ms=MONDAY + part * QUARTER, covered_ms=QUARTER, load1=3.0)
    assert told(days(host, MONDAY, MONDAY + DAY)) == [("03-02", 0.0, 1.0)]


def test_the_days_are_had_from_the_api_and_a_wrong_zone_is_refused(client, public) -> None:
    make_host()
    answer = client.get("/api/v1/busydays?start=-3d&zone=Europe/Berlin")
    assert answer.status_code == 200
    assert set(answer.json()) == {"host", "zone", "start_at", "end_at", "days"}
    assert len(answer.json()["days"]) in (3, 4, 5)
    wrong = client.get(f"/api/v1/busydays?zone={quote('Mars/Olympus')}")
    assert (wrong.status_code, wrong.json()["error"]) == (
        400,
        "There is no time zone 'Mars/Olympus': give a name such as Europe/Berlin.",
    )
    assert (
        client.get(
            "/api/v1/busydays?start=1970-01-01T00:00:00Z&end=1970-01-02T00:00:00Z&zone=America/New_York"
        ).status_code
        == 200
    )

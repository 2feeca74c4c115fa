"""The busy hours of a week: by the clock of a zone, over changes of that clock, per core."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.history import busyhours, rollups, spans
from monitor.history.domain import tiers
from monitor.history.models import HourRollup, RollupProgress, Sample
from monitor.hosts.models import Host
from monitor.metrics.times import at_ms
from tests.factories import make_host, make_samples

pytestmark = pytest.mark.django_db
HOUR, DAY = 3_600_000, 86_400_000
UTC = ZoneInfo("UTC")
MONDAY = at_ms(datetime(2026, 3, 2, tzinfo=UTC))


def sampled(host: Host, start_ms: int, hours: dict[int, float], step_ms: int = 900_000) -> None:
    """Four samples in each of the given hours after the start, each standing for a quarter of an hour."""
    Sample.objects.bulk_create(
        Sample(host=host, taken_at_ms=start_ms + hour * HOUR + part * step_ms, covered_ms=step_ms,
               load1=load, cpu_effective_cores=2.0)
        for hour, load in hours.items() for part in range(4)
    )  # fmt: skip


def week(host: Host, now_ms: int, zone: str = "UTC", weeks: int = 1) -> list[list[float | None]]:
    return busyhours.of_week(host, weeks, ZoneInfo(zone), now_ms)["cells"]


def known(cells: list[list[float | None]]) -> dict[tuple[int, int], float]:
    return {
        (day, hour): value
        for day, row in enumerate(cells)
        for hour, value in enumerate(row)
        if value is not None
    }


def test_a_cell_is_the_mean_load_per_core_of_its_hour_and_weekday() -> None:
    host = make_host()
    sampled(host, MONDAY, {9: 3.0, 10: 1.0, 33: 8.0})
    assert known(week(host, MONDAY + 2 * DAY)) == {(0, 9): 1.5, (0, 10): 0.5, (1, 9): 4.0}


def test_the_shape_names_host_zone_weeks_and_span() -> None:
    shape = busyhours.of_week(make_host(), 4, ZoneInfo("Europe/Berlin"), MONDAY)
    assert [len(row) for row in shape.pop("cells")] == [24] * 7
    assert [len(row) for row in shape.pop("usual")] == [24] * 7
    assert shape == {
        "usual_from_weeks": 2,
        "host": "db-01",
        "zone": "Europe/Berlin",
        "weeks": 4,
        "start_at": MONDAY - 28 * DAY,
        "end_at": MONDAY,
    }


def test_weeks_weigh_by_the_time_that_was_measured() -> None:
    host = make_host()
    sampled(host, MONDAY, {9: 2.0})
    make_samples(host, 1, end_ms=MONDAY + 7 * DAY + 9 * HOUR, load1=6.0, covered_ms=900_000)
    assert known(week(host, MONDAY + 8 * DAY, weeks=2)) == {(0, 9): 1.4}


def test_what_lies_further_back_does_not_count() -> None:
    host = make_host()
    sampled(host, MONDAY, {9: 2.0})
    assert known(week(host, MONDAY + 8 * DAY)) == {}


@pytest.mark.parametrize(
    ("zone", "cell"),
    [
        ("Europe/Berlin", (0, 10)),
        ("America/New_York", (0, 4)),
        ("Pacific/Auckland", (0, 22)),
        ("UTC", (0, 9)),
    ],
)
def test_an_hour_is_one_of_the_zones_clock(zone, cell) -> None:
    host = make_host()
    sampled(host, MONDAY, {9: 3.0})
    assert known(week(host, MONDAY + DAY, zone)) == {cell: 1.5}


@pytest.mark.parametrize(
    ("zone", "cells"),
    [
        ("Asia/Kolkata", {(0, 14): 1.0, (0, 15): 3.0}),  # 05:30
        ("Asia/Kathmandu", {(0, 14): 1.0, (0, 15): 2.333333}),  # 05:45
        ("Australia/Lord_Howe", {(0, 20): 2.0}),  # 11:00 in summer
    ],
)
def test_an_hour_of_a_zone_beside_the_hours_is_made_of_quarters(zone, cells) -> None:
    host = make_host()
    rows = [
        Sample(host=host, taken_at_ms=MONDAY + 9 * HOUR + part * 900_000, covered_ms=900_000, load1=load)
        for part, load in enumerate((2.0, 2.0, 6.0, 6.0))
    ]
    Sample.objects.bulk_create(rows)
    found = known(week(host, MONDAY + DAY, zone))
    if zone == "Asia/Kathmandu":  # 09:00 to 09:15 is 14:45 to 15:00 there
        assert found == {(0, 14): 1.0, (0, 15): pytest.approx(2.3333)}
    else:
        assert found == cells


def test_the_hour_that_an_autumn_night_has_twice_counts_both() -> None:
    host = make_host()
    night = at_ms(datetime(2026, 10, 25, tzinfo=UTC))  # Berlin: 03:00 becomes 02:00 at 01:00 UTC
    sampled(host, night, {0: 2.0, 1: 6.0, 2: 10.0})
    assert known(week(host, night + DAY, "Europe/Berlin")) == {(6, 2): 2.0, (6, 3): 5.0}


def test_the_hour_that_a_spring_night_lacks_is_unknown() -> None:
    host = make_host()
    night = at_ms(datetime(2026, 3, 29, tzinfo=UTC))  # Berlin: 02:00 becomes 03:00 at 01:00 UTC
    sampled(host, night, {0: 2.0, 1: 6.0})
    assert known(week(host, night + DAY, "Europe/Berlin")) == {(6, 1): 1.0, (6, 3): 3.0}


def test_a_week_in_which_the_offset_becomes_a_half_hour_is_read_in_quarters() -> None:
    host = make_host()
    change = at_ms(datetime(2026, 4, 4, 15, tzinfo=UTC))  # Lord Howe: 11:00 becomes 10:30
    sampled(host, change, {0: 2.0})
    found = known(week(host, change + DAY, "Australia/Lord_Howe"))
    assert found == {(6, 1): 1.0, (6, 2): 1.0}


def test_rolled_up_hours_and_the_fresh_rest_make_one_answer() -> None:
    host = make_host()
    end = MONDAY + 26 * HOUR + 1_800_000
    make_samples(host, 26 * 60 + 31, end_ms=end, step_ms=60_000, load1=4.0, covered_ms=60_000)
    fresh = week(host, end)
    while rollups.roll_up(host, 100):
        pass
    assert HourRollup.objects.exists()
    assert week(host, end) == fresh
    Sample.objects.filter(taken_at_ms__lt=MONDAY + 26 * HOUR).delete()
    assert week(host, end) == fresh
    assert known(fresh)[0, 23] == 2.0


def test_the_usual_cores_stand_in_where_they_were_not_stored() -> None:
    host = make_host(effective_cores=4.0)
    make_samples(host, 1, end_ms=MONDAY, load1=2.0, cpu_effective_cores=None)
    assert known(week(host, MONDAY + DAY)) == {(0, 0): 0.5}


def test_without_any_cores_nothing_is_known() -> None:
    host = make_host(effective_cores=None)
    make_samples(host, 1, end_ms=MONDAY, load1=2.0, cpu_effective_cores=None)
    assert known(week(host, MONDAY + DAY)) == {}


def test_weeks_that_are_rolled_up_are_read_from_the_hours_alone() -> None:
    host = make_host()
    RollupProgress.objects.create(host=host, resolution=60, pending_from_ms=MONDAY)
    RollupProgress.objects.create(host=host, resolution=900, pending_from_ms=MONDAY)
    RollupProgress.objects.create(host=host, resolution=3600, pending_from_ms=MONDAY)
    found = tiers.segments(MONDAY - 28 * DAY, MONDAY, tiers.HOUR, spans.done_until(host))
    assert found == [(3600, MONDAY - 28 * DAY, MONDAY)]


def test_the_api_answers_by_the_clock_of_a_zone(client, public) -> None:
    make_host()
    response = client.get("/api/v1/busyhours", {"zone": "Europe/Berlin", "weeks": "2"})
    shape = response.json()
    assert (shape["zone"], shape["weeks"]) == ("Europe/Berlin", 2)
    assert timedelta(milliseconds=shape["end_at"] - shape["start_at"]) == timedelta(weeks=2)


@pytest.mark.parametrize(
    "zone",
    [
        "",
        "Nowhere",
        "Europe",
        "../UTC",
        "/etc/localtime",
        "UTC\0",
        "Europe/Berlin ",
        "x" * 201,
        "\udcff",
        "Ä",
    ],
)
def test_an_unknown_zone_is_refused_by_a_sentence(client, public, zone) -> None:
    make_host()
    from urllib.parse import quote

    response = client.get(f"/api/v1/busyhours?zone={quote(zone, errors='surrogateescape')}")
    assert response.status_code == 400
    assert "zone" in response.json()["error"]


@pytest.mark.parametrize("weeks", ["0", "53", "1.5", "-1", ""])
def test_weeks_that_are_none_are_refused(client, public, weeks) -> None:
    make_host()
    error = client.get("/api/v1/busyhours", {"weeks": weeks}).json()["error"]
    assert error == f"weeks must be a whole number from 1 to 52, not '{weeks}'."


def usual(
    host: Host, now_ms: int, at_ms: int | None = None, zone: str = "UTC"
) -> dict[tuple[int, int], float]:
    return known(busyhours.of_week(host, 4, ZoneInfo(zone), now_ms, at_ms)["usual"])


def test_an_hour_is_usual_once_two_other_weeks_tell_of_it() -> None:
    host = make_host()
    sampled(host, MONDAY, {9: 2.0})
    assert usual(host, MONDAY + 8 * DAY) == {}
    sampled(host, MONDAY + 7 * DAY, {9: 4.0})
    assert usual(host, MONDAY + 8 * DAY) == {(0, 9): 1.5}


def test_twenty_minutes_of_the_very_overload_that_is_judged_are_not_usual() -> None:
    host = make_host()
    make_samples(host, 20, end_ms=MONDAY + 3 * HOUR + 20 * 60_000, load1=30.0, covered_ms=60_000)
    assert usual(host, MONDAY + 3 * HOUR + 20 * 60_000) == {}


def test_the_present_day_is_never_part_of_what_is_usual() -> None:
    host = make_host()
    for week_number, load in enumerate((2.0, 4.0, 60.0)):
        sampled(host, MONDAY + 7 * week_number * DAY, {9: load})
    assert usual(host, MONDAY + 14 * DAY + 10 * HOUR) == {(0, 9): 1.5}
    assert usual(host, MONDAY + 15 * DAY) == {(0, 9): 11.0}


def test_nor_is_the_day_of_the_moment_that_is_held_against_it_by_the_clock_of_the_zone() -> None:
    host = make_host()
    for week_number, load in enumerate((2.0, 4.0, 60.0)):
        sampled(host, MONDAY + 7 * week_number * DAY, {9: load})
    judged = MONDAY + 14 * DAY + 9 * HOUR
    assert usual(host, MONDAY + 16 * DAY, judged) == {(0, 9): 1.5}
    late = MONDAY + 13 * DAY + 23 * HOUR + HOUR // 2  # Monday already in Berlin
    assert usual(host, MONDAY + 16 * DAY, late, "Europe/Berlin") == {(0, 10): 1.5}
    assert usual(host, MONDAY + 16 * DAY, late) == {(0, 9): 11.0}


def test_a_week_counts_where_half_of_its_hour_was_measured() -> None:
    host = make_host()
    sampled(host, MONDAY, {9: 2.0})
    make_samples(host, 29, end_ms=MONDAY + 7 * DAY + 9 * HOUR + 29 * 60_000, load1=6.0, covered_ms=60_000)
    assert usual(host, MONDAY + 9 * DAY) == {}
    make_samples(host, 2, end_ms=MONDAY + 7 * DAY + 9 * HOUR + 50 * 60_000, load1=6.0, covered_ms=60_000)
    assert set(usual(host, MONDAY + 9 * DAY)) == {(0, 9)}


def test_the_api_takes_the_moment_that_is_judged_and_refuses_what_is_none(client, public) -> None:
    make_host()
    assert client.get("/api/v1/busyhours", {"at": "2026-03-02T09:00:00Z"}).status_code == 200
    assert client.get("/api/v1/busyhours", {"at": "-3h"}).status_code == 200
    response = client.get("/api/v1/busyhours", {"at": "soon"})
    assert response.status_code == 400
    assert "soon" in response.json()["error"]

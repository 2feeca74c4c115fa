"""Samples as they are read: the newest, those after an id, and the two-minute means."""

import pytest

from monitor.history import samples
from monitor.metrics.catalogue import NAMES
from tests.factories import NOW_MS, make_host, make_samples

pytestmark = pytest.mark.django_db
START = NOW_MS - NOW_MS % 60_000


def test_the_latest_sample_is_the_newest_by_time_and_holds_every_metric() -> None:
    host = make_host()
    make_samples(host, 3, load1=[1.0, 2.0, 3.0])
    make_samples(make_host("other"), 1, end_ms=NOW_MS + 5000)
    latest = samples.latest(host)
    assert (latest["at"], latest["values"]["load1"]) == (NOW_MS, 3.0)
    assert tuple(latest["values"]) == NAMES


def test_a_host_without_samples_has_no_latest_one() -> None:
    assert samples.latest(make_host()) is None


def test_samples_after_an_id_come_oldest_first_and_bounded() -> None:
    host = make_host()
    rows = make_samples(host, 5)
    found = samples.samples_after(host, rows[1].pk, 2)
    assert [sample["id"] for sample in found] == [rows[2].pk, rows[3].pk]


def test_the_newest_samples_come_oldest_first() -> None:
    host = make_host()
    rows = make_samples(host, 5)
    assert [sample["id"] for sample in samples.newest_samples(host, 2)] == [rows[3].pk, rows[4].pk]


def test_the_window_is_columns_of_equal_length() -> None:
    host = make_host()
    rows = make_samples(host, 5, load1=[1.0, 2.0, None, 4.0, 5.0])
    window = samples.window(host, NOW_MS - 2000, ("load1", "load5"))
    assert window["ids"] == [row.pk for row in rows[2:]]
    assert window["times"] == [NOW_MS - 2000, NOW_MS - 1000, NOW_MS]
    assert window["covered_ms"] == [1000] * 3
    assert window["series"] == {"load1": [None, 4.0, 5.0], "load5": [0.4, 0.4, 0.4]}


def test_an_empty_window_has_its_columns_all_the_same() -> None:
    assert samples.window(make_host(), 0, ("load1",)) == {
        "ids": [],
        "times": [],
        "covered_ms": [],
        "series": {"load1": []},
    }


def test_the_mean_is_over_two_minutes_not_more() -> None:
    host = make_host()
    make_samples(host, 200, cpu_percent=[100.0] * 80 + [10.0] * 60 + [30.0] * 60)
    assert samples.means(host, NOW_MS)["cpu_percent"] == 20.0


def test_the_mean_is_unknown_below_four_fifths_of_the_window() -> None:
    host = make_host()
    make_samples(host, 95)
    assert set(samples.means(host, NOW_MS).values()) == {None}
    make_samples(host, 1, end_ms=NOW_MS - 95_000)
    assert samples.means(host, NOW_MS)["cpu_percent"] == 20.0
    assert samples.means(host, NOW_MS)["load1"] == 0.5


def test_the_mean_fades_to_unknown_once_samples_stop() -> None:
    host = make_host()
    make_samples(host, 130)
    assert samples.means(host, NOW_MS + 4000)["load1"] == 0.5
    assert samples.means(host, NOW_MS + 60_000)["load1"] is None

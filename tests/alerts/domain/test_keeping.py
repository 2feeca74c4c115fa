"""What a witness keeps: whole for two minutes and a half, merged for a quarter of an hour, right in its sums."""

from dataclasses import fields, replace

import pytest

from monitor.alerts.domain.keeping import LONGEST_SECONDS, WHOLE_SECONDS, Looks, Readings, merged
from monitor.metrics.reading import Reading
from monitor.metrics.snapshot import Snapshot
from tests.stages.snapshots import NOW_MS, group, process, snapshot


def at(second):
    return NOW_MS + round(second * 1000)


def look(second, *processes, seconds=2.0, **fields):
    return replace(snapshot(*processes, seconds=seconds, **fields), at_ms=at(second))


def reading(second, covered=1.0, gap=0.0, **values):
    return Reading(at(second), covered, gap, values)


def looked(step, until, **fields):
    looks = Looks()
    for second in range(0, until + 1, step):
        looks.add(look(second, process(7, "x", 0.5), seconds=float(step), **fields))
    return looks.all()


def test_looks_of_the_last_two_minutes_are_kept_as_they_were_taken():
    kept = looked(2, 400)
    whole = [one for one in kept if one.at_ms >= at(400 - WHOLE_SECONDS)]
    assert {one.seconds for one in whole} == {2.0}
    assert len(whole) == 76


def test_older_looks_are_merged_and_none_is_kept_for_ever():
    kept = looked(2, 3000)
    assert len(kept) <= 76 + (LONGEST_SECONDS - WHOLE_SECONDS) / 14 + 2
    assert LONGEST_SECONDS - 15 <= (at(3000) - kept[0].at_ms) / 1000 <= LONGEST_SECONDS
    assert max(one.seconds for one in kept) <= 15.0


def test_no_time_and_no_use_is_lost_by_merging():
    kept = looked(2, 800, cpu_seconds=0.75, machine_cpu_seconds=1.5, started=3)
    first = kept[0].at_ms - round(kept[0].seconds * 1000)
    seconds = (at(800) - first) / 1000
    assert sum(one.seconds for one in kept) == seconds
    assert sum(one.processes[0].cpu_seconds for one in kept) == seconds / 4
    assert sum(one.machine_cpu_seconds for one in kept) == 0.75 * seconds
    assert sum(one.started for one in kept) == 1.5 * seconds


def test_looks_with_a_hole_between_them_are_not_merged():
    looks = Looks()
    for second in (0, 2, 60, 62, 300):
        looks.add(look(second, process(7, "x", 0.5)))
    assert [(one.at_ms - NOW_MS) / 1000 for one in looks.all()] == [2, 62, 300]
    assert all(one.seconds <= 4.0 for one in looks.all())


def test_looks_and_readings_of_the_future_are_forgotten_when_the_clock_is_set_back():
    looks, readings = Looks(), Readings(["load1"])
    for second in (1, 3, 400, 402, 5):
        looks.add(look(second))
        readings.add(reading(second, load1=1.0))
    assert looks.all()[-1].at_ms == readings.all()[-1].taken_at_ms == at(5)
    assert all(one.at_ms <= at(5) for one in looks.all())
    assert all(one.taken_at_ms <= at(5) for one in readings.all())


def test_two_looks_are_one_of_both():
    older = look(2, process(7, "a", 1.0), process(8, "b", None, waits_in=("io_schedule",)), groups=(group("u", cpu=1.0),),
                 cpu_seconds=1.0, machine_cpu_seconds=2.0, throttled_percent=10.0, ended=frozenset({(5, 1.0)}))  # fmt: skip
    newer = look(4, process(7, "a", 0.5, rss_bytes=9), process(9, "c", 0.2), groups=(group("u", cpu=0.5, rss=3),),
                 cpu_seconds=0.7, machine_cpu_seconds=1.0, throttled_percent=30.0, ended=frozenset({(8, 1.0)}))  # fmt: skip
    one = merged(older, newer)
    assert (one.at_ms, one.seconds, one.started) == (at(4), 4.0, 10)
    assert (one.cpu_seconds, one.machine_cpu_seconds, one.throttled_percent) == (1.7, 3.0, 20.0)
    assert {each.name: each.cpu_seconds for each in one.processes} == {"a": 1.5, "c": 0.2, "b": None}
    assert {each.name: each.waits_in for each in one.processes if each.waits_in} == {"b": ("io_schedule",)}
    assert (one.groups[0].cpu_seconds, one.groups[0].rss_bytes, one.blocked) == (1.5, 3, 0)
    assert one.ended == {(5, 1.0), (8, 1.0)}


def test_how_many_waited_is_the_mean_of_both_looks():
    older, newer = look(6, blocked=9, seconds=6.0), look(8, blocked=1)
    assert merged(older, newer).blocked == 7


@pytest.mark.parametrize("name", ["machine_cpu_seconds", "started"])
def test_what_one_of_two_looks_does_not_know_both_do_not(name):
    older, newer = look(2, machine_cpu_seconds=1.0), look(4, machine_cpu_seconds=1.0)
    assert getattr(merged(replace(older, **{name: None}), newer), name) is None


def test_whatever_is_counted_since_the_look_before_is_added_up():
    """A field that is a sum over the time of a look, and is none of both here, would tell of half of the time."""
    sums = [one.name for one in fields(Snapshot) if one.name.endswith("seconds")]
    assert "interrupt_cpu_seconds" in sums
    one = merged(look(2, **dict.fromkeys(sums, 1.5)), look(4, **dict.fromkeys(sums, 2.0)))
    assert {name: getattr(one, name) for name in sums} == dict.fromkeys(sums, 3.5)


def test_a_look_that_knows_no_cpu_adds_no_time():
    one = merged(look(0, process(7, "a", None), seconds=None), look(2, process(7, "a", 0.5)))
    assert (one.seconds, one.processes[0].cpu_seconds) == (2.0, 0.5)


def test_a_merged_look_names_the_busiest_alone():
    many = [process(pid, f"p{pid}", pid / 100) for pid in range(100)]
    one = merged(look(0, *many), look(2, *many))
    assert [each.pid for each in one.processes] == list(range(99, 79, -1))


def test_means_are_by_the_time_that_readings_cover_and_the_rest_is_the_newest():
    readings = Readings(["cpu_percent"])
    readings.add(reading(1, cpu_percent=100.0, load1=1.0))
    readings.add(reading(4, covered=3.0, cpu_percent=20.0, load1=2.0))
    assert readings.means(at(4), 10.0) == {"cpu_percent": 40.0, "load1": 2.0}
    assert readings.means(at(4), 2.0) == {"cpu_percent": 20.0, "load1": 2.0}
    assert readings.means(at(30), 10.0) == {}


def test_readings_that_are_merged_keep_their_means():
    readings = Readings(["cpu_percent"])
    for second in range(901):
        readings.add(reading(second, cpu_percent=float(second % 2), load1=second))
    assert len(readings.all()) <= 151 + (LONGEST_SECONDS - WHOLE_SECONDS) / 10 + 2
    assert readings.means(at(900), 880.0) == {"cpu_percent": 0.5, "load1": 900}


def test_readings_with_a_gap_between_them_are_not_merged():
    readings = Readings(["cpu_percent"])
    readings.add(reading(0, cpu_percent=1.0))
    readings.add(reading(200, covered=0.0, gap=200.0, cpu_percent=None))
    readings.add(reading(201, cpu_percent=3.0))
    readings.add(reading(500, cpu_percent=3.0))
    assert [(one.taken_at_ms - NOW_MS) / 1000 for one in readings.all()] == [0, 201, 500]
    assert readings.means(at(201), 10.0) == {"cpu_percent": 3.0}

"""What parts hold and move, gathered tick by tick: nothing is lost, and what rests costs little."""

from collections import defaultdict
from random import Random

import pytest

from monitor.metrics.parts import Kind, Part, PartNow, merged
from monitor.metrics.reading import Reading
from monitor.usage.domain.gathering import MOST, Gathering

SDA, SDB = Part(Kind.DISK, "sda"), Part(Kind.DISK, "sdb")
ROOT = Part(Kind.FILE_SYSTEM, "/")


def moving(in_per_second=0.0, out_per_second=0.0, busy=None):
    return PartNow(in_per_second=in_per_second, out_per_second=out_per_second, busy_permille=busy)


def holding(used_kib, size_kib=1_000_000.0, inodes=None):
    return PartNow(used_kib, size_kib, inodes)


def gathered(seconds, parts_at, covered=1.0, gaps=()):
    """All accounts of readings at these seconds, those of the end included."""
    gathering, told = Gathering(), []
    for second in seconds:
        gap = 5.0 if second in gaps else 0.0
        found = parts_at(second)
        reading = Reading(round(1000 * second), 0.0 if gap else covered, gap, {}, {}, found)
        told += gathering.take(reading)
    return told + list(gathering.rest())


def by_part(accounts):
    found = defaultdict(list)
    for one in accounts:
        found[one.part].append(one)
    return found


def test_the_sums_are_what_was_moved_whatever_the_ticks():
    chance, moved = Random(3), defaultdict(float)
    now = 0.0

    def at(_second):
        found = {}
        for part in (SDA, SDB):
            if chance.random() < 0.7:
                rate = float(chance.choice([0, 0, chance.randrange(10**8)]))
                moved[part] += rate
                found[part] = moving(rate, 2 * rate)
        return found

    seconds = [now := now + 1 for _ in range(3000)]
    found = by_part(gathered(seconds, at))
    for part in (SDA, SDB):
        whole = merged(one.used for one in found[part])
        assert (whole.in_bytes, whole.out_bytes) == (round(moved[part]), round(2 * moved[part]))


def test_a_minute_in_which_something_moves_is_told_and_speaks_for_itself_alone():
    found = gathered(range(1, 901), lambda second: {SDA: moving(100.0 if 300 < second <= 320 else 0.0)})
    moving_ = [one for one in found if one.used.in_bytes]
    assert {one.minute for one in moving_} == {5}
    told = defaultdict(int)
    for one in found:
        told[one.minute] += one.used.seen_ms
    assert told[5] == 60_000
    assert sum(told.values()) == 900_000


def test_what_rests_is_told_once_in_a_quarter_hour_for_all_of_it():
    found = gathered(range(1, 1801), lambda _second: {SDB: moving()})
    told = defaultdict(int)
    for one in found:
        told[one.minute] += one.used.seen_ms
    assert told == {0: 60_000, 14: 840_000, 29: 900_000}  # the first minute is told at once
    assert {one.used.in_bytes for one in found} == {0}


def test_what_is_not_measured_is_not_told_as_nothing():
    found = gathered(range(1, 61), lambda second: {SDA: moving()} if second <= 30 else {})
    assert sum(one.used.seen_ms for one in found) == 30_000
    only_gap = gathered(range(1, 61), lambda _second: {SDA: moving(5.0)}, gaps=(20, 40))
    assert sum(one.used.seen_ms for one in only_gap) == 58_000


def test_nothing_is_said_to_have_rested_through_a_gap():
    found = gathered([*range(1, 200), *range(500, 700)], lambda _second: {SDB: moving()}, gaps=(500,))
    assert all(one.minute <= 3 or one.minute >= 8 for one in found)
    assert all(one.used.seen_ms <= 200_000 for one in found)


def test_a_file_system_has_its_mean_and_its_most():
    found = gathered(range(1, 61), lambda second: {ROOT: holding(100.0 * second, 10_000.0, 50.0)})
    whole = merged(one.used for one in found)
    assert whole.used_kib_s == sum(100 * second for second in range(1, 61))
    assert whole.size_kib_s == 600_000
    assert whole.used_highest_kib == 6000
    assert (whole.inodes_permyriad_s, whole.inodes_highest_permyriad) == (3000, 50)
    assert whole.in_bytes is None


@pytest.mark.parametrize(("step", "rows"), [(0.0, 2), (1.0, 2), (200.0, 15)])
def test_a_file_system_that_hardly_grows_is_told_by_the_quarter_hour(step, rows):
    found = gathered(range(1, 901), lambda second: {ROOT: holding(500_000 + step * (second // 60))})
    assert len({one.minute for one in found}) == rows


def test_a_clock_that_is_set_back_loses_nothing():
    found = gathered(
        [*range(1000, 1100), *range(400, 500), *range(1000, 1050)], lambda _s: {SDA: moving(8.0)}
    )
    assert merged(one.used for one in found).in_bytes == 8 * 250


def test_interfaces_of_one_stable_name_are_summed_and_of_file_systems_the_fullest_counts():
    veths = {Part(Kind.INTERFACE, f"veth{number}abc"): moving(1.0, 2.0) for number in range(5)}
    sticks = {
        Part(Kind.FILE_SYSTEM, f"/media/{number:04X}-00AA"): holding(number * 10.0) for number in range(5)
    }
    found = by_part(gathered([1], lambda _second: veths | sticks))
    assert set(found) == {Part(Kind.INTERFACE, "veth*"), Part(Kind.FILE_SYSTEM, "/media/*")}
    assert found[Part(Kind.INTERFACE, "veth*")][0].used.out_bytes == 10
    assert found[Part(Kind.FILE_SYSTEM, "/media/*")][0].used.used_highest_kib == 40


def test_ten_thousand_parts_that_come_and_go_are_held_for_a_while_only():
    gathering = Gathering()
    for second in range(1, 10_001):
        part = Part(Kind.DISK, f"sd{second}")
        gathering.take(Reading(1000 * second, 1.0, 0.0, {}, {}, {part: moving(1.0), SDA: moving(1.0)}))
        assert len(gathering._pasts) <= 2 * MOST


def test_more_parts_at_a_time_than_a_machine_has_are_not_all_gathered():
    many = {Part(Kind.DISK, f"sd{number}"): moving(1.0) for number in range(3 * MOST)}
    assert len(by_part(gathered([1], lambda _second: many))) == MOST

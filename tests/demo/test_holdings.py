"""The parts of the demo: together they moved what its machine did, and the fullest of them is the one that fills."""

import random

from monitor.demo import holdings, machine
from monitor.demo.rhythm import Rhythm
from monitor.metrics.catalogue import NAMES
from monitor.metrics.parts import Kind, Part
from tests.factories import MONDAY_NOON

END_MS = MONDAY_NOON + 3_600_000


def row_and_load(at_ms):
    chance = random.Random(1).random
    load = Rhythm(1, END_MS).at(at_ms)
    values = machine.measured(load, machine.Damped(1.0, 1.0, 1.0), 60.0, 0.3, chance)
    return machine.bucket(values, 60_000, chance), load


def total(row, name):
    at = NAMES.index(name)
    return round(row[at].total / machine.FACTORS[at] / 1000)


def test_disks_and_interfaces_together_moved_what_the_machine_did():
    row, load = row_and_load(MONDAY_NOON)
    found = holdings.piece(MONDAY_NOON, row, load).parts
    for kind, into, out in (
        (Kind.DISK, "disk_read_bytes_per_second", "disk_write_bytes_per_second"),
        (Kind.INTERFACE, "network_received_bytes_per_second", "network_sent_bytes_per_second"),
    ):
        parts = [used for part, used in found.items() if part.kind is kind]
        assert len(parts) == 2
        assert sum(one.in_bytes for one in parts) == total(row, into)
        assert sum(one.out_bytes for one in parts) == total(row, out)


def test_the_file_system_that_fills_is_the_fullest_one_at_the_end_and_was_not_a_week_before():
    def fullest(at_ms):
        found = holdings.piece(at_ms, *row_and_load(at_ms)).parts
        full = {
            one.name: used.used_kib_s / used.size_kib_s
            for one, used in found.items()
            if one.kind is Kind.FILE_SYSTEM
        }
        return max(full, key=full.__getitem__), max(full.values())

    path, full = fullest(END_MS)
    assert path == "/srv"
    assert full > 0.92
    assert fullest(END_MS - 7 * 86_400_000)[1] < 0.65


def test_file_systems_are_told_each_quarter_and_those_of_an_hour_are_four():
    pieces = [
        holdings.piece(MONDAY_NOON + n * 60_000, *row_and_load(MONDAY_NOON + n * 60_000)) for n in range(60)
    ]
    root = Part(Kind.FILE_SYSTEM, "/")
    assert [n for n, one in enumerate(pieces) if root in one.parts] == [0, 15, 30, 45]
    assert holdings.together(60, MONDAY_NOON // 60_000, pieces).parts[root].seen_ms == 3_600_000

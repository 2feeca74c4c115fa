"""The accounts of the demo: what was measured is divided whole, and the tiers are sums of the minutes."""

import random
from dataclasses import replace

import pytest

from monitor.demo import accounts, machine
from monitor.demo.cascade import Cascade
from monitor.demo.consumers import CONSUMERS
from monitor.demo.rhythm import CORES, Rhythm
from monitor.history.domain.tiers import HOUR, MINUTE, QUARTER
from monitor.metrics.catalogue import NAMES
from monitor.metrics.usage import merged
from tests.factories import MONDAY_NOON

TUESDAY_3 = MONDAY_NOON + 15 * 3_600_000


def piece(at_ms=MONDAY_NOON, weight_ms=60_000, number=1):
    chance = random.Random(number).random
    load = Rhythm(number, MONDAY_NOON + 86_400_000).at(at_ms)
    values = machine.measured(load, machine.Damped(1.0, 1.0, 1.0), 60.0, 1.0, chance)
    row = machine.bucket(values, weight_ms, chance)
    return accounts.piece(at_ms, row, load, chance), values


def cpu_ms(bucket):
    return sum(used.cpu_ms for used in bucket.used.values()) + bucket.others.cpu_ms + bucket.not_seen_ms


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("at_ms", [MONDAY_NOON, TUESDAY_3, MONDAY_NOON - 12_000_000])
def test_all_cpu_that_was_measured_is_somebodys_or_not_seen(at_ms, number):
    bucket, values = piece(at_ms, 48_000, number)
    assert cpu_ms(bucket) == bucket.machine_cpu_ms
    assert bucket.machine_cpu_ms == pytest.approx(values["cpu_percent"] / 100 * CORES * 48_000, abs=5)
    assert bucket.covered_ms == 48_000


def test_on_tuesday_at_three_it_was_the_backup():
    bucket, _ = piece(TUESDAY_3 + 600_000)
    heaviest = max(bucket.used, key=lambda one: bucket.used[one].cpu_ms)
    assert heaviest.name == "backup.service"
    assert max(bucket.used, key=lambda one: bucket.used[one].read_kib) == heaviest


def test_nobody_was_busier_than_all_cores():
    load = replace(Rhythm(1, MONDAY_NOON).at(MONDAY_NOON), basic=0.0, office=0.0, episode=90.0)
    values = machine.measured(load, machine.Damped(1.0, 1.0, 1.0), 60.0, 1.0, random.Random(1).random)
    row = machine.bucket(values, 60_000, random.Random(2).random)
    used = accounts.piece(MONDAY_NOON, row, load, lambda: 0.9).used
    assert max(one.highest_permille for one in used.values()) == 1000 * CORES


def test_a_piece_without_any_measured_time_is_nobodys():
    load = Rhythm(1, MONDAY_NOON).at(MONDAY_NOON)
    bucket = accounts.piece(0, (None,) * len(NAMES), load, lambda: 0.5)
    assert (bucket.covered_ms, bucket.machine_cpu_ms, cpu_ms(bucket)) == (0, 0, 0)


def test_every_tier_adds_up_to_the_minutes_and_begins_on_its_grid():
    cascade = Cascade(accounts.together, dict.fromkeys((MINUTE, QUARTER, HOUR), 0))
    for number in range(0, 800, 7):
        cascade.add(piece(MONDAY_NOON + number * 60_000, number=number)[0])
    cascade.close()
    minutes = [one for one in cascade.whole if one.tier == 1]
    for tier in (15, 60, 360):
        coarse = [one for one in cascade.whole if one.tier == tier]
        assert all(one.start % tier == 0 for one in coarse)
        assert len({one.start for one in coarse}) == len(coarse)
        assert sum(map(cpu_ms, coarse)) == sum(map(cpu_ms, minutes))
        assert merged(one.others for one in coarse) == merged(one.others for one in minutes)
        for consumer in (made.consumer for made in CONSUMERS):
            fine = [one.used[consumer] for one in minutes if consumer in one.used]
            assert merged(one.used[consumer] for one in coarse if consumer in one.used) == merged(fine)


def test_what_a_tier_does_not_keep_any_more_is_not_made_for_it():
    cascade = Cascade(accounts.together, {MINUTE: MONDAY_NOON + 3_600_000, QUARTER: 0, HOUR: 0})
    for number in range(120):
        cascade.add(piece(MONDAY_NOON + number * 60_000)[0])
    cascade.close()
    assert min(one.start for one in cascade.whole if one.tier == 1) == MONDAY_NOON // 60_000 + 60
    assert min(one.start for one in cascade.whole if one.tier == 15) == MONDAY_NOON // 60_000


def test_whole_parts_add_up_to_the_whole():
    assert accounts.divided(100, [1.0, 1.0, 1.0]) == [33, 33, 34]
    assert accounts.divided(7, [0.0, 0.0]) == [0, 7]

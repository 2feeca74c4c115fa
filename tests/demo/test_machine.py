"""The machine of the demo: made-up readings, judged in turns."""

from monitor.demo import machine
from monitor.demo.rhythm import Rhythm
from monitor.metrics.catalogue import NAMES
from tests.factories import MONDAY_NOON


def test_a_made_up_reading_has_every_metric_in_the_order_of_the_catalogue():
    load = Rhythm(1, MONDAY_NOON).at(MONDAY_NOON)
    values = machine.measured(load, machine.Damped(1.0, 1.0, 1.0), 1.0, 1.0, lambda: 0.5)
    assert tuple(values) == NAMES
    told = dict(zip(NAMES, machine.valued(machine.counted(values)), strict=True))
    assert told["cpu_percent"] == round(values["cpu_percent"], 2)
    assert told["tasks_running"] == round(values["tasks_running"])
    assert abs(told["memory_used_bytes"] - values["memory_used_bytes"]) <= 512


def test_readings_are_judged_in_turns_and_one_after_a_gap_alone():
    def told(at, covered, gap, value):
        return at, covered, gap, [value] * len(NAMES)

    readings = [told(1000, 1.0, 0.0, 1.0), told(2000, 1.0, 0.0, 3.0), told(3000, 1.0, 0.0, 5.0),
                told(60_000, 0.0, 57.0, None), told(61_000, 1.0, 0.0, 7.0)]  # fmt: skip
    turns = list(machine.together(readings, 2.0))
    assert [(one.taken_at_ms, one.covered, one.gap, one.values["load1"]) for one in turns] == [
        (2000, 2.0, 0.0, 2.0), (3000, 1.0, 0.0, 5.0), (60_000, 0.0, 57.0, None), (61_000, 1.0, 0.0, 7.0)
    ]  # fmt: skip


def test_what_is_held_hardly_moves_within_a_bucket():
    values = dict.fromkeys(NAMES, 60.0)
    row = dict(zip(NAMES, machine.bucket(values, 3_600_000, lambda: 0.5), strict=True))
    apart = {name: (one.high - one.low) / one.high for name, one in row.items()}
    assert apart["disk_fullest_percent"] < 0.005
    assert apart["memory_available_percent"] < 0.02
    assert apart["cpu_percent"] > 0.3

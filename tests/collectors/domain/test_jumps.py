"""Jumps: what counts as one, and what does not."""

import pytest

from monitor.collectors.domain.jumps import Jumps

CALM = {"cpu_percent": 38.0, "load1": 0.8, "cpu_effective_cores": 2.0, "pressure_io_some_percent": 0.0}


def jumps(*steps, before=CALM, seconds=12):
    """Which of `steps`, each a second long, are jumps after some seconds of `before`."""
    one = Jumps()
    assert not any(one.see(1.0, before) for _ in range(seconds))
    return [one.see(1.0, before | step) for step in steps]


@pytest.mark.parametrize(
    ("step", "is_one"),
    [
        ({"cpu_percent": 100.0}, True),
        ({"cpu_percent": 58.0}, True),
        ({"cpu_percent": 57.0}, False),
        ({"cpu_percent": 2.0}, False),
        ({"load1": 1.3}, True),
        ({"load1": 1.2}, False),
        ({"pressure_io_some_percent": 30.0}, True),
        ({"pressure_cpu_some_percent": 90.0}, False),
        ({"cpu_percent": None}, False),
    ],
    ids=str,
)
def test_a_reading_far_above_those_before_it_is_one(step, is_one):
    assert jumps(step) == [is_one]


def test_load_jumps_by_a_share_of_the_cores():
    many = CALM | {"load1": 30.0, "cpu_effective_cores": 64.0}
    assert jumps({"load1": 35.0}, before=many) == [False]
    assert jumps({"load1": 43.0}, before=many) == [True]


def test_what_goes_on_is_no_jump_any_more():
    found = jumps(*[{"cpu_percent": 100.0}] * 15)
    assert found[0]
    assert not any(found[10:])


def test_slow_growth_is_none():
    assert not any(jumps(*({"cpu_percent": 38.0 + step} for step in range(60))))


def test_the_first_readings_and_those_after_a_gap_are_none():
    one = Jumps()
    assert not one.see(0.0, CALM)
    assert not one.see(1.0, CALM | {"cpu_percent": 100.0})
    for _ in range(12):
        one.see(1.0, CALM)
    assert not one.see(0.0, CALM | {"cpu_percent": 100.0})
    assert not one.see(1.0, CALM | {"cpu_percent": 100.0})


def test_readings_of_a_tenth_of_a_second_are_held_against_as_much_time():
    one = Jumps()
    for _ in range(100):
        one.see(0.1, CALM)
    assert one.see(0.1, CALM | {"cpu_percent": 90.0})

"""When ticks are due."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.sampler.schedule import next_tick


@given(st.floats(0.2, 60), st.floats(0, 1e6), st.floats(0, 0.999))
def test_the_next_tick_lies_ahead_by_a_bit_less_than_two_intervals_at_most(interval, now, chance):
    due = next_tick(0.0, interval, now, chance)
    assert due > now
    assert due - now < 1.6 * interval


def test_ticks_stay_on_the_grid_for_days():
    now = 0.0
    for _ in range(100_000):
        now = next_tick(0.0, 1.0, now, 0.9)
    assert abs(now - 100_000) < 0.1


def test_a_stall_is_followed_by_one_tick_not_a_burst():
    assert next_tick(0.0, 1.0, 7.3, 0.5) == 8.0
    assert next_tick(0.0, 1.0, 8.001, 0.5) == 9.0


def test_the_phase_moves():
    assert len({round(next_tick(0.0, 1.0, 5.2, chance / 10), 3) for chance in range(10)}) == 10

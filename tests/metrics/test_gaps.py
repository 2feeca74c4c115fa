"""Why there are no samples, told from the clocks."""

import pytest

from monitor.metrics.gaps import Clocks, GapSpec, Kind, before_first_reading, between_readings

BEFORE = Clocks(wall_ms=1_000_000, boottime=500.0, monotonic=400.0)


def after(seconds, *, slept=0.0, stepped=0.0):
    return Clocks(1_000_000 + round((seconds + stepped) * 1000), 500.0 + seconds, 400.0 + seconds - slept)


def test_contiguous_readings_have_no_gap():
    assert between_readings(BEFORE, after(1.0), 5.0) == []
    assert between_readings(BEFORE, after(5.0), 5.0) == []


def test_a_process_that_did_not_run_was_down():
    assert between_readings(BEFORE, after(60.0), 5.0) == [GapSpec(1_000_000, 1_060_000, Kind.SAMPLER_DOWN)]


def test_a_machine_that_slept_was_suspended():
    assert between_readings(BEFORE, after(7200.0, slept=7190.0), 5.0) == [
        GapSpec(1_000_000, 8_200_000, Kind.SUSPENDED)
    ]


def test_a_clock_set_forward_is_told_and_is_no_outage():
    [gap] = between_readings(BEFORE, after(1.0, stepped=90_000.0), 5.0)
    assert (gap.kind, gap.start_ms, gap.end_ms) == (Kind.CLOCK_STEPPED, 1_000_000, 91_001_000)
    assert gap.note == "The clock was set forward by 1 d 1 h."


def test_a_clock_set_back_is_an_instant():
    [gap] = between_readings(BEFORE, after(1.0, stepped=-3600.0), 5.0)
    assert gap.start_ms == gap.end_ms == 1_000_000 - 3_599_000
    assert "back by 1 h" in gap.note


@pytest.mark.parametrize("slip", [-1.9, 0.5, 1.9])
def test_a_clock_that_is_being_slewed_is_not_told(slip):
    assert between_readings(BEFORE, after(1.0, stepped=slip), 5.0) == []


def test_a_gap_with_a_clock_step_inside_is_told_as_both():
    gaps = between_readings(BEFORE, after(60.0, stepped=-3600.0), 5.0)
    assert [gap.kind for gap in gaps] == [Kind.SAMPLER_DOWN, Kind.CLOCK_STEPPED]
    assert gaps[0] == GapSpec(1_000_000, 1_060_000, Kind.SAMPLER_DOWN)
    assert all(gap.start_ms <= gap.end_ms for gap in gaps)


@pytest.mark.parametrize(("same_boot", "kind"), [(True, Kind.SAMPLER_DOWN), (False, Kind.REBOOTED)])
def test_the_first_reading_tells_whether_the_machine_rebooted(same_boot, kind):
    assert before_first_reading(1000, 100_000, same_boot, 5.0) == [GapSpec(1000, 100_000, kind)]


@pytest.mark.parametrize("last_ms", [None, 96_000, 200_000])
def test_without_an_earlier_reading_a_quick_restart_and_a_clock_set_back_are_no_gap(last_ms):
    assert before_first_reading(last_ms, 100_000, True, 5.0) == []


def test_a_reboot_after_which_the_clock_is_behind_is_an_instant_with_a_note() -> None:
    [gap] = before_first_reading(50_000, 20_000, same_boot=False, longest_step=5.0)
    assert (gap.start_ms, gap.end_ms, gap.kind) == (20_000, 20_000, "rebooted")
    assert "clock" in gap.note
    assert before_first_reading(50_000, 20_000, same_boot=True, longest_step=5.0) == []

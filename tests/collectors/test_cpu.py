"""/proc/stat: old kernels, guests, resets, hot-plug, and a counter of I/O wait that goes back."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collectors.cpu import (
    CpuCollector,
    busy_of_cores,
    others_running,
    parse_stat,
    usage,
    usage_of_host,
)
from monitor.collectors.domain.counters import CpuReading, CpuTimes

STAT = """\
cpu  3967 33 2148 156827 338 5 60 24 400 7
cpu0 1926 0 972 78616 146 0 4 10 0 0
cpu1 2041 33 1176 78211 192 5 56 14 400 7
intr 170466 0 0 25
ctxt 338269
btime 1795512703
processes 4585
procs_running 3
procs_blocked 1
softirq 118497 0 13120
"""
ZERO = CpuTimes(0, 0, 0, 0, 0)


def reading(*cores, running=None):
    named = {f"cpu{number}": times for number, times in enumerate(cores)}
    total = CpuTimes(*(sum(getattr(each, name) for each in cores) for name in CpuTimes.__slots__))
    return CpuReading(total, named, running)


def test_the_first_line_is_all_cores_in_seconds_with_nice_in_user_and_interrupts_in_system():
    parsed = parse_stat(STAT, 100.0)
    assert parsed.total == CpuTimes(39.67 + 0.33, 21.48 + 0.05 + 0.6, 1568.27, 3.38, 0.24)


def test_each_core_is_read_by_its_name():
    assert list(parse_stat(STAT, 100.0).cores) == ["cpu0", "cpu1"]


def test_tasks_running_and_blocked_are_read():
    parsed = parse_stat(STAT, 100.0)
    assert (parsed.running, parsed.blocked) == (3, 1)


def test_guest_time_is_not_added_to_the_user_time_that_already_holds_it():
    with_guest = parse_stat("cpu 100 0 0 0 0 0 0 0 90 0", 1.0)
    assert with_guest.total.user == 100


def test_columns_that_an_old_kernel_lacks_are_none_and_not_zero():
    total = parse_stat("cpu 10 2 3 85", 1.0).total
    assert total == CpuTimes(12, 3, 85, None, None)


def test_a_kernel_without_steal_still_has_its_interrupts_in_system():
    assert parse_stat("cpu 10 2 3 85 4 5 6", 1.0).total == CpuTimes(12, 14, 85, 4, None)


@pytest.mark.parametrize("text", ["", "intr 5\n", "cpu\n", "cpu 1 2\n"])
def test_a_text_without_cpu_times_is_none(text):
    assert parse_stat(text, 100.0) is None


def test_busy_is_what_was_neither_idle_nor_waiting_for_io():
    used = usage(ZERO, CpuTimes(20, 10, 50, 15, 5), 200.0)
    assert (used.busy, used.user, used.system, used.iowait, used.steal) == (35, 20, 10, 15, 5)


def test_io_wait_that_goes_back_counts_as_none_waited():
    used = usage(CpuTimes(0, 0, 0, 90, 0), CpuTimes(50, 0, 50, 10, 0), 200.0)
    assert (used.busy, used.iowait) == (50, 0)


def test_idle_time_that_the_kernel_corrects_a_little_counts_as_not_idle():
    used = usage(CpuTimes(0, 0, 100.5, 0, 0), CpuTimes(1, 0, 100, 0, 0), 200.0)
    assert used.busy == 100


def test_idle_time_that_goes_back_far_is_a_reset_and_not_a_busy_host():
    assert usage(CpuTimes(0, 0, 5000, 0, 0), CpuTimes(1, 0, 100, 0, 0), 200.0) is None


@pytest.mark.parametrize("field", ["user", "system", "steal"])
def test_any_other_counter_that_goes_back_is_a_reset(field):
    before = replace(CpuTimes(5, 5, 5, 5, 5), **{field: 6})
    assert usage(before, replace(before, idle=50, **{field: 4}), 200.0) is None


def test_no_time_between_two_readings_is_none():
    assert usage(ZERO, ZERO, 200.0) is None


def test_more_cpu_time_than_can_have_passed_is_none():
    assert usage(ZERO, CpuTimes(10, 0, 90_000, 0, 0), 6.0) is None


def test_a_source_without_io_wait_and_steal_leaves_them_none():
    used = usage(CpuTimes(0, 0, 0), CpuTimes(1, 1, 2), 10.0)
    assert (used.busy, used.iowait, used.steal) == (50, None, None)


SECONDS = st.floats(allow_nan=True, allow_infinity=True) | st.floats(min_value=0, max_value=100)
TIMES = st.builds(CpuTimes, SECONDS, SECONDS, SECONDS, st.none() | SECONDS, st.none() | SECONDS)


@given(TIMES, TIMES)
def test_every_share_is_between_0_and_100_whatever_the_counters_do(before, after):
    used = usage(before, after, 1000.0)
    shares = [] if used is None else [used.busy, used.user, used.system, used.iowait, used.steal]
    assert all(share is None or 0.0 <= share <= 100.0 for share in shares)
    assert not any(share is not None and math.isnan(share) for share in shares)


def test_the_busiest_core_is_found_and_each_core_is_told_by_name():
    readings = iter([
        reading(ZERO, ZERO), reading(CpuTimes(0.1, 0, 0.9, 0, 0), CpuTimes(0.9, 0, 0.1, 0, 0)), reading(ZERO),
        reading(CpuTimes(0.5, 0, 0.5, 0, 0)),
    ])  # fmt: skip
    collector = CpuCollector(lambda: next(readings))
    collector.collect(None)
    assert collector.collect(1.0)["cpu_busiest_core_percent"] == pytest.approx(90)
    assert collector.members["cpu_busiest_core_percent"].values == pytest.approx({"cpu0": 10, "cpu1": 90})
    assert collector.collect(1.0)["cpu_busiest_core_percent"] is None
    assert not collector.members, "nobody knows what the cores did in the second in which one left"
    assert collector.collect(1.0)["cpu_busiest_core_percent"] == 50
    assert collector.members["cpu_busiest_core_percent"].values == {"cpu0": 50}


def test_a_core_that_was_reset_does_not_hide_the_others():
    before = reading(CpuTimes(9, 0, 0, 0, 0), ZERO)
    after = reading(ZERO, CpuTimes(0.5, 0, 0.5, 0, 0))
    assert busy_of_cores(before, after, 1.0) == {"cpu1": 50}


@pytest.mark.parametrize("decide", [usage_of_host, busy_of_cores])
def test_the_tick_in_which_a_core_comes_or_goes_is_none(decide):
    one = reading(ZERO)
    two = reading(CpuTimes(0.5, 0, 0.5, 0, 0), CpuTimes(0.5, 0, 0.5, 0, 0))
    assert decide(one, two, 1.0) is None
    assert decide(two, one, 1.0) is None


@pytest.mark.parametrize("decide", [usage_of_host, busy_of_cores])
@pytest.mark.parametrize("elapsed", [None, 0.0, -1.0, 0.001, math.nan])
def test_a_gap_or_a_time_too_short_to_measure_is_none(decide, elapsed):
    before, after = reading(ZERO), reading(CpuTimes(0.001, 0, 0, 0, 0))
    assert decide(before, after, elapsed) is None


def test_the_sampler_does_not_count_itself_as_running():
    assert [others_running(count) for count in (None, 0, 1, 3)] == [None, 0, 0, 2]


def test_the_first_call_gives_tasks_and_no_percentages():
    values = CpuCollector(lambda: parse_stat(STAT, 100.0)).collect(None)
    assert values.get("cpu_percent") is None
    assert values["tasks_running"] == 2


def test_the_second_call_gives_the_share_since_the_first():
    readings = iter([reading(ZERO), reading(CpuTimes(0.25, 0, 0.75, 0, 0))])
    collector = CpuCollector(lambda: next(readings))
    collector.collect(None)
    assert collector.collect(1.0)["cpu_percent"] == 25


def test_after_a_gap_the_long_time_away_is_not_averaged():
    readings = iter([reading(ZERO), reading(CpuTimes(7200, 0, 0, 0, 0)), reading(CpuTimes(7200, 0, 1, 0, 0))])
    collector = CpuCollector(lambda: next(readings))
    assert collector.collect(None).get("cpu_percent") is None
    assert collector.collect(None).get("cpu_percent") is None
    assert collector.collect(1.0)["cpu_percent"] == 0


def test_a_host_without_cpu_times_gives_nothing_and_does_not_fail():
    assert not any(CpuCollector(lambda: None).collect(1.0).values())

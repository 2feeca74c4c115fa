"""Counters of CPU time: resets, hot-plug, small steps back, and counters that lose what they had and have it again."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collectors.domain.counters import CpuReading, CpuTimes
from monitor.collectors.domain.cpu_usage import FIELDS, Usages, noise_seconds, others_running, usage

ZERO = CpuTimes(0, 0, 0, 0, 0)
OLD = CpuTimes(500, 200, 9000, 30, 90)


def plus(times, **seconds):
    return replace(times, **{name: round(getattr(times, name) + grown, 6) for name, grown in seconds.items()})


def reading(*cores):
    named = {f"cpu{number}": times for number, times in enumerate(cores)}
    total = CpuTimes(*(sum(getattr(each, name) for each in cores) for name in CpuTimes.__slots__))
    return CpuReading(total, named)


def of_all(*readings, elapsed=1.0):
    """(busy percent of all cores, of the busiest) at each reading, None where not known."""
    usages = Usages()
    found = [usages.of(one, None if number == 0 else elapsed) for number, one in enumerate(readings)]
    return [
        (None if host is None else round(host.busy, 6), max(cores.values(), default=None))
        for host, cores in found
    ]


def test_busy_is_what_was_neither_idle_nor_waiting_for_io():
    used = usage(ZERO, CpuTimes(20, 10, 50, 15, 5), 100.0)
    assert (used.busy, used.user, used.system, used.iowait, used.steal) == (35, 20, 10, 15, 5)


def test_io_wait_that_goes_back_counts_as_none_waited():
    used = usage(CpuTimes(0, 0, 0, 90, 0), CpuTimes(50, 0, 50, 10, 0), 100.0)
    assert (used.busy, used.iowait) == (50, 0)


def test_idle_time_that_the_kernel_corrects_a_little_counts_as_not_idle():
    used = usage(CpuTimes(0, 0, 100.5, 0, 0), CpuTimes(1, 0, 100, 0, 0), 1.0)
    assert used.busy == 100


def test_idle_time_that_the_kernel_corrects_on_an_idle_core_does_not_make_it_busy():
    assert usage(CpuTimes(0, 0, 100.5, 0, 0), CpuTimes(0.01, 0, 100, 0, 0), 1.0) is None


def test_idle_time_that_goes_back_far_is_a_reset_and_not_a_busy_host():
    assert usage(CpuTimes(0, 0, 5000, 0, 0), CpuTimes(1, 0, 100, 0, 0), 1.0) is None


@pytest.mark.parametrize("field", ["user", "system", "steal"])
@pytest.mark.parametrize("cores", [1, 2, 64])
def test_any_other_counter_that_goes_back_far_is_a_reset(field, cores):
    before = replace(OLD, **{field: 900})
    after = plus(before, idle=cores, **{field: -850.0})
    assert usage(before, after, 1.0, cores) is None


@pytest.mark.parametrize("field", ["user", "system", "steal"])
@pytest.mark.parametrize("ticks", [1, 3, 5])
def test_a_counter_that_steps_back_by_a_few_ticks_grew_by_nothing(field, ticks):
    grown = {"user": 0.3, "system": 0.2, "idle": 0.4, "iowait": 0.1, "steal": 0.0}
    used = usage(OLD, plus(OLD, **{**grown, field: -ticks / 100}), 1.0)
    busy = sum(seconds for name, seconds in grown.items() if name not in ("idle", "iowait", field))
    assert getattr(used, field) == 0
    assert used.busy == pytest.approx(100 * busy / (busy + 0.5))


def test_a_counter_that_steps_back_each_second_leaves_the_cpu_known_throughout():
    readings, now = [], [OLD, OLD]
    for _ in range(20):
        readings.append(reading(*now))
        now = [plus(core, user=0.5, idle=0.5, steal=-0.01, system=-0.01) for core in now]
    assert of_all(*readings)[1:] == [(50.0, pytest.approx(50))] * 19


def test_how_far_a_counter_may_step_back_grows_with_cores_and_time_up_to_what_idle_time_may():
    assert noise_seconds(0.2) == 0.05
    assert noise_seconds(1.0) == pytest.approx(0.1)
    assert noise_seconds(1.0, 8) == pytest.approx(0.8)
    assert noise_seconds(3600.0) == 3.0


def test_no_time_between_two_readings_is_none():
    assert usage(ZERO, ZERO, 100.0) is None


def test_more_cpu_time_than_can_have_passed_is_none():
    assert usage(ZERO, CpuTimes(10, 0, 90_000, 0, 0), 6.0) is None


def test_a_source_without_io_wait_and_steal_leaves_them_none():
    used = usage(CpuTimes(0, 0, 0), CpuTimes(1, 1, 2), 4.0)
    assert (used.busy, used.iowait, used.steal) == (50, None, None)


SECONDS = st.floats(allow_nan=True, allow_infinity=True) | st.floats(min_value=0, max_value=100)
TIMES = st.builds(CpuTimes, SECONDS, SECONDS, SECONDS, st.none() | SECONDS, st.none() | SECONDS)


@given(TIMES, TIMES)
def test_every_share_is_between_0_and_100_whatever_the_counters_do(before, after):
    used = usage(before, after, 100.0)
    shares = [] if used is None else [used.busy, used.user, used.system, used.iowait, used.steal]
    assert all(share is None or 0.0 <= share <= 100.0 for share in shares)
    assert not any(share is not None and math.isnan(share) for share in shares)


def test_the_busiest_core_is_found():
    after = reading(CpuTimes(0.1, 0, 0.9, 0, 0), CpuTimes(0.9, 0, 0.1, 0, 0))
    assert of_all(reading(ZERO, ZERO), after)[1] == (50, pytest.approx(90))


def test_a_core_that_was_reset_does_not_hide_the_others():
    before = reading(CpuTimes(9, 0, 0, 0, 0), ZERO)
    after = reading(ZERO, CpuTimes(0.5, 0, 0.5, 0, 0))
    assert of_all(before, after)[1] == (None, 50)


def test_the_tick_in_which_a_core_comes_or_goes_is_none():
    one = reading(ZERO)
    two = reading(CpuTimes(0.5, 0, 0.5, 0, 0), CpuTimes(0.5, 0, 0.5, 0, 0))
    assert of_all(one, two, one) == [(None, None)] * 3


@pytest.mark.parametrize("elapsed", [None, 0.0, -1.0, 0.001, math.nan])
def test_a_gap_or_a_time_too_short_to_measure_is_none(elapsed):
    before, after = reading(ZERO), reading(CpuTimes(0.001, 0, 0, 0, 0))
    assert of_all(before, after, elapsed=elapsed)[1] == (None, None)


@pytest.mark.parametrize("field", FIELDS)
def test_a_counter_that_reads_0_once_and_then_its_old_value_is_unknown_both_times_and_known_again(field):
    """64 cores: so many that a minute and a half of one counter could have passed in a second."""
    cores = [replace(OLD, **dict.fromkeys(FIELDS, 1.5))] * 64
    steps = [[plus(core, user=0.25 * n, idle=0.75 * n) for core in cores] for n in range(5)]
    zeroed = [replace(core, **{field: 0.0}) for core in steps[2]]
    found = of_all(*(reading(*each) for each in [steps[0], steps[1], zeroed, steps[3], steps[4]]))
    unknown_first = (
        [(None, None)] if field != "iowait" else [found[2]]
    )  # which may go back: that is no growth
    assert found[1:] == [(25, 25), *unknown_first, (None, None), (25, 25)]
    assert found[2][0] in (None, 25)


def test_the_sampler_does_not_count_itself_as_running():
    assert [others_running(count) for count in (None, 0, 1, 3)] == [None, 0, 0, 2]

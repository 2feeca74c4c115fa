"""/proc/stat: old kernels, guests, resets, hot-plug, and a counter of I/O wait that goes back."""

import pytest

from monitor.collectors.cpu import CpuCollector, parse_stat
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


def test_the_busiest_core_is_found_and_each_core_is_told_by_name():
    readings = iter([
        reading(ZERO, ZERO), reading(CpuTimes(0.1, 0, 0.9, 0, 0), CpuTimes(0.9, 0, 0.1, 0, 0)),
        reading(CpuTimes(0.2, 0, 1.8, 0, 0)), reading(CpuTimes(0.7, 0, 2.3, 0, 0)),
    ])  # fmt: skip
    collector = CpuCollector(lambda: next(readings))
    collector.collect(None)
    assert collector.collect(1.0)["cpu_busiest_core_percent"] == pytest.approx(90)
    assert collector.members["cpu_busiest_core_percent"].values == pytest.approx({"cpu0": 10, "cpu1": 90})
    assert collector.collect(1.0)["cpu_busiest_core_percent"] is None
    assert not collector.members, "nobody knows what the cores did in the second in which one left"
    assert collector.collect(1.0)["cpu_busiest_core_percent"] == pytest.approx(50)
    assert collector.members["cpu_busiest_core_percent"].values == pytest.approx({"cpu0": 50})

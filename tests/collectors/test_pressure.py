"""/proc/pressure: totals of stalled time, kernels without them, resets."""

import pytest

from monitor.collectors import pressure
from monitor.collectors.pressure import PressureCollector, parse_pressure
from monitor.collectors.procfile import ProcFile

IO = """\
some avg10=0.00 avg60=0.00 avg300=0.12 total=2223821
full avg10=0.00 avg60=0.00 avg300=0.11 total=1948849
"""


def test_totals_are_read_in_seconds():
    assert parse_pressure(IO) == {"some": 2.223821, "full": 1.948849}


def test_a_cpu_file_without_a_full_line_has_only_some():
    assert parse_pressure("some avg10=0.00 avg60=0.00 avg300=0.00 total=5\n") == {"some": 5e-06}


@pytest.mark.parametrize("text", ["", "\n", "some avg10=0.00\n", "some total=\n", "some total=-3\n"])
def test_a_text_without_totals_is_empty(text):
    assert parse_pressure(text) == {}


def collector_of(*readings):
    source = iter(readings)
    collector = PressureCollector(lambda: next(source))
    return collector, [collector.collect(None if number == 0 else 1.0) for number in range(len(readings))]


def test_pressure_is_the_stalled_share_of_the_time_that_passed():
    _, values = collector_of({"io_some": 2.0}, {"io_some": 2.25})
    assert values[1]["pressure_io_some_percent"] == 25.0


def test_the_first_call_gives_no_pressure():
    _, values = collector_of({"io_some": 2.0})
    assert values[0]["pressure_io_some_percent"] is None


def test_more_stall_than_time_is_100():
    _, values = collector_of({"cpu_some": 1.0}, {"cpu_some": 2.5})
    assert values[1]["pressure_cpu_some_percent"] == 100.0


def test_a_total_that_starts_anew_is_none():
    _, values = collector_of({"memory_full": 90.0}, {"memory_full": 0.5})
    assert values[1]["pressure_memory_full_percent"] is None


def test_a_kernel_without_pressure_gives_none_for_all_and_does_not_fail(monkeypatch, tmp_path):
    monkeypatch.setattr(pressure, "ProcFile", lambda path: ProcFile(str(tmp_path / path.rpartition("/")[2])))
    collector = PressureCollector()
    collector.collect(None)
    assert collector.collect(1.0) == dict.fromkeys(PressureCollector.metrics)


def test_each_tick_counts_from_the_one_before():
    _, values = collector_of({"io_full": 2.0}, {"io_full": 2.25}, {"io_full": 2.75}, {"io_full": 2.75})
    assert [each["pressure_io_full_percent"] for each in values] == [None, 25.0, 50.0, 0.0]


def test_a_total_that_reads_0_once_and_then_its_old_value_makes_both_ticks_none():
    readings = iter(
        [{"io_some": 0.4}, {"io_some": 0.5}, {"io_some": 0.0}, {"io_some": 0.6}, {"io_some": 0.7}]
    )
    collector = PressureCollector(lambda: next(readings))
    found = [collector.collect(elapsed)["pressure_io_some_percent"] for elapsed in (None, 1.0, 1.0, 1.0, 1.0)]
    assert found == [None, pytest.approx(10), None, None, pytest.approx(10)]


def test_a_total_that_grows_by_more_than_the_time_that_can_have_passed_is_none():
    readings = iter([{"io_some": 1.0}, {"io_some": 900.0}, {"io_some": 900.5}])
    collector = PressureCollector(lambda: next(readings))
    found = [collector.collect(elapsed)["pressure_io_some_percent"] for elapsed in (None, 1.0, 1.0)]
    assert found == [None, None, 50]

"""The sentence, by values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.diagnosis.reader import read
from monitor.diagnosis.tone import Tone
from monitor.diagnosis.verdict import verdict
from monitor.metrics.catalogue import NAMES
from tests.diagnosis.moments import gathered, readings, snapshots
from tests.stages.snapshots import document, row, waiting

CALM = {
    "cpu_percent": 12.0, "load1": 0.4, "cpu_effective_cores": 2.0, "tasks_running": 1, "tasks_blocked": 0,
    "pressure_io_some_percent": 0.0, "pressure_io_full_percent": 0.0, "pressure_memory_some_percent": 0.0,
    "pressure_memory_full_percent": 0.0, "cpu_steal_percent": 0.0, "cpu_iowait_percent": 0.0,
}  # fmt: skip


def test_a_calm_machine_is_fine():
    found = verdict(CALM)
    assert found.tone is Tone.OK
    assert found.text == "Fine. Load 0.4 on 2 cores: CPU 12 %, 1 running, 0 blocked, no I/O pressure."


@pytest.mark.parametrize(
    ("values", "tone", "text"),
    [
        ({"load1": 3.1, "cpu_percent": 99, "tasks_running": 3}, Tone.OVERLOADED,
         "Overloaded. Load 3.1 on 2 cores: CPU-bound, 3 running, 0 blocked, no I/O pressure."),
        ({"load1": 1.5, "cpu_percent": 85}, Tone.BUSY,
         "Busy. Load 1.5 on 2 cores: CPU-bound, 1 running, 0 blocked, no I/O pressure."),
        ({"load1": 6.0, "cpu_percent": 8, "tasks_blocked": 6, "pressure_io_some_percent": 41,
          "disk_read_bytes_per_second": 5e7}, Tone.OVERLOADED,
         "Overloaded. Load 6.0 on 2 cores: waiting for disk, 1 running, 6 blocked, I/O pressure 41 %."),
        ({"load1": 6.0, "cpu_percent": 8, "tasks_blocked": 6, "pressure_io_some_percent": 41}, Tone.OVERLOADED,
         "Overloaded. Load 6.0 on 2 cores: waiting for I/O, 1 running, 6 blocked, I/O pressure 41 %."),
        ({"load1": 3.1, "cpu_percent": 60, "tasks_blocked": 3}, Tone.OVERLOADED,
         "Overloaded. Load 3.1 on 2 cores: CPU 60 %, tasks wait uninterruptibly, 1 running, 3 blocked, no I/O pressure."),
        ({"load1": 6.0, "cpu_percent": 30, "tasks_running": 6}, Tone.OVERLOADED,
         "Overloaded. Load 6.0 on 2 cores: CPU 30 %, what keeps the load up is not known, 6 running, 0 blocked, "
         "no I/O pressure."),
        ({"load1": 3.1, "cpu_percent": 99, "tasks_running": 3, "pressure_memory_some_percent": 12,
          "pressure_memory_full_percent": 1}, Tone.OVERLOADED,
         "Overloaded. Load 3.1 on 2 cores: CPU-bound, 3 running, 0 blocked, no I/O pressure."),
        ({"load1": 2.4, "cpu_percent": 5}, Tone.CALMING,
         "Calming down. Load 2.4 on 2 cores: CPU 5 % now, the average still remembers earlier work, 1 running, "
         "0 blocked, no I/O pressure."),
        ({"load1": 2.4, "cpu_percent": 60, "cpu_steal_percent": 35}, Tone.OVERLOADED,
         "Overloaded. Load 2.4 on 2 cores: CPU taken by other virtual machines (35 %), 1 running, 0 blocked, "
         "no I/O pressure."),
        ({"pressure_memory_some_percent": 30, "pressure_memory_full_percent": 12}, Tone.OVERLOADED,
         "Overloaded. Load 0.4 on 2 cores: short of memory, 1 running, 0 blocked, no I/O pressure."),
    ],
)  # fmt: skip
def test_a_busy_machine_is_explained(values, tone, text):
    found = verdict(CALM | values, values)
    assert (found.tone, found.text) == (tone, text)


@pytest.mark.parametrize(
    ("scan", "text"),
    [
        ({"tasks__blocked": 5, "blocked": [waiting("rsync", "nfs_wait", 5)]},
         "Overloaded. Load 3.1 on 2 cores: waiting for a network file system (5 x rsync, in nfs_wait), 1 running, "
         "5 blocked, no I/O pressure."),
        ({"throttled_percent": 98.0, "by_cpu": [row("php", 60.0)]},
         "Overloaded. Load 3.1 on 2 cores: stopped by its CPU quota (mostly php (0.6 cores)), 1 running, 0 blocked, "
         "no I/O pressure."),
        ({"short_lived": {"started_per_second": 90.0, "cpu_percent": 99.0, "by": [{"pid": 1, "name": "make"}]}},
         "Overloaded. Load 3.1 on 2 cores: many short tasks (started by make, gone again: 1 core), 1 running, "
         "0 blocked, no I/O pressure."),
        ({"by_cpu": [row("ffmpeg", 60.0)]},
         "Overloaded. Load 3.1 on 2 cores: CPU-bound (mostly ffmpeg (0.6 cores)), 1 running, 0 blocked, no I/O pressure."),
    ],
)  # fmt: skip
def test_the_last_scan_proves_what_one_reading_cannot(scan, text):
    found = read(document(online_cores=2, **scan))
    assert verdict(CALM | {"load1": 3.1, "cpu_percent": 55.0}, {}, found).text == text


def test_what_the_looks_found_to_wait_counts_before_the_load_tells_of_it():
    few = read(document(tasks__blocked=1, blocked=[waiting("rsync", "nfs_wait", 1)]))
    assert (
        verdict(CALM, {}, few).text
        == "Fine. Load 0.4 on 2 cores: CPU 12 %, 1 running, 1 blocked, no I/O pressure."
    )
    many = read(document(tasks__blocked=5, blocked=[waiting("forker", "kernel_clone", 5)]))
    found = verdict(CALM, {}, many)
    assert found.tone is Tone.BUSY
    assert (
        "tasks wait uninterruptibly (5 x forker, in kernel_clone), not for I/O, 1 running, 5 blocked"
        in found.text
    )


def test_how_many_tasks_wait_is_judged_by_their_mean():
    at_once = verdict(CALM | {"tasks_blocked": 3}, {}, read(document(tasks__blocked=0.2, cores=2.0)))
    assert (at_once.tone, "3 blocked" in at_once.text) == (Tone.OK, True)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"pressure_cpu_some_percent": 60.0, "cpu_percent": 40.0}, "no I/O pressure, CPU pressure 60 %."),
        ({"pressure_cpu_some_percent": 20.0, "cpu_percent": 60.0}, "CPU-bound, 1 running"),
        ({"pressure_memory_some_percent": 12.0}, "no I/O pressure, memory pressure 12 %."),
        ({"swap_bytes_per_second": 5e7, "pressure_memory_some_percent": None}, "short of memory"),
        ({"cpu_steal_percent": 35.0, "cpu_percent": 40.0}, "CPU taken by other virtual machines (35 %)"),
    ],
)  # fmt: skip
def test_a_machine_that_stands_still_is_busy_whatever_its_load_is(values, says):
    found = verdict(CALM | values)
    assert found.tone is Tone.BUSY
    assert says in found.text


def test_more_tasks_than_cores_that_run_for_some_seconds_are_not_fine():
    crowd = CALM | {"tasks_running": 8.0}
    assert verdict(crowd).tone is Tone.BUSY
    assert verdict(crowd, {}, read(document(cores=2.0, tasks__running=0.4))).tone is Tone.OK
    assert verdict(crowd, {}, read(document(cores=2.0, tasks__running=7.0))).tone is Tone.BUSY


def test_what_was_busier_before_is_told_where_nothing_of_this_moment_says_why():
    found = verdict(CALM | {"cpu_percent": 60.0}, {"cpu_percent": 97.0})
    assert found.text.startswith(
        "Overloaded. Load 0.4 on 2 cores: CPU 60 %, the last minutes were busier, 1 running"
    )
    burnt = read(document(cores=2.0, cpu__busy=90.0, online_cores=2, by_cpu=[row("ffmpeg", 180.0)]))
    unknown = verdict(CALM | {"cpu_percent": None}, {}, burnt).text
    assert unknown.startswith(
        "Busy. Load 0.4 on 2 cores: the last seconds were busier (mostly ffmpeg (1.8 cores)), "
    )


def test_nobody_is_told_beside_a_cpu_that_he_cannot_have_used():
    burnt = read(document(cores=2.0, online_cores=2, cpu__busy=60.0, by_cpu=[row("ffmpeg", 120.0)]))
    found = verdict(CALM | {"load1": 1.6, "cpu_percent": 5.0, "tasks_running": 2.0}, {}, burnt)
    assert (found.tone, "ffmpeg" in found.text) == (Tone.BUSY, False)


def test_swap_to_compressed_memory_that_holds_nothing_up_is_fine():
    assert verdict(CALM | {"swap_bytes_per_second": 5e7}).tone is Tone.OK


def test_what_the_last_seconds_proved_does_not_flicker_with_one_calm_second():
    lately = read(document(cpu__busy=90.0, cores=2.0, online_cores=2, by_cpu=[row("blinker", 180.0)]))
    found = verdict(CALM | {"cpu_percent": 2.0}, {}, lately)
    assert found.tone is Tone.BUSY
    assert "CPU 2 % now, the last seconds were busier (mostly blinker (1.8 cores)), 1 running" in found.text


def test_with_hardly_any_memory_left_not_all_is_fine():
    found = verdict(CALM | {"memory_available_percent": 1.0, "memory_available_bytes": 80.0 * 2**20})
    assert (found.tone, found.text[:54]) == (
        Tone.BUSY, "Attention. 80 MiB of memory available. Load 0.4 on 2 c"
    )  # fmt: skip
    assert verdict(CALM | {"memory_available_percent": 6.0, "memory_available_bytes": 5e8}).tone is Tone.OK


def test_one_second_does_not_make_a_machine_overloaded_but_what_stands_beside_the_word_agrees_with_it():
    assert verdict(CALM | {"cpu_percent": 100.0}, {"cpu_percent": 20.0}).tone is Tone.BUSY
    assert verdict(CALM | {"cpu_percent": 74.0}, {"cpu_percent": 20.0}).tone is Tone.OK
    assert verdict(CALM | {"cpu_percent": 60.0}, {"cpu_percent": 97.0}).tone is Tone.OVERLOADED


def test_before_the_mean_is_known_a_busy_machine_is_not_fine():
    assert verdict(CALM | {"cpu_percent": 95.0}, {"cpu_percent": None}).tone is Tone.BUSY


@pytest.mark.parametrize("pressure", ["pressure_io_some_percent", "pressure_memory_some_percent"])
def test_no_machine_is_fine_while_its_pressure_says_otherwise(pressure):
    assert verdict(CALM | {pressure: 9.0}).tone is Tone.OK
    assert verdict(CALM | {pressure: 73.0}).tone is Tone.BUSY


PEAK_IS_OVER = {"load1": 3.1, "cpu_percent": 4.0, "tasks_running": 0.0}
BUSY_LATELY = {"cpu__busy": 70.0, "tasks__running": 2.0, "load1": 3.1, "cores": 2.0}


def test_an_idle_machine_whose_load_remembers_is_calming_down():
    found = verdict(CALM | PEAK_IS_OVER, {"cpu_percent": 60.0})
    assert found.tone is Tone.CALMING
    assert found.text.startswith(
        "Calming down. Load 3.1 on 2 cores: CPU 4 % now, the average still remembers earlier work"
    )


def test_one_idle_second_between_busy_ones_is_no_calm():
    assert verdict(CALM | PEAK_IS_OVER, {}, read(document(**BUSY_LATELY))).tone is Tone.OVERLOADED


def test_one_task_that_runs_for_a_moment_does_not_end_the_calm():
    lately = read(document(cores=2.0, load1=2.0, cpu__busy=3.0, tasks__running=0.2))
    assert verdict(CALM | {"load1": 2.0, "tasks_running": 1.0}, {}, lately).tone is Tone.CALMING


def test_a_steady_load_that_is_explained_is_not_calming_down():
    steady = {"load1": 1.5, "cpu_percent": 45.0, "tasks_running": 1.2}
    assert verdict(CALM | steady).tone is Tone.BUSY


def test_tasks_that_wait_keep_a_machine_from_calming_down():
    forkers = [waiting("forker", "kernel_clone", 10)]
    waits = read(document(cores=2.0, tasks__blocked=10, tasks__running=0.0, cpu__busy=0.0, blocked=forkers))
    found = verdict(CALM | {"load1": 6.5, "cpu_percent": 0.0, "tasks_running": 0.0}, {}, waits)
    assert found.tone is Tone.OVERLOADED
    assert (
        "tasks wait uninterruptibly (10 x forker, in kernel_clone), not for I/O, 0 running, 10 blocked"
        in found.text
    )


def test_a_mean_that_remembers_is_told_as_such_where_the_load_is_low():
    found = verdict(CALM | {"load1": 0.2, "tasks_running": 0.0}, {"cpu_percent": 96.0})
    assert (found.tone, "CPU 12 % now, the last minutes were busier" in found.text) == (Tone.CALMING, True)


DISK_FULL = ("Disk", "critical")


def test_with_an_open_alert_not_all_is_fine():
    found = verdict(CALM, {}, standing=[DISK_FULL])
    assert (found.tone, found.text[:72]) == (
        Tone.BUSY,
        "Attention. 1 critical alert is open: Disk. Load 0.4 on 2 cores: CPU 12 %",
    )
    many = verdict(CALM, {}, standing=[DISK_FULL, ("Swap", "warning"), ("CPU", "warning")])
    assert many.text.startswith("Attention. 3 alerts are open: Disk, Swap and 1 more. Load 0.4")


def test_an_overloaded_machine_with_an_open_alert_stays_overloaded():
    busy = CALM | {"load1": 3.1, "cpu_percent": 99.0, "tasks_running": 3}
    assert verdict(busy, {}, standing=[DISK_FULL]).tone is Tone.OVERLOADED


@given(readings(), snapshots())
def test_nothing_that_stands_beside_fine_says_otherwise(values, scans):
    found = verdict(values, {}, read(gathered(values, scans)))
    if found.tone is Tone.OK:
        assert (values["cpu_percent"] or 0) < 75
        assert (values["pressure_io_some_percent"] or 0) < 10
        assert (values["pressure_memory_some_percent"] or 0) < 10
        assert (values["pressure_cpu_some_percent"] or 0) < 50
        assert (values["tasks_blocked"] or 0) < 0.7 * values["cpu_effective_cores"]
        assert (values["load1"] or 0) < 0.7 * values["cpu_effective_cores"]


def test_without_cores_nothing_is_judged():
    assert verdict(CALM | {"cpu_effective_cores": None}).tone is Tone.UNKNOWN


def test_what_is_unknown_is_left_out():
    found = verdict({"load1": 0.1, "cpu_effective_cores": 1.0})
    assert found.text == "Fine. Load 0.1 on 1 core."


@given(st.fixed_dictionaries({name: st.one_of(st.none(), st.floats(0, 1e6)) for name in NAMES}))
def test_any_reading_gives_one_sentence(values):
    text = verdict(values).text
    assert text.endswith(".")
    assert ": ." not in text
    assert "None" not in text


def test_those_who_wait_are_named_beside_another_cause():
    rows = [waiting("midwife", "kernel_clone", 6)]
    found = read(document(cores=2.0, tasks__blocked=6, tasks__running=4.0, cpu__busy=99.0, blocked=rows))
    busy = CALM | {"load1": 30.0, "cpu_percent": 99.0, "tasks_running": 4}
    assert "CPU-bound, 4 running, 6 blocked (6 x midwife, in kernel_clone)" in verdict(busy, {}, found).text

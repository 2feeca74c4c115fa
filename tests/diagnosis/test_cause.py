"""The cause, by values: what it takes to be named, whatever else is known."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.diagnosis.cause import Kind, cause
from monitor.diagnosis.reader import read
from monitor.diagnosis.sentence import explain
from tests.diagnosis.moments import moments
from tests.stages.examples import examples
from tests.stages.snapshots import document, row, waiting

FULL = {"load1": 9.2, "cpu__busy": 99.0, "tasks__running": 9.0}
LOCAL = (Kind.DISK, Kind.IO)


def kind(stored, metric=""):
    return cause(read(stored), metric).kind


def at_least(value, limit):
    return value is not None and value >= limit


@settings(max_examples=examples(400))
@given(moments())
def test_local_disks_and_io_are_blamed_only_where_the_kernel_says_that_tasks_stand_still_for_them(found):
    pressure = found["pressure"]["io_some"]
    waits = at_least(found["cpu"]["iowait"], 10) and at_least(found["tasks"]["blocked"], 0.5)
    assert kind(found) not in LOCAL or (waits if pressure is None else pressure >= 10)


@given(moments())
def test_without_a_task_that_waits_or_pressure_nothing_that_is_waited_for_is_blamed(found):
    found["tasks"]["blocked"], found["pressure"]["io_some"] = 0, 9.9
    assert kind(found) not in (*LOCAL, Kind.NETWORK_FILES, Kind.WAITING)


@settings(max_examples=examples(400))
@given(moments())
def test_memory_is_short_only_where_it_is_swapped_or_every_task_stalls(found):
    swaps = at_least(found["memory"]["swap_bytes_per_second"], 1e6)
    assert kind(found) is not Kind.MEMORY or swaps or at_least(found["pressure"]["memory_full"], 5)


@given(
    st.sampled_from([0.0, 49.0, 50.0, 79.0]),
    st.sampled_from([None, 0.0, 2.7, 2.8]),
    st.sampled_from([0, 1]),
)
def test_earlier_work_is_blamed_only_where_hardly_anything_runs_or_waits(busy, running, blocked):
    found = document(load1=6.0, cpu__busy=busy, tasks__running=running, tasks__blocked=blocked)
    active = None if running is None else running + blocked
    calm = busy < 50 and active is not None and active < 2.8
    explained = blocked and (running is None or blocked > running)
    assert (kind(found) is Kind.REMEMBERED) == (calm and not explained)


@given(
    moments(),
    st.sampled_from(["memory_available_percent", "swap_used_bytes", "pressure_memory_full_percent"]),
)
def test_an_alert_on_memory_is_explained_by_memory_alone(found, metric):
    of_memory = (Kind.MEMORY, Kind.MEMORY_LIMIT)
    assert kind(found, metric) is (kind(found) if kind(found) in of_memory else Kind.MEMORY_IN_USE)


def test_stalls_alone_are_no_swap_storm():
    assert kind(document(pressure__memory_some=12.0)) is not Kind.MEMORY
    assert kind(document(memory__swap_bytes_per_second=2**20)) is not Kind.MEMORY


def test_without_pressure_information_swapping_is_proof_enough():
    found = document(memory__swap_bytes_per_second=8 * 2**20, pressure__memory_some=None)
    assert kind(found) is Kind.MEMORY


def test_a_short_lived_crowd_that_uses_little_is_not_the_cause():
    busy = {"started_per_second": 240.0, "cpu_percent": 20.0, "by": []}
    assert kind(document(**FULL, short_lived=busy)) is Kind.CPU


def test_pressure_is_believed_even_where_no_look_found_a_task_that_waits():
    stalls = {"pressure__io_some": 60.0, "disk__read_bytes_per_second": 1e8}
    assert kind(document(load1=9.0, **stalls)) is Kind.DISK


def test_without_pressure_information_idle_time_beside_io_alone_is_no_proof():
    stalls = {"pressure__io_some": None, "cpu__iowait": 40.0, "disk__read_bytes_per_second": 1e8}
    assert kind(document(load1=9.0, **stalls)) not in LOCAL
    assert kind(document(load1=9.0, tasks__blocked=2, **stalls)) is Kind.DISK


def test_the_greater_pressure_is_named_first():
    both = {"load1": 9.0, "cpu__busy": 99.0, "disk__write_bytes_per_second": 1e8}
    assert kind(document(**both, pressure__cpu_some=60.0, pressure__io_some=20.0)) is Kind.CPU
    assert kind(document(**both, pressure__cpu_some=20.0, pressure__io_some=60.0)) is Kind.DISK


@settings(max_examples=examples(400))
@given(moments())
def test_what_is_ruled_out_has_a_calm_pressure_and_the_smaller_one(found):
    pressure = found["pressure"]
    ruled_out = cause(read(found)).rules_out
    if ruled_out is Kind.DISK:
        assert pressure["io_some"] < 10
        assert pressure["io_some"] < pressure["cpu_some"] or pressure["io_some"] == 0
    if ruled_out is Kind.CPU:
        assert pressure["cpu_some"] < 10
        assert pressure["cpu_some"] < pressure["io_some"] or pressure["cpu_some"] == 0


def test_waiting_tasks_without_any_stall_are_not_waiting_for_the_disk():
    assert kind(document(load1=9.0, tasks__blocked=6, disk__read_bytes_per_second=1e8)) is Kind.WAITING


def test_one_core_is_full_where_one_process_is_what_fills_it():
    pinned = {"load1": 1.0, "cpu__busy": 26.0, "cpu__busiest_core": 99.0}
    assert kind(document(**pinned, by_cpu=[row("node", 50.0), row("sh", 40.0, 2)])) is Kind.NOTHING
    assert kind(document(**pinned, by_cpu=[row("node", 99.0)])) is Kind.ONE_CORE


def test_where_other_cores_are_or_may_be_full_too_it_is_not_said_of_one():
    three = [row("spin", 99.0, pid) for pid in (1, 2, 3)]
    assert kind(document(load1=2.0, cpu__busy=75.0, cpu__busiest_core=99.0, by_cpu=three)) is Kind.NOTHING
    assert kind(document(load1=3.0, cpu__busy=75.0, cpu__busiest_core=99.0, by_cpu=three)) is Kind.CPU
    threads = [row("weaver", 190.0)]
    assert kind(document(load1=2.0, cpu__busy=50.0, cpu__busiest_core=99.0, by_cpu=threads)) is Kind.NOTHING
    hidden = [row("node", 99.0)]
    assert kind(document(load1=2.0, cpu__busy=49.0, cpu__busiest_core=99.0, by_cpu=hidden)) is Kind.NOTHING
    unknown = document(load1=1.0, cpu__busy=26.0, cpu__busiest_core=99.0, by_cpu=hidden, online_cores=None)
    assert kind(unknown) is Kind.NOTHING


@pytest.mark.parametrize("place", ["jbd2_log_wait_commit", "io_schedule", None])
def test_the_pressure_on_the_cpu_decides_against_a_look_at_tasks_in_a_disk_wait(place):
    looked = {"tasks__running": 2, "tasks__blocked": 4, "blocked": [waiting("sync", place, 4)]}
    presses = {"load1": 3.0, "pressure__cpu_some": 48.0, "pressure__io_some": 7.0, "cpu__busy": 68.0}
    assert kind(document(**looked, **presses)) is Kind.CPU
    elsewhere = looked | {"blocked": [waiting("midwife", "kernel_clone", 4)]}
    assert kind(document(**elsewhere, **presses)) is Kind.WAITING


def test_one_task_that_waits_does_not_make_half_a_cpu_the_cause():
    looked = {"tasks__running": 2, "tasks__blocked": 1, "blocked": [waiting("jbd2", "jbd2_commit")]}
    assert kind(document(load1=0.5, cpu__busy=55.0, **looked)) is Kind.NOTHING
    assert kind(document(load1=3.0, cpu__busy=55.0, **looked)) is Kind.CPU


def test_half_of_the_tasks_that_wait_decide_for_what():
    half = [waiting("rsync", "nfs_wait", 3), waiting("sh", "kernel_clone", 3, 2)]
    assert kind(document(load1=9.0, tasks__blocked=6, blocked=half)) is Kind.NETWORK_FILES
    fewer = [waiting("rsync", "nfs_wait", 2), waiting("sh", "kernel_clone", 3, 2)]
    assert kind(document(load1=9.0, tasks__blocked=5, blocked=fewer)) is Kind.WAITING


PLENTY = {"memory__available_bytes": 22e9, "memory__used_bytes": 1e9}
STALLS = {"pressure__memory_some": 21.0, "pressure__memory_full": 12.0}


def test_a_group_at_its_limit_is_no_shortage_of_the_machine():
    hoarder = {"blocked": [waiting("hoarder", "folio_wait_bit_common", 2)], "tasks__blocked": 2}
    found = document(load1=9.0, **PLENTY, **STALLS, **hoarder, by_memory=[row("innocent", rss=2**30)])
    assert kind(found) is kind(found, "pressure_memory_full_percent") is Kind.MEMORY_LIMIT
    text = explain(read(found))
    assert text.endswith(": memory is short for those with a limit of their own, not for the machine.")
    assert "hoarder" in text
    assert "innocent" not in text
    assert kind(document(**STALLS, memory__available_bytes=1e9, memory__used_bytes=22e9)) is Kind.MEMORY


BOTH = {"load1": 9.0, "cpu__busy": 99.0, "tasks__running": 8.0, "disk__write_bytes_per_second": 1e8,
        "pressure__cpu_some": 90.0, "pressure__io_some": 75.0}  # fmt: skip


def test_where_both_are_under_pressure_both_are_named():
    found = read(document(**BOTH))
    assert explain(found).endswith(": the CPU and I/O.")
    assert explain(read(document(**BOTH, tasks__blocked=2))).endswith(": the CPU and the disk.")
    assert explain(found, "pressure_io_some_percent").endswith(": the disk and the CPU.")
    assert explain(found, "cpu_percent").endswith(": the CPU and I/O.")


def test_an_alert_on_the_cpu_is_explained_by_it_even_where_io_stalls_more():
    found = document(**BOTH | {"pressure__cpu_some": 30.0})
    assert (kind(found), kind(found, "cpu_percent")) == (Kind.DISK, Kind.CPU)


def test_tasks_that_wait_for_no_io_are_told_apart_from_those_that_do():
    rows = [waiting("midwife", "kernel_clone", 10), waiting("rsync", "io_schedule", 5, 2)]
    stalls = {"load1": 15.0, "pressure__io_some": 40.0, "disk__read_bytes_per_second": 1e8}
    text = explain(read(document(**stalls, tasks__blocked=15, blocked=rows)))
    assert "5 waiting for disk (5 x rsync, in io_schedule)" in text
    assert "10 waiting uninterruptibly (10 x midwife, in kernel_clone)" in text


def test_tasks_that_wait_and_are_most_of_the_load_explain_it_even_where_the_cpu_is_full():
    rows = [waiting("midwife", "kernel_clone", 24)]
    found = document(load1=28.0, cpu__busy=99.0, tasks__running=4.0, tasks__blocked=24, blocked=rows)
    assert (kind(found), kind(found, "cpu_percent")) == (Kind.WAITING, Kind.CPU)


def test_an_alert_on_the_cpu_is_not_explained_by_what_the_load_remembers():
    idle = {"load1": 6.0, "cpu__busy": 38.0, "by_cpu": [row("spinner", 140.0)]}
    found = document(**idle)
    assert (kind(found), kind(found, "cpu_percent")) == (Kind.REMEMBERED, Kind.NOTHING)
    assert "mostly spinner (1.4 cores)" in explain(read(found), "cpu_percent")
    unknown = document(**idle, tasks__running=5.0)
    assert (kind(unknown), kind(unknown, "cpu_percent")) == (Kind.UNKNOWN, Kind.NOTHING)
    stalls = document(**idle, pressure__io_some=20.0)
    assert (kind(stalls), kind(stalls, "cpu_percent")) == (Kind.IO, Kind.NOTHING)


def test_no_task_waits_where_the_count_beside_it_is_told_as_none():
    assert kind(document(load1=3.0, tasks__running=0.0, tasks__blocked=0.5)) is Kind.REMEMBERED
    assert kind(document(load1=3.0, tasks__running=0.0, tasks__blocked=0.6)) is Kind.WAITING

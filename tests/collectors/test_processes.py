"""The scan: in slices, over processes that come and go, whatever they are named."""

import sys
import time

import pytest

from monitor.collectors import lookups, processes, tasks
from monitor.collectors.domain.mounts import Look, Space, Unasked
from monitor.collectors.filesystems import Fullest
from monitor.collectors.process_source import Loads
from monitor.collectors.processes import Scanner, own_source
from monitor.metrics.snapshot import FileSystem, MemoryParts
from tests.stages.scans import Made, Ticking, scan, seen


def scanner(source, **options):
    return Scanner(source, **({"own_pid": 1, "throttled": lambda: None, "fullest": Fullest(Look)} | options))


def scan_twice(source, change, **options):
    one = scanner(source, **options)
    scan(one)
    source.at += 10.0
    change(source)
    return scan(one, 10_000)


def use(pid, seconds):
    def change(source):
        source.processes[pid] = source.processes[pid]._replace(
            cpu_seconds=source.processes[pid].cpu_seconds + seconds
        )

    return change


def test_what_processes_share_counts_for_none_of_them_nor_for_their_group():
    shared = [seen(pid, rss_bytes=100, name="postgres") for pid in range(1, 41)]
    source = Made(*shared, seen(50, rss_bytes=90, name="java"))
    source.private = lambda one: 90 if one.name == "java" else 1
    found = scan(scanner(source))
    assert {one.name: (one.rss_bytes, one.own_bytes) for one in found.processes} == {
        "postgres": (100, 1), "java": (90, 90),
    }  # fmt: skip
    assert [
        (one.name, one.rss_bytes, one.own_bytes) for one in found.groups if one.name == "java.service"
    ] == [("java.service", 90, 90)]


def test_memory_of_their_own_is_unknown_where_the_system_does_not_tell():
    source = Made(seen(7, rss_bytes=100))
    source.private = lambda one: None
    found = scan(scanner(source))
    assert [one.own_bytes for one in (*found.processes, *found.groups)] == [None, None]


def test_the_first_scan_counts_and_knows_no_cpu():
    found = scan(scanner(Made(seen(7, 50.0, threads=4), seen(8))))
    assert (found.count, found.threads, found.seconds, found.started) == (2, 5, None, None)
    assert {one.cpu_seconds for one in found.processes} == {None}


def test_the_second_scan_knows_who_used_what():
    found = scan_twice(Made(seen(7, 50.0), seen(8)), use(7, 4.0))
    assert (found.at_ms, found.seconds, found.cpu_seconds) == (10_000, 10.0, 4.0)
    assert {one.pid: one.cpu_seconds for one in found.processes}[7] == 4.0


def test_processes_made_since_are_counted():
    def change(source):
        source.made += 30

    assert scan_twice(Made(seen(7)), change).started == 30


def test_what_the_machine_was_busy_is_told_beside_what_the_processes_used():
    def change(source):
        use(7, 4.0)(source)
        source.busy = 1012.5

    source = Made(seen(7, 50.0))
    source.busy = 1000.0
    found = scan_twice(source, change)
    assert (found.cpu_seconds, found.machine_cpu_seconds) == (4.0, 12.5)


@pytest.mark.parametrize(("before", "after"), [(None, 5.0), (5.0, None), (5.0, 4.0)])
def test_what_the_machine_was_busy_is_unknown_where_its_count_is_or_went_back(before, after):
    source = Made(seen(7))
    source.busy = before
    found = scan_twice(source, lambda source: setattr(source, "busy", after))
    assert found.machine_cpu_seconds is None


def test_a_count_that_reads_0_once_and_then_its_old_value_is_no_work_and_no_new_processes():
    source = Made(seen(7))
    source.busy, source.made = 0.0, 0
    one = scanner(source)
    scan(one)
    source.busy, source.made, source.at = 9e6, 4_000_000_000, source.at + 10.0
    found = scan(one)
    assert (found.machine_cpu_seconds, found.started) == (None, None)


def test_tasks_that_the_kernel_counts_and_nobody_sees_are_hidden():
    source = Made(seen(7, threads=3), seen(8))
    source.load, source.reason = Loads(0.1, 64), "a container"
    found = scan(scanner(source))
    assert (found.hidden_tasks, found.hidden_reason) == (60, "a container")


def test_where_all_are_seen_nothing_hides_them_whatever_could():
    source = Made(seen(7, threads=3), seen(8))
    source.load, source.reason = Loads(0.1, 4), "hidepid"  # as for root
    found = scan(scanner(source))
    assert (found.hidden_tasks, found.hidden_reason) == (0, "")


def test_tasks_that_were_made_while_the_scan_looked_are_not_hidden():
    source = Made(seen(7), seen(8))
    source.load = Loads(0.1, 32)
    listed = source.pids

    def pids():
        source.made += 30
        return listed()

    source.pids = pids
    assert scan(scanner(source)).hidden_tasks == 0


def test_what_is_hidden_is_unknown_where_not_all_were_looked_at_or_the_kernel_does_not_tell(monkeypatch):
    source = Made(*(seen(pid) for pid in range(60)))
    assert scan(scanner(source)).hidden_tasks is None
    source.load = Loads(0.1, 60)
    monkeypatch.setattr(processes, "MOST_PROCESSES", 50)
    assert scan(scanner(source)).hidden_tasks is None


def test_who_was_shown_and_has_ended_is_told_once():
    source = Made(seen(7, rss_bytes=5), seen(8))
    one = scanner(source)
    assert scan(one).ended == frozenset()
    source.processes[7] = seen(7, started=99.0)  # another one of that number
    assert scan(one).ended == {(7, 1.0)}
    assert scan(one).ended == frozenset()


def test_who_was_left_out_has_not_ended(monkeypatch):
    source = Made(seen(7, rss_bytes=5), seen(8))
    one = scanner(source)
    scan(one)
    monkeypatch.setattr(processes, "MOST_PROCESSES", 1)
    source.pids = lambda: [8, 7]
    assert scan(one).ended == frozenset()
    source.pids = lambda: [8]
    assert scan(one).ended == {(7, 1.0)}


def test_who_holds_the_memory_is_told_with_what_the_processes_have_of_their_own():
    source = Made(seen(7, rss_bytes=1000), seen(8, rss_bytes=500), seen(9))
    source.parts = MemoryParts(total=9000.0, shared=4000.0)
    assert scan(scanner(source)).memory == MemoryParts(total=9000.0, shared=4000.0, processes=750)


def test_where_the_system_does_not_tell_who_holds_the_memory_nobody_knows():
    assert scan(scanner(Made(seen(7, rss_bytes=1000)))).memory is None


def test_after_a_gap_no_cpu_is_known():
    def change(source):
        source.at += 3600.0

    found = scan_twice(Made(seen(7, 50.0)), change)
    assert (found.seconds, found.processes[0].cpu_seconds, found.started) == (None, None, None)


def test_a_process_that_vanishes_between_list_and_look_is_left_out():
    source = Made(seen(7), seen(8))
    source.pids = lambda: [7, 8, 9, 10]
    assert scan(scanner(source)).count == 2


def test_tasks_are_counted_by_thread_and_the_scan_itself_is_not_running():
    source = Made(seen(1, state="R"), seen(7, threads=3, rss_bytes=5, state="S"), seen(8, state="R"))
    source.threads = {7: [("R", ""), ("D", "nfs_wait"), ("D", "")]}
    found = scan(scanner(source))
    assert (found.running, found.blocked) == (2, 2)
    assert {one.pid: one.waits_in for one in found.processes}[7] == ("nfs_wait", "")


def hiding(*pids, threads=4):
    """A hundred idle processes; those of `pids` have threads that wait behind a main thread that sleeps."""
    source = Made(
        *(seen(pid, 1.0, rss_bytes=10**6) for pid in range(100, 200)),
        *(seen(pid, threads=threads) for pid in pids),
    )
    source.threads = {pid: [("S", ""), *[("D", "io_schedule")] * (threads - 1)] for pid in pids}
    return source


def test_threads_that_wait_behind_a_sleeping_main_thread_are_found_where_the_kernel_counts_them():
    source = hiding(7)
    source.waiting = 3
    found = scan(scanner(source))
    assert found.blocked == 3
    assert {one.pid: one.waits_in for one in found.processes}[7] == ("io_schedule",) * 3


def test_threads_that_wait_for_no_io_are_found_where_the_load_average_tells_of_them():
    """As whoever has started a program, and waits in a thread of its own until it has begun."""
    source = hiding(7)
    source.waiting, source.load = 0, Loads(3.4, 104)
    found = scan(scanner(source))
    assert (found.running, found.blocked) == (0, 3)
    assert {one.pid: len(one.waits_in) for one in found.processes}[7] == 3


def test_nobody_looks_further_where_what_runs_and_waits_explains_the_load():
    source = hiding(7)
    source.processes |= {pid: seen(pid, state=state) for pid, state in ((8, "R"), (9, "D"))}
    source.waiting, source.load = 0, Loads(2.9, 106)
    assert scan(scanner(source)).blocked == 1


def test_those_in_which_threads_waited_are_looked_at_first_the_next_time(monkeypatch):
    monkeypatch.setattr(tasks, "MOST_LOOKED_FURTHER", 5)
    source = hiding(7, threads=2)
    source.waiting = 1
    one = scanner(source)
    assert scan(one).blocked == 1
    source.processes |= {pid: seen(pid, threads=40) for pid in range(10, 30)}
    assert scan(one).blocked == 1


def test_those_in_which_threads_waited_are_looked_at_again_whatever_the_load():
    source = hiding(7)
    source.waiting, source.load = 0, Loads(3.4, 104)
    one = scanner(source)
    assert scan(one).blocked == 3
    source.load = Loads(0.4, 104)
    assert scan(one).blocked == 3
    source.threads[7] = [("S", "")] * 4
    assert [scan(one).blocked for _ in range(2)] == [0, 0]
    source.threads[7] = [("D", "")] * 4
    assert scan(one).blocked == 0  # nobody knows, and nobody looks


@pytest.mark.parametrize("waiting", [None, 0])
def test_nobody_looks_further_where_the_kernel_counts_no_more(waiting):
    source = hiding(7)
    source.waiting = waiting
    assert scan(scanner(source)).blocked == 0


def test_looking_further_ends_at_a_bound(monkeypatch):
    monkeypatch.setattr(tasks, "MOST_LOOKED_FURTHER", 5)
    source = hiding(*range(10, 30))
    source.waiting = 1000
    assert scan(scanner(source)).blocked == 5 * 3


def test_threads_are_looked_at_up_to_a_bound(monkeypatch):
    monkeypatch.setattr(tasks, "MOST_THREADS", 50)
    source = Made(*(seen(pid, threads=40, state="R") for pid in range(10, 20)))
    source.threads = {pid: [("R", "")] * 40 for pid in range(10, 20)}
    assert scan(scanner(source)).running == 50 + 8


def test_ten_thousand_processes_are_scanned_in_slices_that_end_in_time():
    source = Made(*(seen(pid, name=f"p{pid}") for pid in range(10_000)))
    one, clock, slices = scanner(source), Ticking(), []
    one.begin(0)
    found = None
    while found is None:
        before = clock.at
        found = one.work(0.2, clock)
        slices.append(clock.at - before)
    assert found.count == 10_000
    assert len(found.processes) < 150
    assert max(slices) < 0.21
    assert len(slices) > 40


def test_more_processes_than_can_be_looked_at_make_it_incomplete(monkeypatch):
    monkeypatch.setattr(processes, "MOST_PROCESSES", 50)
    found = scan(scanner(Made(*(seen(pid) for pid in range(60)))))
    assert (found.count, found.truncated) == (50, True)


def test_who_belongs_where_is_looked_up_once_and_for_all_processes_in_time(monkeypatch):
    monkeypatch.setattr(lookups, "MOST_LOOKUPS", 30)
    source = Made(*(seen(pid) for pid in range(100)))
    one = scanner(source)
    for _ in range(5):
        source.at += 2.0
        found = scan(one)
    assert sorted(source.looked_up) == list(range(100))
    assert sum(group.processes for group in found.groups) == 100


def test_what_matters_is_looked_up_again_after_a_minute():
    source = Made(seen(7, rss_bytes=5))
    one = scanner(source)
    for _ in range(4):
        source.at += 20.0
        scan(one)
    assert source.looked_up == [7, 7]


def test_a_pid_that_is_given_again_is_looked_up_again():
    def change(source):
        source.processes[7] = seen(7, name="new", started=105.0)

    found = scan_twice(Made(seen(7, name="old")), change)
    assert [group.name for group in found.groups] == ["new.service"]


def test_a_proc_that_fails_ends_the_scan_and_the_next_one_begins_anew():
    source = Made(seen(7))
    one = scanner(source)
    one.begin(0)
    working = source.pids
    source.pids = lambda: (_ for _ in ()).throw(OSError(5, "Input/output error"))
    with pytest.raises(OSError, match="Input/output"):
        one.work(1.0, Ticking())
    assert not one.is_busy
    source.pids = working
    assert scan(one).count == 1


def test_a_quota_that_was_used_up_is_told_as_a_share_of_its_periods():
    counts = iter([(100, 10), (200, 85)])
    found = scan_twice(Made(seen(7)), lambda source: None, throttled=lambda: next(counts))
    assert found.throttled_percent == 75.0


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_a_snapshot_knows_the_fullest_file_system_and_those_that_were_not_asked():
    found = Fullest(lambda: Look([Space(95, 5, "/var")], [Unasked("/home", "too far")]))
    snapshot = scan(scanner(Made(seen(1)), fullest=found))
    assert snapshot.fullest == FileSystem("/var", 95.0, 5)
    assert snapshot.unasked == (("/home", "too far", ""),)


def test_this_very_process_is_found_on_the_real_host():
    one = Scanner(own_source(with_commands=False))
    one.begin(0)
    while (found := one.work(0.05, time.perf_counter)) is None:
        pass
    assert found.count > 1
    assert found.threads >= found.count
    assert len(found.groups) >= 1

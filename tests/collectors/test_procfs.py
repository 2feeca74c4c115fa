"""Single processes as Linux tells them: names that try to break the parser, and processes that vanish."""

import os
import subprocess
import sys

import pytest

from monitor.collectors.domain.memory import Limit
from monitor.collectors.process_source import Counts, Loads
from monitor.collectors.procfs import (
    KERNEL,
    LinuxProcesses,
    parse_counts,
    parse_loads,
    parse_stat,
    parse_state,
    parse_uid,
)
from monitor.metrics.snapshot import Details, MemoryParts

REST = b" S 1 4242 4242 0 -1 4194560 1929 0 0 0 300 150 20 30 20 0 7 0 177155 16998400 3362 18446744073709551615 1 1\n"
STATUS = "Name:\tx\nUid:\t0\t1000\t0\t0\nGid:\t5\t5\t5\t5\n"


def stat(name=b"python3", rest=REST, pid=b"4242"):
    return pid + b" (" + name + b")" + rest


def parsed(text):
    return parse_stat(text, 100.0, 4096)


def test_the_fields_of_one_process():
    seen = parsed(stat())
    assert (seen.pid, seen.parent, seen.name, seen.state, seen.threads) == (4242, 1, "python3", "S", 7)
    assert (seen.cpu_seconds, seen.children_seconds, seen.started) == (4.5, 0.5, 1771.55)
    assert (seen.rss_bytes, seen.is_kernel, seen.group) == (3362 * 4096, False, 4242)


def test_a_thread_of_the_kernel_is_told_by_its_flags():
    kernel = REST.replace(b"4194560", str(0x00200000 | 64).encode())
    assert parsed(stat(b"kworker/0:1-events", kernel)).is_kernel


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"a b c", "a b c"),
        (b"evil) R 1 1 1", "evil) R 1 1 1"),
        (b"((()))", "((()))"),
        (b"new\nline) D 2", "new?line) D 2"),
        (b"\xff\xfe", "\N{REPLACEMENT CHARACTER}" * 2),
        (b"<img src=x>", "<img src=x>"),
        (b"", "?"),
        ("\u202eexe.gnp".encode(), "?exe.gnp"),
    ],
)
def test_a_name_may_hold_anything_and_ends_at_the_last_bracket(name, shown):
    seen = parsed(stat(name))
    assert (seen.name, seen.state, seen.parent) == (shown, "S", 1)


@pytest.mark.parametrize(
    "text", [b"", b"\n", b"garbage", b"1 (x) S 1", b"1 x) S", b"x (y)" + REST, stat(rest=b" S one two" * 30)]
)
def test_a_text_that_is_none_of_a_process_gives_none(text):
    assert parsed(text) is None


def test_a_process_without_memory_or_with_an_odd_count_is_borne():
    seen = parsed(stat(rest=REST.replace(b"3362", b"0").replace(b" 7 0 177155", b" 0 0 177155")))
    assert (seen.rss_bytes, seen.threads) == (0, 1)


def test_the_state_of_a_thread_stands_behind_its_name():
    assert [parse_state(text) for text in (stat(b"x) R"), stat(rest=b" D 1"), b"", b"1 (x)")] == [
        "S",
        "D",
        "",
        "",
    ]


def test_the_effective_user_counts():
    assert parse_uid(STATUS) == 1000
    assert parse_uid("Name: x\n") is None


@pytest.fixture
def proc(tmp_path):
    """A made-up /proc of one process with two threads, one of them waiting."""
    directory = tmp_path / "4242"
    for thread, state, place in (("4242", b"S", "0"), ("4243", b"D", "nfs_wait")):
        task = directory / "task" / thread
        task.mkdir(parents=True)
        (task / "stat").write_bytes(stat(rest=b" " + state + REST[2:]))
        (task / "wchan").write_text(place)
    (directory / "stat").write_bytes(stat())
    (directory / "wchan").write_text("do_wait")
    (directory / "status").write_text(STATUS)
    (directory / "cgroup").write_text("0::/system.slice/nfs.service\n")
    (directory / "cmdline").write_bytes(b"app\0--password\0s3cret\0")
    (tmp_path / "self").mkdir()
    (tmp_path / "stat").write_text(
        "cpu 1 2 3 9 9 0 0\nctxt 5\nprocesses 4711\nprocs_running 1\nprocs_blocked 3\n"
    )
    (directory / "statm").write_text("4150 3362 1362 1 0 900 0\n")
    (tmp_path / "meminfo").write_text("MemTotal:  1000 kB\nShmem:    200 kB\n")
    (tmp_path / "loadavg").write_text("1.50 1.40 1.30 2/120 4711\n")
    (tmp_path / "passwd").write_text("anna:x:1000:1000:::\n")
    return tmp_path


def source(proc, with_commands=False):
    return LinuxProcesses(with_commands, str(proc), str(proc / "passwd"))


def test_a_process_is_read_from_its_directory(proc):
    here = source(proc)
    assert here.pids() == [4242]
    seen = here.seen(4242)
    assert here.details(seen) == Details("nfs.service", "unit", "anna")
    assert here.counts() == Counts(4711, 3, 0.06, 0.0)
    assert here.private(seen) == 2000 * os.sysconf("SC_PAGESIZE")
    assert here.memory() == MemoryParts(total=1000 * 1024, shared=200 * 1024)
    assert here.loads() == Loads(1.5, 120)


def test_a_process_of_which_nothing_has_changed_is_the_same_value_and_none_once_it_has_ended(proc):
    here = source(proc)
    first = here.seen(4242)
    here.pids()
    assert here.seen(4242) is first
    (proc / "4242" / "stat").write_bytes(stat(rest=REST.replace(b" 300 ", b" 301 ")))
    second = here.seen(4242)
    assert (first.cpu_seconds, second.cpu_seconds) == (4.5, 4.51)
    (proc / "4242" / "stat").unlink()
    assert here.seen(4242) is None


def test_of_the_cache_of_zfs_what_it_keeps_is_told(proc):
    stats = proc / "spl/kstat/zfs/arcstats"
    stats.parent.mkdir(parents=True)
    stats.write_text("name type data\nc_min 4 1000\nsize 4 9000\n")
    assert source(proc).memory().zfs == 1000


def test_in_a_container_with_a_memory_limit_what_the_machine_holds_is_not_told_as_its_own(proc, monkeypatch):
    (proc / "meminfo").write_text("MemTotal: 1000 kB\nMemAvailable: 500 kB\nShmem: 200 kB\n")
    here = source(proc)
    assert here.memory() == MemoryParts(total=1000 * 1024, shared=200 * 1024)
    monkeypatch.setattr(here, "_limits", lambda: [Limit(500 * 1024, 100 * 1024)])
    assert here.memory() is None


def test_threads_are_told_one_by_one_and_where_they_wait(proc):
    here = source(proc)
    assert sorted(here.tasks(here.seen(4242), 10)) == [("D", "nfs_wait"), ("S", "")]
    assert len(here.tasks(here.seen(4242), 1)) == 1


def test_a_process_of_one_thread_is_told_without_looking_at_its_threads(proc):
    here = source(proc)
    seen = here.seen(4242)._replace(threads=1, state="D")
    assert here.tasks(seen, 10) == [("D", "")]  # it waited when it was seen, and runs on since
    (proc / "4242" / "stat").write_bytes(stat(rest=b" D" + REST[2:]))
    assert here.tasks(seen, 10) == [("D", "do_wait")]
    assert here.tasks(seen._replace(state="R"), 10) == [("R", "")]


def test_a_user_without_a_name_is_told_by_number(proc):
    (proc / "passwd").write_text("")
    assert source(proc).details(source(proc).seen(4242)).user == "1000"


def test_command_lines_are_only_read_where_they_are_wanted_and_hold_no_secret(proc):
    seen = source(proc).seen(4242)
    assert source(proc).command(seen) is None
    assert source(proc).words(seen) == ["app", "--password", "s3cret"]
    assert source(proc).words(seen._replace(is_kernel=True)) == []
    assert source(proc, with_commands=True).command(seen) == "app --password [hidden]"
    assert source(proc, with_commands=True).command(seen._replace(is_kernel=True)) is None


def test_threads_of_the_kernel_belong_together(proc):
    seen = source(proc).seen(4242)._replace(is_kernel=True)
    assert source(proc).details(seen) == Details(user=KERNEL)


def test_a_process_that_ended_meanwhile_is_left_out(proc):
    here = source(proc, with_commands=True)
    seen = here.seen(4242)._replace(pid=77)
    assert here.seen(77) is None
    assert here.private(seen) is None
    assert (here.tasks(seen, 9), here.details(seen), here.command(seen)) == ([], Details(), None)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_a_real_child_is_seen_with_its_user_and_memory():
    child = subprocess.Popen(["sleep", "60"])
    try:
        here = LinuxProcesses()
        seen = here.seen(child.pid)
        assert seen.name in (
            "sleep",
            "pytest",
            "python",
            "python3",
        )  # between fork and exec it has the old name
        assert 0 <= here.now() - seen.started < 3600
        assert here.details(seen).user
    finally:
        child.kill()
        child.wait()
    assert here.seen(child.pid) is None


@pytest.mark.parametrize("text", ["", "0.1 0.2", "a b c 1/2 3", "0.10 0.20 0.30 1/ 5"])
def test_a_text_that_is_no_load_average_gives_none(text):
    assert parse_loads(text) is None


def test_busy_is_neither_idle_nor_waiting_nor_stolen_and_guests_count_once():
    text = "cpu  100 20 30 9999 500 4 6 7000 80 5\nprocesses 9\n"
    assert parse_counts(text, 100.0).busy_seconds == pytest.approx(1.6)
    assert parse_counts(text, 100.0).interrupt_seconds == pytest.approx(0.1)
    assert parse_counts("processes 9\n", 100.0) == Counts(9)
    assert parse_counts("", 100.0) == Counts()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_the_kernel_of_this_host_counts_its_tasks_and_its_cpu_time():
    here = LinuxProcesses()
    first, tasks = here.counts(), here.loads()
    assert tasks is not None
    assert tasks.tasks >= 1
    assert here.counts().busy_seconds >= first.busy_seconds > 0
    assert here.counts().started >= first.started > 0

"""The workers of a load test as real processes: they work, they end, and nothing outlives its parent."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil
import pytest

from monitor.loadtests import burn
from monitor.loadtests import workers as loadtests_workers
from monitor.loadtests.workers import PROGRAM, NotStarted, Workers
from tests.stages.processes import alive

ROOT = Path(__file__).resolve().parents[2]
PARENT = """
import sys, time
from monitor.loadtests.workers import Workers
workers = Workers(2, 30)
print(*workers.pids, flush=True)
time.sleep(30)
"""
pytestmark = pytest.mark.processes
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads what only Linux tells of a process")


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until `condition` holds; fails long before workers that nobody ends would end by themselves, after 30 s."""
    deadline = time.monotonic() + 15.0
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def hold(pid: int) -> None:
    """Stop a process, and wait until it has stopped: a signal that overtakes would still end it."""
    process = psutil.Process(pid)
    process.suspend()
    wait_until(lambda: process.status() == psutil.STATUS_STOPPED)


def cpu_seconds(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def burns(pid: int) -> bool:
    """Whether a worker is past its start."""
    return cpu_seconds(pid) >= 0.1


@contextmanager
def started(workers: int = 1, seconds: float = 30.0) -> Iterator[Workers]:
    """Workers that are gone afterwards, whatever the test does."""
    several = Workers(workers, seconds)
    try:
        yield several
    finally:
        several.wait()


@contextmanager
def parent_of_two() -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A process that holds two workers, and their pids."""
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as parent:
        try:
            assert parent.stdout is not None
            yield parent, [int(word) for word in parent.stdout.readline().split()]
        finally:
            parent.kill()


@contextmanager
def program(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """burn.py started by hand, with a pipe as its standard input."""
    command = [sys.executable, "-I", str(PROGRAM), *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def test_workers_end_by_themselves_at_their_deadline() -> None:
    began = time.monotonic()
    with started(workers=2, seconds=1.0) as workers:
        wait_until(lambda: workers.gone)
        assert time.monotonic() - began >= 1.0
        assert workers.deaths() == []


def test_a_worker_keeps_a_cpu_busy() -> None:
    with started() as workers:
        wait_until(lambda: cpu_seconds(workers.pids[0]) >= 0.3)


@linux
def test_a_worker_is_as_nice_as_can_be_and_limited_by_the_kernel() -> None:
    with started(seconds=30.0) as workers:
        process = psutil.Process(workers.pids[0])
        wait_until(lambda: process.nice() == 19)
        assert process.rlimit(psutil.RLIMIT_CPU) == (35, 35)


def test_ending_leaves_nobody_long_before_the_deadline() -> None:
    with started(workers=2) as workers:
        workers.end()
        wait_until(lambda: workers.gone)


@linux
def test_a_worker_that_does_not_answer_is_killed_half_a_second_later() -> None:
    now = 100.0
    workers = Workers(1, 30.0, clock=lambda: now)
    hold(workers.pids[0])
    workers.end()
    assert not workers.gone
    now += loadtests_workers.KILL_AFTER_SECONDS
    workers.end()
    wait_until(lambda: workers.gone)
    assert workers.deaths() == ["signal SIGKILL"]


@linux
def test_waiting_for_a_worker_that_does_not_answer_is_bounded() -> None:
    workers = Workers(1, 30.0)
    hold(workers.pids[0])
    workers.wait()
    assert workers.deaths() == ["signal SIGKILL"]


def test_a_killed_worker_is_reported_with_its_cause() -> None:
    with started(workers=2) as workers:
        psutil.Process(workers.pids[0]).kill()
        wait_until(lambda: bool(workers.deaths()))
        assert workers.deaths() == ["signal SIGKILL"]


def test_workers_die_with_a_killed_parent() -> None:
    with parent_of_two() as (parent, pids):
        for pid in pids:
            wait_until(partial(burns, pid))
        parent.kill()
        wait_until(lambda: not any(alive(pid) for pid in pids))


@linux
def test_workers_that_cannot_look_for_their_parent_die_with_it_all_the_same() -> None:
    with parent_of_two() as (parent, pids):
        for pid in pids:
            wait_until(partial(burns, pid))
            hold(pid)
        parent.kill()
        wait_until(lambda: not any(alive(pid) for pid in pids))


def test_a_closed_pipe_ends_a_worker_on_any_system() -> None:
    with program("30", str(psutil.Process().pid)) as process:
        wait_until(partial(burns, process.pid))
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10.0) == burn.ORPHANED


def test_a_worker_whose_parent_died_before_it_looked_ends_at_once() -> None:
    with program("30", "999999999") as process:
        assert process.wait(10.0) == burn.ORPHANED


@pytest.mark.parametrize(
    "arguments",
    [(), ("30",), ("0", "1"), ("601", "1"), ("nan", "1"), ("-5", "1"), ("1e2", "1"), ("30", "x"), ("٣", "1")],
)
def test_arguments_out_of_bounds_are_refused_with_a_sentence(arguments: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"give the seconds|are not within 1 to 600|is no process id"):
        burn.parse(list(arguments))


def test_wrong_arguments_end_the_program_before_it_burns() -> None:
    with program("601", "1") as process:
        assert process.stderr is not None
        assert process.stderr.read() == b"burn.py: 601 seconds are not within 1 to 600\n"
        assert process.wait(10.0) == burn.WRONG_ARGUMENTS


def test_a_machine_that_starts_only_some_workers_keeps_none(monkeypatch: pytest.MonkeyPatch) -> None:
    real, made = loadtests_workers._start, []

    def start(seconds: float, directory: Path | None) -> subprocess.Popen[bytes]:
        if made:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        made.append(real(seconds, directory))
        return made[0]

    monkeypatch.setattr(loadtests_workers, "_start", start)
    with pytest.raises(NotStarted, match=r"Only 1 of 2 workers could be started: .*temporarily unavailable"):
        Workers(2, 30.0)
    assert made[0].returncode is not None


def test_a_worker_inherits_no_file_of_its_parent(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as lock:
        os.set_inheritable(lock.fileno(), True)
        with started() as workers:
            process = psutil.Process(workers.pids[0])
            wait_until(partial(burns, process.pid))
            assert lock.name not in [file.path for file in process.open_files()]


def test_the_worker_needs_nothing_but_the_standard_library() -> None:
    code = f"import runpy, sys; runpy.run_path({str(PROGRAM)!r}); sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-I", "-S", "-c", code], check=False).returncode == 0

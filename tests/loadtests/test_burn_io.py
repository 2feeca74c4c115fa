"""The workers of a disk test as real processes: they wait for the disk, leave no file, and stay in their bounds."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from monitor.loadtests import burn
from monitor.loadtests import workers as loadtests_workers
from monitor.loadtests.workers import PROGRAM, NotStarted, Workers
from tests.stages.servers import until

pytestmark = pytest.mark.processes
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads what only Linux tells of a process")
Usage = namedtuple("Usage", "total used free")


@contextmanager
def started(directory: Path, workers: int = 1, seconds: float = 30.0) -> Iterator[Workers]:
    """Workers that are gone afterwards, whatever the test does."""
    several = Workers(workers, seconds, directory)
    try:
        yield several
    finally:
        several.wait()


def written(pid: int) -> int:
    """Bytes that a process has handed to write calls."""
    return int(psutil.Process(pid).io_counters().write_chars)


def file_of(pid: int) -> Path | None:
    """The worker's open file, as /proc shows it; None while it has none."""
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed since
            if "(deleted)" in str(link.readlink()):
                return link
    return None


@linux
def test_a_worker_writes_and_is_seen_waiting_for_the_disk(tmp_path: Path) -> None:
    kind = subprocess.run(["stat", "-f", "-c", "%T", tmp_path], capture_output=True, text=True, check=True)
    if kind.stdout.strip() == "tmpfs":
        pytest.skip("a file system in memory makes nobody wait: set TMPDIR to a disk")
    with started(tmp_path) as workers:
        process = psutil.Process(workers.pids[0])
        until(lambda: process.status() == psutil.STATUS_DISK_SLEEP, "a worker in uninterruptible sleep")
        until(lambda: written(process.pid) > 10 * burn.BLOCK_BYTES, "some writing")


@linux
def test_a_worker_is_named_and_as_modest_as_can_be(tmp_path: Path) -> None:
    with started(tmp_path) as workers:
        process = psutil.Process(workers.pids[0])
        until(lambda: written(process.pid) > burn.BLOCK_BYTES, "some writing")
        assert Path(f"/proc/{process.pid}/comm").read_text() == "loadmon-io\n"
        assert process.nice() == 19
        assert process.ionice().ioclass == psutil.IOPRIO_CLASS_IDLE
        assert process.rlimit(psutil.RLIMIT_FSIZE) == (burn.FILE_BYTES, burn.FILE_BYTES)


@linux
def test_a_killed_worker_leaves_no_file(tmp_path: Path) -> None:
    with started(tmp_path) as workers:
        until(partial(file_of, workers.pids[0]), "its file")
        assert list(tmp_path.iterdir()) == []
        psutil.Process(workers.pids[0]).kill()
        until(workers.deaths, "its death")
        assert list(tmp_path.iterdir()) == []


@linux
def test_the_file_is_written_over_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(burn, "FILE_BYTES", 3 * burn.BLOCK_BYTES)
    monkeypatch.setattr(burn, "limit", lambda name, most: None)
    monkeypatch.setattr(burn, "give_way_to_others", lambda: None)
    opened: list[int] = []
    real = burn.open_nameless
    monkeypatch.setattr(burn, "open_nameless", lambda directory: opened.append(real(directory)) or opened[0])
    turns = iter(range(20))
    monkeypatch.setattr(burn, "CHECK_SECONDS", 0.0)
    assert burn.wear(str(tmp_path), 1e12, lambda: next(turns) > 10) == burn.ORPHANED
    assert os.fstat(opened[0]).st_size == 3 * burn.BLOCK_BYTES
    os.close(opened[0])


def test_a_file_system_without_nameless_files_gets_one_whose_name_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    file = burn.open_nameless(str(tmp_path))
    assert os.write(file, b"x") == 1
    assert list(tmp_path.iterdir()) == []
    os.close(file)


def test_workers_end_by_themselves_at_their_deadline(tmp_path: Path) -> None:
    with started(tmp_path, workers=2, seconds=1.0) as workers:
        until(lambda: workers.gone, "the deadline")
        assert workers.deaths() == []


def test_a_worker_that_cannot_write_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loadtests_workers, "no_room", lambda directory: "")
    with started(tmp_path / "missing") as workers:
        until(workers.deaths, "its death")
        assert workers.deaths() == ["could not write its file"]


@pytest.mark.parametrize("usage", [Usage(10**12, 0, 10**10), Usage(10**9, 0, 10**8)])
def test_a_disk_that_is_nearly_full_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, usage: Any
) -> None:
    monkeypatch.setattr(loadtests_workers.shutil, "disk_usage", lambda directory: usage)
    with pytest.raises(NotStarted, match="a disk test needs 1 GB and a tenth of the disk"):
        Workers(1, 30.0, tmp_path)


def test_a_directory_that_cannot_be_looked_at_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotStarted, match="Nobody can tell how much room"):
        Workers(1, 30.0, tmp_path / "missing")


@linux
def test_a_worker_dies_with_its_parent_and_its_file_with_it(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from monitor.loadtests.workers import Workers\n"
        f"print(*Workers(1, 30, Path({str(tmp_path)!r})).pids, flush=True); time.sleep(30)"
    )
    root = PROGRAM.parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=root, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        until(partial(file_of, pid), "its file")
        parent.kill()
        until(lambda: not psutil.pid_exists(pid), "the end of the worker")
    assert list(tmp_path.iterdir()) == []

"""Accounts of real processes, held against what each says of itself: one works, one writes, one grows, one asks others."""

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.collectors.processes import Scanner
from monitor.collectors.procfs import LinuxProcesses
from monitor.metrics.usage import Consumer, Kind
from tests.stages.machine import summed

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's"),
]

BEGIN = """
import ctypes, json, os, pathlib, resource, sys, time
ctypes.CDLL(None).prctl(15, sys.argv[1].encode(), 0, 0, 0)  # PR_SET_NAME
"""
END = """
def seconds(who):
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime
io = dict(line.split(": ") for line in pathlib.Path("/proc/self/io").read_text().splitlines())
pages = pathlib.Path("/proc/self/statm").read_text().split()
print(json.dumps({
    "cpu": seconds(resource.RUSAGE_SELF), "children": seconds(resource.RUSAGE_CHILDREN),
    "written": int(io["write_bytes"]), "held": (int(pages[1]) - int(pages[2])) * os.sysconf("SC_PAGESIZE"),
}), flush=True)
sys.stdin.read()
"""
WORKS = """
while time.process_time() < 0.7:
    pass
"""
WRITES = """
with open(sys.argv[2], "wb") as file:
    file.write(os.urandom(6 << 20))
    file.flush()
    os.fsync(file.fileno())
"""
GROWS = """
held = bytearray(os.urandom(1 << 20)) * 48
"""
ASKS_OTHERS = """
for _ in range(60):
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
"""
PROGRAMS = {"acc-works": WORKS, "acc-writes": WRITES, "acc-grows": GROWS, "acc-asks": ASKS_OTHERS}
TICKS = 0.05
"""Seconds: two readings in ticks, and what it takes to wait for the end."""


class Homeless(LinuxProcesses):
    """Where these tests run in a container or a service all would be that one's."""

    def details(self, seen):
        """Whose it is, as if it were in none."""
        return replace(super().details(seen), home=None, kind="")


@pytest.fixture(scope="module")
def watched():
    """The account of the time in which the four ran, and what each says of itself, by name."""
    target = Path(__file__).parent / f".written-{os.getpid()}"  # on a disk, where /tmp may be memory
    with ExitStack() as stack:
        itself = stack.enter_context(_running("acc-sampler", "", target))
        scanner = Scanner(Homeless(), own_pid=itself.pid)
        _scan(scanner, 0)
        stack.callback(target.unlink, missing_ok=True)
        running = {name: stack.enter_context(_running(name, body, target)) for name, body in PROGRAMS.items()}
        said = {name: json.loads(one.stdout.readline()) for name, one in running.items()}
        account = _scan(scanner, 15_000)
    assert account is not None
    return account, said


def _scan(scanner, at_ms):
    scanner.begin(at_ms)
    return scanner.work(60.0, time.perf_counter).account


class _running:
    """One of the programs, which ends when nobody writes to it any more."""

    def __init__(self, name, body, target):
        command = [sys.executable, "-c", BEGIN + body + END, name, str(target)]
        self._one = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        return self._one

    def __exit__(self, *_):
        self._one.communicate(timeout=60)


def used(watched, name):
    """What the account tells of a program, and what that says of itself."""
    account, said = watched
    found = {who.name: each for who, each in account.used.items()}
    assert name in found
    return found[name], said[name]


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_cpu_time_of_a_process_is_its_own_and_that_of_children_that_it_waited_for(watched, name):
    told, said = used(watched, name)
    assert abs(told.cpu_ms / 1000 - said["cpu"] - said["children"]) <= TICKS
    assert (told.processes, told.started, told.ended) == (1, 1, 0)


def test_what_a_process_wrote_to_a_disk_is_told(watched):
    told, said = used(watched, "acc-writes")
    if said["written"] < 6 << 20:  # on a file system of memory nothing is written to a disk
        assert told.written_kib == said["written"] >> 10
    else:
        assert told.written_kib == pytest.approx(said["written"] / 1024, abs=64)


def test_what_a_process_holds_is_told(watched):
    told, said = used(watched, "acc-grows")
    assert told.memory_highest_mib == pytest.approx(said["held"] / 2**20, abs=2)
    assert told.memory_highest_mib >= 48


def test_the_rows_add_up_to_what_the_machine_was_busy(watched):
    account, _ = watched
    apart = summed(account) + account.not_seen_ms - account.machine_cpu_ms
    assert 0 <= apart <= 1000 * (os.cpu_count() or 1)  # the kernel's two counts, made apart


def test_the_sampler_is_told_as_loadmon(watched):
    account, _ = watched
    assert account.used[Consumer(Kind.LOADMON, "loadmon")].processes >= 1  # others may run here
    assert "acc-sampler" not in {who.name for who in account.used}

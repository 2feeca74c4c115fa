"""The way of systems other than Linux, through psutil; psutil runs here too, so both ways can be compared."""

import errno
import sys
from collections import namedtuple

import psutil
import pytest

from monitor.collectors import (
    cores,
    cpu,
    disk,
    filesystems,
    loadavg,
    memory,
    network,
    own,
    portable,
    swapping,
)
from monitor.collectors.collection import Collection
from monitor.collectors.domain import counters
from monitor.collectors.domain.mounts import Unasked
from monitor.metrics.catalogue import NAMES

NOT_TOLD_ELSEWHERE = {"tasks_running", "tasks_blocked"}
MAC_TIMES = namedtuple("MAC_TIMES", "user nice system idle")
CALLS = {
    "cpu_times": {"cpu"},
    "getloadavg": {"loadavg"},
    "virtual_memory": {"memory"},
    "swap_memory": {"memory", "swapping"},
    "disk_partitions": {"filesystems"},
    "disk_io_counters": {"disk"},
    "net_io_counters": {"network"},
    "Process": {"own"},
    "cpu_count": {"cores"},
}


@pytest.fixture
def elsewhere(monkeypatch):
    for module in (cores, cpu, disk, filesystems, loadavg, memory, network, own, swapping):
        monkeypatch.setattr(module, "LINUX", False)
    return Collection()


def test_psutil_fills_everything_but_the_counts_of_tasks_and_pressure(elsewhere):
    elsewhere.collect(None)
    gauges = {name: value for name, value in elsewhere.collect(None).items() if "per_second" not in name}
    told = {
        name for name in gauges if name.startswith(("load", "memory", "swap", "self_rss", "cpu_effective"))
    }
    assert all(gauges[name] is not None for name in told)
    assert all(gauges[name] is None for name in NOT_TOLD_ELSEWHERE)
    assert elsewhere.failing == {}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "error", [psutil.AccessDenied(1), psutil.NoSuchProcess(1), OSError(errno.EIO, "I/O"), RuntimeError("no")]
)
def test_each_call_of_psutil_may_raise_and_only_its_collector_fails(elsewhere, monkeypatch, call, error):
    def refuse(*_args, **_kwargs):
        raise error

    elsewhere.collect(None)
    with monkeypatch.context() as broken:
        broken.setattr(psutil, call, refuse)
        broken.setattr(cores, "REFRESH_SECONDS", 0.0)
        broken.setattr(filesystems, "REFRESH_SECONDS", 0.0)
        values = elsewhere.collect(1.0)
        assert set(elsewhere.failing) == CALLS[call]
    assert values["load1"] is None if call == "getloadavg" else values["load1"] is not None
    elsewhere.collect(1.0)
    assert elsewhere.failing == {}


def test_a_psutil_that_knows_no_disks_and_interfaces_gives_none(elsewhere, monkeypatch):
    monkeypatch.setattr(psutil, "disk_io_counters", lambda **_: None)
    monkeypatch.setattr(psutil, "net_io_counters", lambda **_: None)
    elsewhere.collect(None)
    values = elsewhere.collect(1.0)
    assert elsewhere.failing == {}
    traffic = [name for name in NAMES if name.startswith(("disk_", "network_")) and "per_second" in name]
    assert [values[name] for name in traffic] == [None] * 4


def test_the_times_of_a_system_without_io_wait_and_steal(monkeypatch):
    times = MAC_TIMES(10.0, 1.0, 5.0, 84.0)
    monkeypatch.setattr(psutil, "cpu_times", lambda percpu=False: [times, times] if percpu else times)
    reading = portable.cpu()
    assert reading.total == counters.CpuTimes(11.0, 5.0, 84.0, None, None)
    assert list(reading.cores) == ["cpu0", "cpu1"]
    assert (reading.running, reading.blocked) == (None, None)


@pytest.mark.parametrize("error", [psutil.Error(), OSError(), RuntimeError("no")])
def test_a_time_of_boot_that_psutil_cannot_tell_is_none(monkeypatch, error):
    def refuse():
        raise error

    monkeypatch.setattr(psutil, "boot_time", refuse)
    assert portable.boot_time() is None


def test_psutil_tells_the_time_of_boot():
    assert portable.boot_time() == pytest.approx(psutil.boot_time(), abs=2)


@pytest.mark.skipif(sys.platform != "linux", reason="compares with /proc")
def test_both_ways_tell_about_the_same_memory_on_linux():
    from_proc = memory._source()()
    from_psutil = portable.memory()
    assert from_psutil.available == pytest.approx(from_proc.available, rel=0.05)
    assert from_psutil.swap_used == pytest.approx(from_proc.swap_used, abs=2**26)


def test_a_file_system_that_cannot_be_asked_is_left_out(monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(psutil, "disk_usage", refuse)
    found = portable.look()
    assert not found.spaces
    assert Unasked("/", "the system says: Permission denied") in found.unasked


@pytest.mark.skipif(sys.platform != "linux", reason="compares with /proc")
def test_both_ways_tell_about_the_same_disk_space_on_linux():
    from_proc = filesystems.fullest(filesystems.measured(filesystems.source()().spaces)).percent
    from_psutil = filesystems.fullest(filesystems.measured(portable.look().spaces)).percent
    assert from_psutil == pytest.approx(from_proc, abs=5)


@pytest.mark.skipif(sys.platform != "linux", reason="compares with /proc")
def test_both_ways_tell_about_the_same_swap_traffic_on_linux():
    assert portable.swapped().total == pytest.approx(swapping._source()().total, abs=2**26)


@pytest.mark.skipif(sys.platform != "linux", reason="compares with /proc")
def test_both_ways_tell_about_the_same_cpu_time_on_linux():
    from_proc, from_psutil = cpu._source()(), portable.cpu()
    assert from_psutil.total.user == pytest.approx(from_proc.total.user, abs=5)
    assert from_psutil.total.idle == pytest.approx(from_proc.total.idle, abs=5)
    assert set(from_psutil.cores) == set(from_proc.cores)

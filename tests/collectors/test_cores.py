"""Quotas of both generations of cgroups, affinity, and how often they are read."""

import os

import pytest

from monitor.collectors import cgroups, cores, procfile
from monitor.collectors.cores import CoresCollector, effective_cores, parse_cfs, parse_cpu_max
from monitor.collectors.domain.cores import EffectiveCores

V2_MOUNT = "35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
V1_MOUNT = "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"


@pytest.mark.parametrize(
    ("text", "quota"),
    [
        ("50000 100000\n", 0.5),
        ("200000 100000\n", 2.0),
        ("max 100000\n", None),
        ("", None),
        ("100000", None),
        ("0 100000", None),
        ("1 0", None),
        ("a b", None),
    ],
)
def test_cpu_max_is_quota_over_period(text, quota):
    assert parse_cpu_max(text) == quota


@pytest.mark.parametrize(
    ("quota", "period", "cores_"), [("150000\n", "100000\n", 1.5), ("-1\n", "100000\n", None), ("", "", None)]
)
def test_the_quota_of_the_first_generation_is_read_from_two_files(quota, period, cores_):
    assert parse_cfs(quota, period) == cores_


def pretend(monkeypatch, files, online=8, affinity=8):
    monkeypatch.setattr(cores, "LINUX", True)
    monkeypatch.setattr(procfile, "text", lambda path: files.get(path, ""))
    monkeypatch.setattr(cores, "_online", lambda: online)
    monkeypatch.setattr(cores, "_affinity", lambda: affinity)


def test_a_limit_above_the_own_cgroup_counts(monkeypatch):
    pretend(
        monkeypatch,
        {
            cgroups.CGROUP: "0::/kubepods/pod1\n",
            cgroups.MOUNTS: V2_MOUNT,
            "/sys/fs/cgroup/kubepods/pod1/cpu.max": "max 100000\n",
            "/sys/fs/cgroup/kubepods/cpu.max": "50000 100000\n",
        },
    )
    assert effective_cores() == EffectiveCores(0.5, "container: 0.5 of 8")


def test_a_quota_of_the_first_generation_counts(monkeypatch):
    top = "/sys/fs/cgroup/cpu,cpuacct"
    pretend(
        monkeypatch,
        {
            cgroups.CGROUP: "4:cpu,cpuacct:/docker/1f\n0::/\n",
            cgroups.MOUNTS: V1_MOUNT.replace("0:30 /", "0:30 /docker/1f", 1),
            f"{top}/cpu.cfs_quota_us": "200000\n",
            f"{top}/cpu.cfs_period_us": "100000\n",
        },
    )
    assert effective_cores() == EffectiveCores(2.0, "container: 2 of 8")


def test_the_quota_of_the_sampler_s_own_unit_is_none_of_the_machine(monkeypatch):
    pretend(
        monkeypatch,
        {
            cgroups.CGROUP: "0::/system.slice/loadmon-sampler.service\n",
            cgroups.MOUNTS: V2_MOUNT,
            "/sys/fs/cgroup/system.slice/loadmon-sampler.service/cpu.max": "20000 100000\n",
            "/sys/fs/cgroup/system.slice/cpu.max": "90000 100000\n",
        },
    )
    assert effective_cores() == EffectiveCores(8.0, "8 of 8")


def test_a_host_without_cgroups_has_its_affinity(monkeypatch):
    pretend(monkeypatch, {}, affinity=4)
    assert effective_cores() == EffectiveCores(4.0, "affinity: 4 of 8")


def test_this_host_has_at_least_a_core_and_not_more_than_are_online():
    found = effective_cores()
    assert 0 < found.count <= os.cpu_count()
    assert found.reason.endswith(f" of {os.cpu_count()}")


def test_an_affinity_that_cannot_be_read_is_no_limit(monkeypatch):
    def refuse(_pid):
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "sched_getaffinity", refuse, raising=False)
    assert cores._affinity() is None


def test_cores_are_looked_up_at_most_every_ten_seconds():
    now, counts = [100.0], iter([2.0, 0.5])
    collector = CoresCollector(lambda: EffectiveCores(next(counts), ""), lambda: now[0])
    found = []
    for at in (100.0, 101.0, 109.9, 110.0):
        now[0] = at
        found.append(collector.collect(None)["cpu_effective_cores"])
    assert found == [2.0, 2.0, 2.0, 0.5]

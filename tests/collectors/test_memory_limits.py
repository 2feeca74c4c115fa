"""Limits of memory of both generations of control groups, on literal texts and in a tree of files."""

import pytest

from monitor.collectors import cgroups, memory, memory_limits
from monitor.collectors.collection import Collection
from monitor.collectors.domain.memory import Limit
from monitor.collectors.memory import MemoryCollector
from monitor.collectors.memory_limits import MemoryLimits, parse_limit

MIB = 2**20
V2_STAT = f"""\
anon {700 * MIB}
file {260 * MIB}
kernel 900000
shmem {20 * MIB}
inactive_anon 0
active_anon {700 * MIB}
inactive_file {200 * MIB}
active_file {40 * MIB}
slab_reclaimable {8 * MIB}
slab_unreclaimable 300000
"""
V1_STAT = f"""\
cache 5
inactive_file {3 * MIB}
active_file {2 * MIB}
hierarchical_memory_limit {1024 * MIB}
hierarchical_memsw_limit 9223372036854771712
total_inactive_file {200 * MIB}
total_active_file {40 * MIB}
"""
NONE = "9223372036854771712\n"


def test_of_the_second_generation_files_and_slabs_can_be_given_back():
    assert parse_limit(f"{2048 * MIB}\n", f"{1000 * MIB}\n", V2_STAT) == Limit(
        2048 * MIB, 1000 * MIB, 248 * MIB
    )


def test_of_the_first_generation_all_below_the_group_counts():
    assert parse_limit(f"{512 * MIB}\n", f"{400 * MIB}\n", V1_STAT) == Limit(512 * MIB, 400 * MIB, 240 * MIB)


def test_the_limit_of_a_group_above_that_is_out_of_sight_counts():
    assert parse_limit(NONE, f"{400 * MIB}\n", V1_STAT) == Limit(1024 * MIB, 400 * MIB, 240 * MIB)


@pytest.mark.parametrize(
    ("most", "used", "stat"),
    [
        ("max\n", "5\n", V2_STAT),
        ("", "5\n", ""),
        (NONE, "5\n", V1_STAT.replace(str(1024 * MIB), NONE.strip())),
        ("1000\n", "", V2_STAT),
        ("0\n", "0\n", ""),
    ],
)
def test_without_a_limit_or_without_its_use_there_is_none(most, used, stat):
    assert parse_limit(most, used, stat) is None


class Tree:
    """A container with two gigabytes, as its files tell."""

    def __init__(self, home, monkeypatch):
        self.group = home / "group"
        self.group.mkdir()
        self.write("memory.max", f"{2048 * MIB}")
        self.write("memory.current", f"{1000 * MIB}")
        self.write("memory.stat", V2_STAT)
        (home / "cgroup").write_text("0::/\n")
        (home / "mounts").write_text(f"30 1 0:26 / {self.group} rw - cgroup2 none rw\n")
        (home / "meminfo").write_text("MemTotal: 33554432 kB\nMemAvailable: 20971520 kB\n")
        self.arcstats = home / "arcstats"
        monkeypatch.setattr(cgroups, "CGROUP", str(home / "cgroup"))
        monkeypatch.setattr(cgroups, "MOUNTS", str(home / "mounts"))
        monkeypatch.setattr(memory, "MEMINFO", str(home / "meminfo"))
        monkeypatch.setattr(memory, "ARCSTATS", str(self.arcstats))
        for module in (memory, memory_limits):
            monkeypatch.setattr(module, "LINUX", True)

    def write(self, name, text):
        (self.group / name).write_text(f"{text}\n")


@pytest.fixture
def tree(tmp_path, monkeypatch):
    return Tree(tmp_path, monkeypatch)


def test_a_container_has_its_own_memory_with_the_reason(tree):
    collection = Collection([MemoryCollector()])
    values = collection.collect(None)
    assert values["memory_available_bytes"] == (2048 - 1000 + 248) * MIB
    assert values["memory_used_bytes"] == (1000 - 248) * MIB
    assert collection.reasons == {"memory": "container: 2 GiB of 32 GiB"}


def test_a_machine_without_a_limit_has_all_of_it_and_no_reason(tree):
    tree.write("memory.max", "max")
    collection = Collection([MemoryCollector()])
    values = collection.collect(None)
    assert values["memory_used_bytes"] + values["memory_available_bytes"] == 32768 * MIB
    assert (values["memory_available_bytes"], collection.reasons) == (20480 * MIB, {})


def test_what_is_used_below_the_limit_is_read_each_time(tree):
    collector = MemoryCollector()
    first = collector.collect(None)
    tree.write("memory.current", f"{2040 * MIB}")
    second = collector.collect(1.0)
    assert first["memory_available_bytes"] - second["memory_available_bytes"] == 1040 * MIB
    assert second["memory_used_bytes"] + second["memory_available_bytes"] == 2048 * MIB


def test_which_groups_have_a_limit_is_looked_up_once_a_minute(tree):
    now = [0.0]
    limits = MemoryLimits(lambda: now[0])
    tree.write("memory.max", "max")
    assert limits() == []
    tree.write("memory.max", f"{1024 * MIB}")
    now[0] = 59.0
    assert limits() == []
    now[0] = 60.0
    assert [limit.most for limit in limits()] == [1024 * MIB]


def test_a_limit_whose_files_vanish_is_none(tree):
    limits = MemoryLimits()
    assert len(limits()) == 1
    (tree.group / "memory.current").unlink()
    assert limits() == []


def test_the_part_of_zfs_s_cache_that_can_be_given_back_is_available(tree):
    tree.write("memory.max", "max")
    tree.arcstats.write_text(f"name type data\nc_min 4 {1024 * MIB}\nsize 4 {9216 * MIB}\n")
    assert MemoryCollector().collect(None)["memory_available_bytes"] == (20480 + 8192) * MIB


def test_elsewhere_than_on_linux_there_are_no_limits(tree, monkeypatch):
    monkeypatch.setattr(memory_limits, "LINUX", False)
    assert MemoryLimits()() == []

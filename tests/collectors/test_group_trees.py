"""Trees of control groups: which is looked at where there are several."""

import pytest

from monitor.collectors import group_trees
from monitor.collectors.group_trees import Tree, find


def mounts(top, *kinds, root="/"):
    lines = {
        "v2": f"41 31 0:38 {root} {top}/v2 rw - cgroup2 cgroup2 rw",
        "cpuacct": f"33 31 0:30 {root} {top}/cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
        "memory": f"35 31 0:32 {root} {top}/memory rw - cgroup cgroup rw,memory",
        "blkio": f"35 31 0:32 / {top}/blkio rw - cgroup cgroup rw,blkio",
    }
    return "\n".join(lines[kind] for kind in kinds)


@pytest.fixture
def group(tmp_path):
    def make(path, *names):
        directory = tmp_path / path
        directory.mkdir(parents=True, exist_ok=True)
        for name in names:
            (directory / name).write_text("usage_usec 0\n")

    return make


def test_v2_is_taken_where_it_has_groups(tmp_path, group):
    group("v2/system.slice", "cpu.stat")
    assert find(mounts(tmp_path, "v2")) == Tree(f"{tmp_path}/v2", 2)


def test_on_a_hybrid_machine_the_tree_of_v2_counts_cpu_and_v1_tells_the_rest(tmp_path, group):
    group("v2/system.slice", "cpu.stat")
    group("cpuacct", "cpuacct.usage")
    found = find(mounts(tmp_path, "v2", "cpuacct", "memory", "blkio"))
    assert found == Tree(f"{tmp_path}/v2", 2, f"{tmp_path}/memory", f"{tmp_path}/blkio")


def test_v1_is_taken_where_v2_has_no_groups(tmp_path, group):
    group("v2", "cpu.stat")
    group("cpuacct", "cpuacct.usage")
    found = find(mounts(tmp_path, "v2", "cpuacct", "memory"))
    assert found == Tree(f"{tmp_path}/cpuacct", 1, f"{tmp_path}/memory")


def test_a_container_sees_its_own_group_as_the_root(tmp_path, group):
    group("v2", "cpu.stat", "cgroup.type")
    assert find(mounts(tmp_path, "v2")) == Tree(f"{tmp_path}/v2", 2)


def test_the_bare_root_of_a_whole_machine_tells_nothing_more_than_the_machine(tmp_path, group):
    group("v2", "cpu.stat")
    assert find(mounts(tmp_path, "v2")) is None


def test_trees_that_are_mounted_from_different_places_on_have_nothing_in_common(tmp_path, group):
    group("cpuacct", "cpuacct.usage")
    found = find(mounts(tmp_path, "cpuacct", "blkio", root="/docker/abc"))
    assert found == Tree(f"{tmp_path}/cpuacct", 1)


@pytest.mark.parametrize(("names", "lists_all"), [(["release_agent"], False), ([], True)])
def test_the_groups_of_a_whole_v1_machine_leave_out_who_is_in_another_namespace(
    tmp_path, group, monkeypatch, names, lists_all
):
    monkeypatch.setattr(group_trees, "has_own_namespace", lambda: True)
    group("cpuacct", "cpuacct.usage", *names)
    assert find(mounts(tmp_path, "cpuacct")) == Tree(f"{tmp_path}/cpuacct", 1, lists_all=lists_all)


def test_where_nothing_can_be_read_there_is_no_tree(tmp_path):
    assert find("") is None
    assert find(mounts(tmp_path / "absent", "v2", "cpuacct")) is None
    assert find("nonsense - \n- cgroup2\n") is None

"""Control groups of both generations, with and without namespaces: where they lie, and whose limits are the machine's."""

import pytest

from monitor.collectors import cgroups, procfile
from monitor.collectors.cgroups import directories, limiting, parse_cgroup, parse_mounts
from monitor.collectors.domain.cgroups import limits_the_machine

V2_MOUNT = "35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
V1_MOUNT = "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
ID = "0123456789abcdef" * 4


def test_the_paths_of_both_generations_are_found():
    text = "9:name=systemd:/a\n4:cpu,cpuacct:/b\n3:cpuset:/c\n0::/system.slice/x:y.service\n"
    assert parse_cgroup(text, "cpu") == ("/system.slice/x:y.service", "/b")


def test_an_empty_cgroup_file_has_no_paths():
    assert parse_cgroup("", "cpu") == (None, None)


def test_the_mounts_of_both_generations_are_found():
    assert parse_mounts(V2_MOUNT + V1_MOUNT + "junk\n", "cpu") == (
        ("/", "/sys/fs/cgroup"),
        ("/", "/sys/fs/cgroup/cpu,cpuacct"),
    )


def test_a_cpuset_mount_is_not_taken_for_that_of_the_cpu():
    assert parse_mounts("34 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n", "cpu") == (
        None,
        None,
    )


@pytest.mark.parametrize(
    ("path", "mount", "expected"),
    [
        ("/", ("/", "/c"), ["/c"]),
        ("/a/b", ("/", "/c"), ["/c/a/b", "/c/a", "/c"]),
        ("/docker/1f", ("/docker/1f", "/c"), ["/c"]),
        ("/docker/1f/sub", ("/docker/1f", "/c"), ["/c/sub", "/c"]),
        ("/docker/1ff", ("/docker/1f", "/c"), ["/c"]),
        ("/../../x", ("/", "/c"), ["/c/x", "/c"]),
        (None, ("/", "/c"), []),
        ("/a", None, []),
    ],
)
def test_the_tree_is_walked_up_to_its_mount(path, mount, expected):
    assert directories(path, mount) == expected


@pytest.mark.parametrize(
    ("path", "limiting"),
    [
        ("/", "/"),
        ("/mine/inner", "/mine/inner"),
        ("/system.slice/loadmon-sampler.service", "/"),
        ("/user.slice/user-1000.slice/session-3.scope", "/"),
        ("/user.slice/user-1000.slice/user@1000.service/app.slice/run-u9.scope", "/"),
        ("/init.scope", "/"),
        (f"/docker/{ID}", f"/docker/{ID}"),
        (f"/docker/{ID}/system.slice/loadmon.service", f"/docker/{ID}"),
        (f"/system.slice/docker-{ID}.scope", f"/system.slice/docker-{ID}.scope"),
        (f"/system.slice/docker-{ID}.scope/inner", f"/system.slice/docker-{ID}.scope/inner"),
        (f"/system.slice/docker-{ID}.scope/init.scope", f"/system.slice/docker-{ID}.scope"),
        (f"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-{ID}.scope",)
        * 2,
        (f"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{ID}.scope/container",) * 2,
        ("/lxc.payload.web/system.slice/loadmon.service", "/lxc.payload.web"),
        (
            "/machine.slice/machine-web.scope/payload/system.slice/a.service",
            "/machine.slice/machine-web.scope/payload",
        ),
    ],
)
def test_limits_of_a_container_are_the_machine_s_and_those_of_the_sampler_s_own_unit_are_not(path, limiting):
    assert limits_the_machine(path) == limiting


def test_the_directories_that_limit_are_found_in_both_trees(monkeypatch):
    groups = f"4:cpu,cpuacct:/docker/{ID}\n0::/system.slice/loadmon.service\n"
    told = {cgroups.CGROUP: groups, cgroups.MOUNTS: V2_MOUNT + V1_MOUNT}
    monkeypatch.setattr(procfile, "text", lambda path: told.get(path, ""))
    top = "/sys/fs/cgroup/cpu,cpuacct"
    assert limiting("cpu") == (["/sys/fs/cgroup"], [f"{top}/docker/{ID}", f"{top}/docker", top])
    assert limiting("memory") == (["/sys/fs/cgroup"], [])

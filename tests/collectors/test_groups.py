"""Control groups as a source, read from trees of files of the test's own: v2, hybrid, v1, with bounds."""

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.collectors import group_walk
from monitor.collectors.group_files import GroupFiles
from monitor.collectors.group_trees import Tree
from monitor.collectors.groups import Groups
from monitor.metrics.usage import Consumer, Kind

NGINX = "/system.slice/nginx.service"
ANNA = "/user.slice/user-1000.slice/session-3.scope"


class Machine:
    """A tree of control groups made of plain files, as one of the two generations."""

    def __init__(self, top, generation):
        self.top, self.generation = top, generation
        self.cpu = {}

    @property
    def tree(self):
        cpu = self.top / "cpu"
        return Tree(str(cpu), self.generation, str(self.top / "memory"), str(self.top / "blkio"))

    def group(self, path, *pids, **files):
        """Make a group, or have other processes in it."""
        directory = self.top / "cpu" / path.strip("/")
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "cgroup.procs").write_text("".join(f"{pid}\n" for pid in pids))
        for name, text in files.items():
            (directory / name.replace("_", ".", 1)).write_text(text)
        self.use(path, 0)

    def use(self, path, seconds):
        """Use CPU in a group: it is in the counters of all that it lies in."""
        while True:
            self.cpu[path] = self.cpu.get(path, 0) + seconds
            directory = self.top / "cpu" / path.strip("/")
            if directory.is_dir() and (seconds or not self.is_counted(directory)):
                if self.generation == 2:
                    (directory / "cpu.stat").write_text(
                        f"usage_usec {round(self.cpu[path] * 1e6)}\nuser_usec 0\n"
                    )
                else:
                    (directory / "cpuacct.usage").write_text(f"{round(self.cpu[path] * 1e9)}\n")
            if path == "/":
                return
            path = path.rpartition("/")[0] or "/"

    def is_counted(self, directory):
        return (directory / self.tree.cpu).exists()

    def remove(self, path):
        directory = self.top / "cpu" / path.strip("/")
        for file in directory.iterdir():
            file.unlink()
        directory.rmdir()
        self.cpu.pop(path)


@pytest.fixture(params=[1, 2])
def machine(request, tmp_path):
    made = Machine(tmp_path, request.param)
    made.group("/", 1, cgroup_type="domain\n")  # as in a container: its own group is the root
    made.group("/system.slice")
    made.group(NGINX, 10, 11)
    made.group(f"{NGINX}/worker", 12)
    made.group("/user.slice")
    made.group("/user.slice/user-1000.slice")
    made.group(ANNA, 20)
    return made


@pytest.fixture
def groups(machine):
    made = Groups(
        lambda: machine.tree,
        name=lambda engine, told, pids: f"{engine} {pids}",
        disks=lambda: frozenset({"8:0"}),
    )
    yield made
    made.close()


def looked(groups, at=0.0):
    for _ in groups.look(at):
        pass
    return {plot.path: plot for plot in groups.plots() or ()}


def test_a_service_is_one_plot_with_all_that_live_in_it(machine, groups):
    plots = looked(groups)
    assert plots[NGINX].consumer == Consumer(Kind.SERVICE, "nginx.service")
    assert plots[NGINX].pids == (10, 11, 12)
    assert f"{NGINX}/worker" not in plots
    assert (plots[ANNA].consumer, plots[ANNA].pids, plots[ANNA].rest.kind) == (None, (20,), Kind.SESSION)


def test_what_each_used_since_the_look_before_adds_up_to_the_root(machine, groups):
    assert {plot.cpu_seconds for plot in looked(groups).values()} == {None}
    machine.use(f"{NGINX}/worker", 2.0)
    machine.use(ANNA, 0.5)
    machine.use("/", 0.25)
    plots = looked(groups)
    assert {path: plot.cpu_seconds for path, plot in plots.items() if plot.cpu_seconds} == {
        NGINX: 2.0, ANNA: 0.5, "/": 0.25,
    }  # fmt: skip
    assert sum(plot.cpu_seconds for plot in plots.values()) == 2.75


def test_a_group_that_came_and_went_is_in_what_it_lay_in(machine, groups):
    looked(groups)
    machine.group("/system.slice/run-r1234abcd5678.scope", 30)
    machine.use("/system.slice/run-r1234abcd5678.scope", 3.0)
    machine.remove("/system.slice/run-r1234abcd5678.scope")
    plot = looked(groups)["/system.slice"]
    assert (plot.cpu_seconds, plot.rest.name) == (3.0, "short-lived in system.slice")


def test_thousands_of_transient_scopes_are_one_name(machine, groups):
    for number in range(40):
        machine.group(f"/system.slice/run-r{number:032x}.scope")
    looked(groups)
    for number in range(40):
        machine.use(f"/system.slice/run-r{number:032x}.scope", 0.125)
        machine.remove(f"/system.slice/run-r{number:032x}.scope")
    plot = looked(groups)["/system.slice"]
    assert (plot.cpu_seconds, plot.rest) == (5.0, Consumer(Kind.SERVICE, "run.scope"))


def test_a_service_that_was_restarted_brings_no_past_and_nothing_negative(machine, groups):
    machine.use(NGINX, 1000.0)
    looked(groups)
    looked(groups)
    machine.use(NGINX, 1.0)
    (machine.top / "cpu/system.slice/nginx.service").rename(machine.top / "old")
    machine.cpu.pop(NGINX)
    machine.group(NGINX, 40)
    machine.use(NGINX, 0.5)
    plots = looked(groups)
    assert plots[NGINX].cpu_seconds == 0.5
    assert (plots["/system.slice"].cpu_seconds, plots["/system.slice"].rest.name) == (1.0, "nginx.service")


def test_a_container_is_named_and_its_id_is_no_name(machine, groups):
    path = f"/system.slice/docker-{'0123456789ab' + 'c' * 52}.scope"
    machine.group(path, 50)
    assert looked(groups)[path].consumer == Consumer(Kind.CONTAINER, "docker [50]")


def test_a_container_that_was_still_being_started_is_named_again_once(machine):
    asked, path = [], f"/system.slice/docker-{'0123456789ab' + 'c' * 52}.scope"

    def name(engine, told, pids):
        asked.append(pids)
        return "docker: runc" if len(asked) == 1 else "web"

    groups = Groups(lambda: machine.tree, name=name, disks=frozenset)
    machine.group(path)
    assert looked(groups)[path].consumer.name == "docker: runc"
    machine.group(path, 50)
    assert [looked(groups)[path].consumer.name for _ in range(3)] == ["web"] * 3
    assert asked == [[], [50]]


def test_a_container_in_a_container_is_a_plot_of_its_own(machine, groups):
    inner = f"/lxc.payload.web/docker/{'a' * 64}"
    machine.group("/lxc.payload.web", 60)
    machine.group("/lxc.payload.web/system.slice/cron.service", 61)
    machine.group("/lxc.payload.web/docker")
    machine.group(inner, 62)
    looked(groups)
    machine.use(inner, 2.0)
    machine.use("/lxc.payload.web/system.slice/cron.service", 1.0)
    plots = looked(groups)
    assert (plots["/lxc.payload.web"].cpu_seconds, plots["/lxc.payload.web"].pids) == (1.0, (60, 61))
    assert (plots[inner].cpu_seconds, plots[inner].pids) == (2.0, (62,))


def test_more_groups_than_the_bound_belong_to_what_they_lie_in(machine, groups, monkeypatch):
    monkeypatch.setattr(group_walk, "MOST_GROUPS", 20)
    monkeypatch.setattr(group_walk, "MOST_IN_ONE", 5)
    for number in range(30):
        machine.group(f"/system.slice/a{number}.service")
    looked(groups)
    for number in range(30):
        machine.use(f"/system.slice/a{number}.service", 1.0)
    plots = looked(groups)
    assert len(plots) <= 20
    assert sum(plot.cpu_seconds for plot in plots.values()) == 30.0
    assert ANNA in plots


def test_depth_is_bounded_and_what_is_deeper_belongs_to_what_it_lies_in(machine, groups, monkeypatch):
    monkeypatch.setattr(group_walk, "MOST_LEVELS", 3)
    for depth in range(1, 7):
        machine.group("/d" * depth, 70 + depth)
    looked(groups)
    machine.use("/d" * 6, 1.0)
    plots = looked(groups)
    assert plots["/d/d/d"].cpu_seconds == 1.0
    assert "/d/d/d/d" not in plots


def test_a_process_is_in_one_plot_alone_and_one_out_of_sight_in_none(machine, groups):
    machine.group("/system.slice/a.service", 80, 0, 0)
    machine.group("/system.slice/b.service", 80)
    plots = looked(groups)
    pids = [pid for plot in plots.values() for pid in plot.pids]
    assert pids.count(80) == 1
    assert 0 not in pids
    assert [path for path, plot in plots.items() if not plot.is_listed] == ["/system.slice/a.service"]


def test_where_groups_leave_out_who_is_in_another_namespace_none_lists_all(machine):
    groups = Groups(lambda: replace(machine.tree, lists_all=False), disks=frozenset)
    assert not any(plot.is_listed for plot in looked(groups).values())


def test_a_threaded_group_is_part_of_what_it_lies_in(machine, groups, monkeypatch):
    machine.group("/emulator")
    machine.group("/emulator/vcpu0")
    real = os.read

    def read(descriptor, count):
        if Path(f"/proc/self/fd/{descriptor}").readlink().match("vcpu0/cgroup.procs"):
            raise OSError(errno.EOPNOTSUPP, "Operation not supported")
        return real(descriptor, count)

    monkeypatch.setattr(os, "read", read)
    looked(groups)
    machine.use("/emulator/vcpu0", 2.0)
    plots = looked(groups)
    assert "/emulator/vcpu0" not in plots
    assert plots["/emulator"].cpu_seconds == 2.0


def test_shares_tell_who_is_at_work_between_two_looks(machine, groups):
    looked(groups)
    assert groups.shares(10.0) is None
    machine.use(NGINX, 0.5)
    machine.use(ANNA, 0.25)
    shares = groups.shares(11.0)
    assert [(share.kind, share.name, share.cpu_percent) for share in shares] == [
        (Kind.SERVICE, "nginx.service", 50.0), (Kind.SESSION, "session", 25.0),
    ]  # fmt: skip
    assert groups.shares(11.2) == shares


def test_without_groups_there_are_no_plots_and_the_log_says_so_once(caplog):
    groups = Groups(lambda: None)
    with caplog.at_level("INFO"):
        assert looked(groups) == looked(groups) == {}
    assert (groups.plots(), groups.shares(1.0)) == (None, None)
    assert caplog.text.count("sees no control groups") == 1


def test_a_tree_that_went_leaves_no_plots(machine):
    trees = [machine.tree, Tree(str(machine.top / "absent"), machine.generation)]
    groups = Groups(lambda: trees.pop(0))
    assert looked(groups)
    assert looked(groups) == {}
    assert groups.plots() is None


def test_few_descriptors_stay_open_where_the_process_may_have_few(machine):
    files = GroupFiles(3)
    groups = Groups(lambda: machine.tree, files=files)
    looked(groups)
    machine.use(NGINX, 1.0)
    assert looked(groups)[NGINX].cpu_seconds == 1.0
    assert len(files) == 3


def test_memory_of_v2_is_told_by_the_service_itself(tmp_path):
    machine = Machine(tmp_path, 2)
    machine.group("/")
    machine.group(
        "/a.service",
        1,
        memory_stat="anon 5000\nfile 99999\nkernel 100\nshmem 7\n",
        io_stat="8:0 rbytes=1 wbytes=2\n",
    )
    groups = Groups(lambda: machine.tree, disks=lambda: frozenset({"8:0"}))
    looked(groups)
    machine.group("/a.service", 1, io_stat="8:0 rbytes=11 wbytes=102\n", io_pressure="some avg10=0 total=0\n")
    plot = looked(groups)["/a.service"]
    assert (plot.memory_bytes, plot.read_bytes, plot.written_bytes) == (5107, 10, 100)
    assert looked(groups)["/"].cpu_seconds is None, "the root of a whole machine is told by the machine"


def test_waiting_of_v2_is_told_by_its_pressure(tmp_path):
    machine = Machine(tmp_path, 2)
    machine.group("/")
    machine.group("/a.service", 1, io_pressure="some avg10=0.00 avg60=0.00 avg300=0.00 total=1000000\n")
    groups = Groups(lambda: machine.tree)
    looked(groups)
    machine.group("/a.service", 1, io_pressure="some avg10=0.00 avg60=0.00 avg300=0.00 total=3500000\n")
    assert looked(groups)["/a.service"].waiting_seconds == 2.5


def test_memory_and_traffic_of_v1_lie_in_trees_of_their_own(tmp_path):
    machine = Machine(tmp_path, 1)
    machine.group("/")
    machine.group("/a.service", 1)
    for top, name, text in (
        ("memory", "memory.stat", "total_cache 900\ntotal_rss 50\ntotal_shmem 5\n"),
        ("blkio", "blkio.throttle.io_service_bytes_recursive", "8:0 Read 100\n8:0 Write 200\nTotal 300\n"),
    ):
        (tmp_path / top / "a.service").mkdir(parents=True)
        (tmp_path / top / "a.service" / name).write_text(text)
    groups = Groups(lambda: machine.tree, disks=lambda: frozenset({"8:0"}))
    looked(groups)
    plot = looked(groups)["/a.service"]
    assert (plot.memory_bytes, plot.read_bytes, plot.written_bytes, plot.waiting_seconds) == (55, 0, 0, None)


def test_a_look_is_cut_into_small_pieces(machine, groups):
    assert sum(1 for _ in groups.look(0.0)) >= 7

"""Control groups of the kernel, of each generation that can be written here: what tasks used is in their sum."""

import contextlib
import os
import shlex
import subprocess
import uuid
from pathlib import Path

import pytest

from monitor.collectors import procfile
from monitor.collectors.cgroups import MOUNTS, parse_mounts
from monitor.collectors.group_files import most_kept
from monitor.collectors.group_trees import Tree
from monitor.collectors.group_walk import MOST_GROUPS
from monitor.collectors.groups import Groups
from monitor.metrics.usage import Consumer, Kind

TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
ENDING_SECONDS = 0.0001
"""That a task may still use after its parent was told what it had used."""

SHORT = "i=0; while [ $i -lt {count} ]; do (j=0; while [ $j -lt 200 ]; do j=$((j+1)); done); i=$((i+1)); done"


def writable():
    """The trees of this machine in which groups can be made: generation and where it is mounted."""
    places = parse_mounts(procfile.text(MOUNTS), "cpuacct")
    found = [(2 - order, Path(place[1])) for order, place in enumerate(places) if place is not None]
    return [(generation, top) for generation, top in found if can_hold(top)]


def can_hold(top):
    probe = top / f"loadmon-probe-{uuid.uuid4().hex[:8]}"
    try:
        probe.mkdir()
        return any((probe / name).exists() for name in ("cpu.stat", "cpuacct.usage"))
    except OSError:
        return False
    finally:
        with contextlib.suppress(OSError):
            probe.rmdir()


TREES = writable()


@pytest.fixture(params=TREES or [None], ids=lambda tree: f"v{tree[0]}" if tree else "none")
def tree(request):
    assert request.param is not None, (
        "These tests make control groups: run them as root where a tree of them can be written."
    )
    generation, mounted = request.param
    top = mounted / f"loadmon-test-{uuid.uuid4().hex[:8]}"
    top.mkdir()
    yield Tree(str(top), generation)
    for directory, _, _ in os.walk(top, topdown=False):
        os.rmdir(directory)  # noqa: PTH106


@pytest.fixture
def groups(tree):
    made = Groups(lambda: tree)
    yield made
    made.close()


def looked(groups):
    for _ in groups.look(0.0):
        pass
    return {plot.path: plot for plot in groups.plots() or ()}


def run(tree, path, script):
    """CPU seconds that a shell in the group used for the script, with its children, by the kernel's own account."""
    procs = shlex.quote(f"{tree.top}{path}/cgroup.procs")
    with subprocess.Popen(["/bin/sh", "-c", f"echo $$ > {procs}; {script}"]) as shell:
        _, status, used = os.wait4(shell.pid, 0)
        shell.returncode = os.waitstatus_to_exitcode(status)
    assert shell.returncode == 0
    return used.ru_utime + used.ru_stime


def group(tree, path):
    (Path(tree.top) / path.strip("/")).mkdir(parents=True)
    return path


def test_two_thousand_tasks_that_live_a_millisecond_are_in_their_groups_sum(tree, groups):
    jobs = group(tree, "/jobs")
    looked(groups)
    used = run(tree, jobs, SHORT.format(count=2000))
    plot = looked(groups)[jobs]
    assert plot.pids == ()
    assert used - 2 * TICK_SECONDS <= plot.cpu_seconds <= used + 2 * TICK_SECONDS + 2000 * ENDING_SECONDS


def test_a_scope_that_came_and_went_is_in_the_slice_and_the_plots_add_up(tree, groups):
    group(tree, "/system.slice/nginx.service")
    looked(groups)
    scope = group(tree, "/system.slice/run-r0f3c5e1a2b4d4c6e8f9a0b1c2d3e4f50.scope")
    used = run(tree, scope, SHORT.format(count=50))
    (Path(tree.top) / scope.strip("/")).rmdir()
    used_by_nginx = run(tree, "/system.slice/nginx.service", SHORT.format(count=50))
    plots = looked(groups)
    assert plots["/system.slice"].cpu_seconds >= used - 2 * TICK_SECONDS
    assert plots["/system.slice/nginx.service"].cpu_seconds >= used_by_nginx - 2 * TICK_SECONDS
    total = sum(plot.cpu_seconds for plot in plots.values())
    assert total <= used + used_by_nginx + 4 * TICK_SECONDS + 100 * ENDING_SECONDS


def test_a_group_that_was_deleted_and_made_anew_brings_no_past(tree, groups):
    service = group(tree, "/worker.service")
    past = run(tree, service, SHORT.format(count=400))
    looked(groups)
    looked(groups)
    assert groups.shares(1.0) is None
    (Path(tree.top) / "worker.service").rmdir()
    group(tree, service)
    used = run(tree, service, SHORT.format(count=20))
    groups.shares(2.0)
    plot = looked(groups)[service]
    assert plot.consumer == Consumer(Kind.SERVICE, "worker.service")
    assert used - 2 * TICK_SECONDS <= plot.cpu_seconds < past


@pytest.mark.parametrize("tree", TREES[-1:] or [None], indirect=True)
def test_ten_thousand_groups_stay_within_the_bound_and_none_of_their_use_is_lost(tree, groups):
    names = [f"/many/g{number}" for number in range(10_000)]
    for name in names:
        group(tree, name)
    plots = looked(groups)
    assert len(plots) <= MOST_GROUPS
    hidden = next(name for name in names if name not in plots)
    used = run(tree, hidden, SHORT.format(count=50))
    plots = looked(groups)
    assert sum(plot.cpu_seconds for plot in plots.values()) >= used - 2 * TICK_SECONDS
    assert plots["/many"].cpu_seconds >= used - 2 * TICK_SECONDS
    assert len(groups.shares(1.0) or ()) == 0
    assert sum(1 for _ in Path("/proc/self/fd").iterdir()) <= most_kept() + 200


def test_waiting_for_disks_is_told_where_the_kernel_measures_pressure(tree, groups):
    group(tree, "/writer.service")
    looked(groups)
    is_told = tree.generation == 2 and Path(tree.top, "writer.service/io.pressure").exists()
    assert (looked(groups)["/writer.service"].waiting_seconds is not None) == is_told

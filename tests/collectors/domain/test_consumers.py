"""Consumers by their processes: names that stay, whatever number, core or device a process is for."""

import pytest

from monitor.collectors.domain.consumers import descends, kind_of_thread, known_of, of_process
from monitor.metrics.snapshot import Details
from monitor.metrics.usage import Consumer, Kind
from tests.stages.scans import seen


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("kworker/u8:2+flush-8:0", "kworker"),
        ("kworker/R-rcu_g", "kworker"),
        ("ksoftirqd/11", "ksoftirqd"),
        ("jbd2/vda1-8", "jbd2"),
        ("irq/123-nvme0q1", "irq"),
        ("kswapd0", "kswapd"),
        ("scsi_eh_3", "scsi_eh"),
        ("md127_raid1", "md_raid"),
        ("rcu_preempt", "rcu_preempt"),
        ("ext4-rsv-conver", "ext4-rsv-conver"),
        ("kdmflush/253:0", "kdmflush"),
        ("kdamond.0", "kdamond"),
        ("7", "7"),
        ("/:", "/:"),
        ("\x1b[2J", "?[2J"),
    ],
)
def test_kernel_threads_are_told_by_their_kind(name, kind):
    assert kind_of_thread(name) == kind


@pytest.mark.parametrize(
    ("details", "consumer"),
    [
        (Details("nginx.service", "unit", "www"), Consumer(Kind.SERVICE, "nginx.service")),
        (Details("run-r0123456789abcdef.scope", "unit", "anna"), Consumer(Kind.SERVICE, "run.scope")),
        (Details("lxc web", "container"), Consumer(Kind.CONTAINER, "lxc web")),
        (Details("docker 0123456789ab", "container"), Consumer(Kind.CONTAINER, "docker: node")),
        (Details(None, "", "anna"), Consumer(Kind.PROGRAM, "node", "anna")),
        (Details(), Consumer(Kind.PROGRAM, "node")),
    ],
)
def test_a_process_belongs_to_its_unit_or_container_else_to_its_program_and_user(details, consumer):
    assert of_process(seen(7, name="node"), "node", details) == consumer


def test_a_kernel_thread_belongs_to_the_kernel():
    assert of_process(
        seen(7, name="kworker/0:1", is_kernel=True), "kworker/0:1", Details(user="kernel threads")
    ) == Consumer(Kind.KERNEL, "kworker")


def test_thousands_of_builds_are_one_name():
    names = {of_process(seen(7), f"build-{number:032x}", Details(user="ci")) for number in range(1000)}
    assert names == {Consumer(Kind.PROGRAM, "build", "ci")}


def test_until_it_is_looked_up_a_process_is_where_its_nearest_ancestor_is():
    now = {
        each.pid: each
        for each in (seen(1, parent=0), seen(7, parent=1), seen(8, parent=7), seen(9, parent=9))
    }
    details = {7: Details("web.service", "unit", "www"), 1: Details("init.scope", "unit", "root")}
    assert known_of(now[8], now, details).home == "web.service"
    assert known_of(now[9], now, details) == Details()  # its own parent, by a pid that was given again


def test_descent_is_told_by_parents_and_ends_with_them():
    now = {
        each.pid: each
        for each in (seen(7, parent=1), seen(8, parent=7), seen(9, parent=8), seen(5, parent=4))
    }
    assert [descends(now[pid], now, {7}) for pid in (7, 8, 9, 5)] == [True, True, True, False]

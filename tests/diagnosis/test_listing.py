"""Lists of culprits: what came and went, and memory that no process holds, stand among the others."""

from __future__ import annotations

import pytest

from monitor.diagnosis.listing import Listing
from monitor.diagnosis.reader import read
from tests.stages.snapshots import document, row

GIB = 2**30


def test_who_came_and_went_is_listed_by_who_started_them_among_the_others():
    by = [{"pid": 4711, "name": "bash", "cpu_percent": 170.0}, {"pid": 9, "name": "cron", "cpu_percent": 9.9}]
    found = read(document(by_cpu=[row("make", 20.0, 3), row("cc1", 180.0, 2)], short_lived__by=by))
    told = [(one.name, one.pid, one.cpu_percent) for one in Listing(found).by_cpu]
    assert told == [("cc1", 2, 180.0), ("started by bash, gone again", 4711, 170.0), ("make", 3, 20.0)]


def test_memory_that_no_process_holds_is_listed_where_it_is_a_tenth_of_what_is_in_use():
    memory = {"used_bytes": 31 * GIB, "shared_bytes": 28 * GIB, "slab_bytes": 3 * GIB, "zfs_bytes": None}
    found = read(document(by_memory=[row("loadmon-web", rss=GIB)], memory=memory))
    told = [(one.name, one.rss_bytes) for one in Listing(found).by_memory]
    assert told == [("tmpfs and shared memory", 28 * GIB), ("loadmon-web", GIB)]


def test_without_knowing_what_is_in_use_nothing_is_said_to_be_notable():
    assert Listing(read(document(memory={"shared_bytes": 28 * GIB}))).holders == ()
    assert Listing(read(None)).holders == ()


@pytest.mark.parametrize(
    ("tasks", "reason", "told"),
    [
        (185, "hidepid", "185 tasks cannot be seen from here (hidepid)"),
        (1, "", "1 task cannot be seen from here"),
        (None, "a container", "some tasks cannot be seen from here (a container)"),
        (0, "hidepid", ""),
        (None, None, ""),
    ],
)
def test_what_is_hidden_is_told_with_the_reason(tasks, reason, told):
    assert Listing(read(document(hidden_tasks=tasks, hidden_reason=reason))).hidden == told


def test_where_those_in_sight_explain_too_little_of_the_cpu_nobody_of_them_is_listed_to_be_blamed():
    busy = {"cpu__busy": 97.0, "online_cores": 2, "cores": 2.0, "load1": 3.0, "machine_cpu_percent": 194.0}
    rows = [row("python", 12.0)]
    blind = Listing(
        read(document(**busy, by_cpu=rows, seen_percent=6.0, hidden_reason="hidepid", hidden_tasks=9))
    )
    assert blind.unseen == "who uses the CPU cannot be seen from here (hidepid)"
    assert blind.blamed("load1") == ()
    seen = Listing(read(document(**busy, by_cpu=[row("python", 190.0)], seen_percent=98.0)))
    assert seen.unseen == ""
    assert [one.name for one in seen.blamed("load1")] == ["python"]


def test_memory_that_no_process_holds_is_listed_to_be_blamed_and_counts_no_process():
    memory = {"used_bytes": 31 * GIB, "shared_bytes": 28 * GIB, "available_percent": 3.0}
    found = Listing(read(document(by_memory=[row("loadmon-web", rss=GIB)], memory=memory)))
    told = [(one.name, one.count) for one in found.blamed("memory_available_percent")]
    assert told == [("tmpfs and shared memory", 0), ("loadmon-web", 1)]

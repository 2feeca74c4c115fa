"""The evidence document: what snapshots and readings of some seconds make of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.diagnosis.brief import brief
from monitor.diagnosis.document import MOST_BYTES, bounded, told
from monitor.diagnosis.gathering import document
from monitor.diagnosis.looks import within
from monitor.metrics.catalogue import NAMES
from monitor.metrics.snapshot import Details, FileSystem, MemoryParts
from tests.stages.snapshots import NOW_MS, group, process, row, snapshot, waiting


def made(*snapshots, seconds=60.0, **values):
    return document(NOW_MS, values, snapshots, seconds)


def names(rows):
    return [one["name"] for one in rows]


def test_cpu_is_the_mean_over_the_time_in_percent_of_one_core():
    found = made(snapshot(process(1, "ffmpeg", 20.0), age=10), snapshot(process(1, "ffmpeg", 5.0)))
    assert [(one["name"], one["cpu_percent"]) for one in found["by_cpu"]] == [("ffmpeg", 125.0)]
    assert found["seconds"] == 20.0


def test_a_look_longer_than_the_time_asked_for_counts_by_its_own_length():
    calm_pace = snapshot(process(1, "ffmpeg", 30.0, short_lived_seconds=3.0), seconds=15.0,
                         groups=(group("video.service", cpu=30.0),))  # fmt: skip
    found = made(calm_pace, seconds=10.0)
    assert (found["seconds"], found["by_cpu"][0]["cpu_percent"]) == (15.0, 200.0)
    assert (found["groups"][0]["cpu_percent"], found["short_lived"]["cpu_percent"]) == (200.0, 20.0)


def test_a_process_that_ended_meanwhile_is_still_a_culprit():
    found = made(snapshot(process(1, "make", 10.0), age=10), snapshot(process(2, "sh", 1.0)))
    assert names(found["by_cpu"]) == ["make", "sh"]


def test_the_same_pid_of_another_start_is_another_process():
    found = made(snapshot(process(1, "old", 5.0), age=10), snapshot(process(1, "new", 6.0, started=9.0)))
    assert names(found["by_cpu"]) == ["new", "old"]


def test_who_uses_next_to_nothing_is_no_culprit():
    assert made(snapshot(process(1, "idle", 0.04)))["by_cpu"] == []


def test_where_no_cpu_is_known_nobody_is_blamed_and_memory_is_told_all_the_same():
    found = made(snapshot(process(1, "java", None, rss_bytes=5), seconds=None))
    assert (found["by_cpu"], found["seconds"]) == ([], None)
    assert found["by_memory"][0] == row("java", None, rss=5)


def test_memory_is_that_of_the_newest_snapshot_the_largest_first():
    old = snapshot(process(9, "gone", rss_bytes=10**9), age=10)
    found = made(old, snapshot(process(1, "small", rss_bytes=1), process(2, "large", rss_bytes=7)))
    assert names(found["by_memory"]) == ["large", "small"]


def test_tasks_that_no_scan_found_count_all_the_same():
    waits = snapshot(process(1, "rsync", waits_in=("nfs_wait",)))
    assert made(waits, tasks_blocked=6.0)["tasks"]["blocked"] == 6.0
    assert made(waits, tasks_blocked=0.0)["tasks"]["blocked"] == 1
    assert made(snapshot())["tasks"]["blocked"] == 0


def test_inodes_and_what_was_not_asked_are_told_the_first_ten_of_them():
    unasked = tuple((f"/{number}", "too far", "move it") for number in range(12))
    disk = made(snapshot(fullest=FileSystem("/mail", 100.0, 5, 100.0, 0), unasked=unasked))["disk"]
    assert (disk["fullest_inodes_percent"], disk["fullest_inodes_left"]) == (100.0, 0)
    assert disk["unasked"][0] == {"path": "/0", "reason": "too far", "remedy": "move it"}
    assert len(disk["unasked"]) == 10
    assert made()["disk"]["unasked"] == []


def test_the_fullest_file_system_is_told_with_its_place():
    disk = made(snapshot(fullest=FileSystem("/var", 95.004, 1.2e9)), disk_fullest_percent=94.0)["disk"]
    assert [disk[f"fullest_{name}"] for name in ("path", "percent", "left_bytes")] == ["/var", 95.0, 1.2e9]
    assert made(disk_fullest_percent=94.0)["disk"]["fullest_percent"] == 94.0


def test_waiting_tasks_are_those_of_the_newest_snapshot_that_has_any():
    waits = process(1, "rsync", waits_in=("nfs_wait", "nfs_wait", "io_schedule"))
    found = made(snapshot(process(2, "older", waits_in=("x",)), age=20), snapshot(waits, age=10), snapshot())
    assert found["blocked"] == [waiting("rsync", "nfs_wait", threads=3)]
    assert found["tasks"]["blocked"] == 1.33  # the mean of the looks: one instant need not last


def test_a_place_that_the_kernel_does_not_tell_is_unknown():
    assert made(snapshot(process(1, "rsync", waits_in=("",))))["blocked"][0]["waits_in"] is None


def test_groups_tell_their_mean_cpu_and_their_newest_memory():
    found = made(
        snapshot(groups=(group("nginx.service", cpu=5.0, rss=1),), age=10),
        snapshot(groups=(group("nginx.service", cpu=15.0, rss=9), group("anna", "user"))),
    )
    assert found["groups"][0] == {
        "name": "nginx.service", "kind": "unit", "cpu_percent": 100.0, "rss_bytes": 9, "processes": 3, "blocked": 0,
    }  # fmt: skip


def test_short_lived_children_are_told_by_their_parents():
    parents = [process(1, "make", short_lived_seconds=8.0), process(2, "cron", short_lived_seconds=0.01)]
    short_lived = made(snapshot(*parents, started=900))["short_lived"]
    assert (short_lived["started_per_second"], short_lived["cpu_percent"]) == (90.0, 80.1)
    assert short_lived["by"] == [{"pid": 1, "name": "make", "cpu_percent": 80.0}]


def test_a_kernel_that_does_not_count_new_processes_leaves_their_rate_unknown():
    assert made(snapshot(started=None))["short_lived"]["started_per_second"] is None


def test_without_any_snapshot_the_readings_are_told():
    found = made(cpu_percent=93.0, load1=7.5, tasks_running=5.0, tasks_blocked=2.0)
    assert (found["cpu"]["busy"], found["load1"]) == (93.0, 7.5)
    assert found["tasks"] == {
        "running": 5.0,
        "blocked": 2.0,
        "blocked_io": 2.0,
        "processes": None,
        "threads": None,
    }
    assert (found["by_cpu"], found["by_memory"], found["blocked"], found["groups"]) == ([], [], [], [])


def test_snapshots_outside_the_time_do_not_count_unless_there_is_no_other():
    old, new = snapshot(age=30), snapshot(age=5)
    assert within([old, new], NOW_MS, 20.0) == [new]
    assert within([old], NOW_MS, 20.0) == [old]
    assert within([snapshot(age=50)], NOW_MS, 20.0) == []


def test_a_snapshot_of_later_tells_nothing_of_the_moment():
    assert within([snapshot(age=-1)], NOW_MS, 20.0) == []


def test_ten_processes_and_ten_groups_are_told():
    many = [process(pid, f"p{pid}", pid / 10) for pid in range(1, 40)]
    found = made(snapshot(*many, groups=tuple(group(f"g{n}", cpu=n) for n in range(20))))
    assert names(found["by_cpu"]) == [f"p{pid}" for pid in range(39, 29, -1)]
    assert len(found["by_memory"]) == len(found["groups"]) == 10


def test_a_document_of_the_longest_names_is_cut_at_the_end_of_its_longest_lists():
    name = "\N{SNOWMAN}" * 64
    details = Details(name, "unit", name, "c" * 300)
    many = [process(pid, name, 60 - pid, waits_in=("w" * 64,), details=details) for pid in range(1, 50)]
    found = made(snapshot(*many))
    assert len(json.dumps(found)) <= MOST_BYTES
    assert found["truncated"]
    assert found["by_cpu"][0]["pid"] == 1
    assert len(found["blocked"]) >= 3


def test_a_short_document_is_not_cut():
    found = made(snapshot(process(1, cpu=3.0)))
    assert bounded(found) == found
    assert not found["truncated"]


def test_a_scan_that_left_some_out_makes_the_evidence_incomplete():
    assert made(snapshot(truncated=True))["truncated"]


def test_command_lines_are_told_and_can_be_taken_out():
    details = Details("x.service", "unit", "anna", "ffmpeg -i x")
    found = made(snapshot(process(1, "ffmpeg", 9.0, details=details, waits_in=("x",))))
    assert found["by_cpu"][0]["command"] == "ffmpeg -i x"
    plain = told(found, commands=False)
    assert "ffmpeg -i" not in json.dumps(plain)
    assert plain["by_cpu"][0]["name"] == "ffmpeg"
    assert told(None, commands=False) is None


def test_the_page_gets_what_it_shows():
    found = made(snapshot(*(process(pid, f"p{pid}", 9.0) for pid in range(1, 20))))
    assert [len(brief(found)[name]) for name in ("by_cpu", "by_memory")] == [8, 5]
    assert brief(None) is None


@pytest.mark.parametrize("seconds", [0.0, 1e-9, 1e9])
def test_any_length_of_time_is_borne(seconds):
    assert made(snapshot(process(1, cpu=1.0)), seconds=seconds)["at"] == NOW_MS


@given(st.fixed_dictionaries({name: st.one_of(st.none(), st.floats(0, 1e12)) for name in NAMES}))
def test_any_reading_makes_a_document_that_json_can_hold(values):
    found = document(NOW_MS, values, [snapshot(process(1, cpu=1.0))], 60.0)
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_what_has_ended_since_is_told_as_gone():
    first = snapshot(process(1, "soloist", cpu=10.0), age=12)
    last = snapshot(process(2, "other", cpu=5.0), age=2, ended=frozenset({(1, 1.0)}))
    found = document(NOW_MS, {}, [first, last], 60)
    assert [(one["name"], one.get("gone", False)) for one in found["by_cpu"]] == [
        ("soloist", True),
        ("other", False),
    ]


def test_it_is_told_how_much_of_the_machine_the_seen_processes_explain():
    scans = [
        snapshot(age=12, cpu_seconds=1.0, machine_cpu_seconds=20.0),
        snapshot(age=2, cpu_seconds=1.0, machine_cpu_seconds=20.0, hidden_tasks=180, hidden_reason="hidepid"),
    ]
    found = document(NOW_MS, {}, scans, 60)
    assert (found["seen_percent"], found["hidden_tasks"], found["hidden_reason"]) == (5.0, 180, "hidepid")


def test_of_an_unknown_machine_no_share_is_told():
    assert document(NOW_MS, {}, [snapshot(cpu_seconds=1.0)], 60)["seen_percent"] is None


def test_it_is_told_who_holds_the_memory_beside_processes():
    found = document(NOW_MS, {}, [snapshot(memory=MemoryParts(shared=28e9))], 60)
    assert (found["memory"]["shared_bytes"], found["memory"]["zfs_bytes"]) == (28e9, None)


def test_time_in_interrupts_is_told_only_where_every_look_knows_it():
    known, unknown = ({"machine_cpu_seconds": 10.0, "interrupt_cpu_seconds": used} for used in (4.0, None))
    assert document(NOW_MS, {}, [snapshot(**known), snapshot(**known)], 60)["interrupt_cpu_percent"] == 40.0
    assert document(NOW_MS, {}, [snapshot(**known), snapshot(**unknown)], 60)["interrupt_cpu_percent"] is None


def test_who_waited_for_a_moment_alone_is_none_of_those_who_wait():
    lasting, passing = (
        process(pid, name, waits_in=("io_schedule",)) for pid, name in ((1, "rsync"), (2, "undead"))
    )
    looks = [snapshot(lasting, age=2.0 * n) for n in range(8, 0, -1)]
    found = document(NOW_MS, {}, [*looks, snapshot(lasting, passing)], 60)
    assert [one["name"] for one in found["blocked"]] == ["rsync"]
    alone = document(NOW_MS, {}, [*(snapshot(age=2.0 * n) for n in range(8, 0, -1)), snapshot(passing)], 60)
    assert alone["blocked"] == []
    assert [one["name"] for one in document(NOW_MS, {}, [snapshot(passing)], 60)["blocked"]] == ["undead"]

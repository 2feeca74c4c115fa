"""Who is named: from evidence documents, whole, empty and broken."""

from __future__ import annotations

import pytest

from monitor.diagnosis.culprits import Culprit, Waiting, busiest, culprits, in_sleep, waiting
from monitor.diagnosis.reader import read
from monitor.diagnosis.sentence import explain, in_few_words
from tests.stages.snapshots import document, row

CPU = [
    {"pid": 1, "name": "python3", "unit": "job.service", "cpu_percent": 90.0, "rss_bytes": 1e8},
    {"pid": 2, "name": "python3", "unit": "job.service", "cpu_percent": 80.0, "rss_bytes": 1e8},
    {"pid": 3, "name": "nginx", "unit": None, "cpu_percent": 20.0, "rss_bytes": None},
    {"pid": 4, "name": "idle", "cpu_percent": 0.0},
]
BLOCKED = [{"pid": n, "name": "rsync", "waits_in": "nfs_wait", "threads": 1} for n in range(5)]
BLOCKED += [{"pid": 9, "name": "kworker", "waits_in": None, "threads": 2}]
BUSY = {
    "cores": 4.0,
    "tasks": {"running": 3, "blocked": 7},
    "by_cpu": CPU,
    "blocked": BLOCKED,
    "pressure": {"io_some": 41},
}


def test_processes_of_one_name_are_taken_together():
    assert culprits(read(BUSY), "load1") == (
        Culprit("python3", 2, 170.0, 2e8, "job.service"), Culprit("nginx", 1, 20.0, None, ""),
    )  # fmt: skip


def test_waiting_tasks_are_counted_by_name_and_place():
    assert waiting(read(BUSY)) == (Waiting("rsync", 5, "nfs_wait"), Waiting("kworker", 2, ""))


def test_memory_is_blamed_on_who_holds_it():
    rows = [{"name": "postgres", "rss_bytes": 9e9, "cpu_percent": 0.0}, {"name": "bash", "rss_bytes": 1e6}]
    assert [one.name for one in culprits(read({"by_memory": rows}), "memory_available_percent")] == [
        "postgres",
        "bash",
    ]
    assert in_few_words(read({"by_memory": rows}), "swap_bytes_per_second") == "postgres"


@pytest.mark.parametrize(
    ("stored", "metric", "words"),
    [
        (BUSY, "load1", "the network file system, 5 x rsync"),
        ({**BUSY, "blocked": [{**one, "waits_in": "jbd2_log_wait_commit"} for one in BLOCKED]}, "load1",
         "the disk, 5 x rsync"),
        ({**BUSY, "tasks": {"running": 9, "blocked": 0}, "cpu": {"busy": 97.0}, "load1": 9.0}, "load1",
         "the CPU, 2 x python3"),
        ({**BUSY, "tasks": {"running": 9, "blocked": 0}, "cpu": {"busy": 97.0}}, "cpu_percent", "2 x python3"),
        ({"pressure": {"memory_some": 50, "memory_full": 20}, "by_memory": [{"name": "java", "rss_bytes": 9e9}]}, "load1",
         "memory, java"),
        ({"tasks": {}, "cpu": {"busy": 50.0, "steal": 40.0}, "by_cpu": CPU}, "load1", "the hypervisor"),
        (BUSY, "disk_fullest_percent", ""),
        (BUSY, "sampler_silent_seconds", ""),
        ({}, "load1", ""),
    ],
)  # fmt: skip
def test_the_cause_is_told_in_a_few_words(stored, metric, words):
    assert in_few_words(read(stored), metric) == words


def test_threads_of_the_kernel_are_called_by_their_family():
    rows = [{"name": "kworker/u8:2+flush", "threads": 1}, {"name": "kworker/0:1", "threads": 1}]
    assert waiting(read({"blocked": rows})) == (Waiting("kworker", 2, ""),)


@pytest.mark.parametrize(
    "stored",
    [
        {}, {"by_cpu": None, "blocked": 7, "pressure": [], "tasks": "x", "cores": "4"},
        {"by_cpu": [None, 1, {}, {"name": 5, "cpu_percent": "x"}], "blocked": [{}], "cores": float("nan")},
        {"by_cpu": [{"name": None, "cpu_percent": True}], "tasks": {"running": None}, "pressure": {"io_some": "x"}},
    ],
)  # fmt: skip
def test_a_document_with_holes_blames_nobody_and_breaks_nothing(stored):
    found = read(stored)
    assert culprits(found, "load1") == ()
    assert found.pressure.known() == {}
    assert found.cores is None
    assert isinstance(in_few_words(found, "load1"), str)


def test_a_name_is_cut_and_cleaned():
    [found] = culprits(read({"by_cpu": [{"name": "a\nb\x1b" + "x" * 99, "cpu_percent": 90.0}]}), "load1")
    assert found.name.startswith("a b xxx")
    assert len(found.name) == 40


def test_who_hardly_adds_to_a_name_is_not_counted_with_it():
    rows = [row("python", 390.0, rss=5), row("python", 1.0, 2, rss=7)]
    assert busiest(read(document(by_cpu=rows))) == (Culprit("python", 1, 391.0, 12.0),)


def test_whom_the_sentence_of_an_alert_names_its_message_names_too():
    rows = [row("php", 9.9), row("node", 10.0, 2)]
    found = read(document(by_cpu=rows))
    assert [one.name for one in culprits(found, "load1")] == ["node"]
    assert "most of all node (0.1 cores)" in explain(found, "load1")


def test_where_memory_is_short_those_who_hold_it_are_the_culprits_of_a_high_load():
    short = {"pressure__memory_some": 35.0, "pressure__memory_full": 12.0}
    found = read(document(load1=9.0, **short, by_cpu=[row("php", 90.0)], by_memory=[row("java", rss=2**33)]))
    assert [one.name for one in culprits(found, "load1")] == ["java"]
    assert in_few_words(found, "load1") == "memory, java"


def test_where_half_of_the_tasks_wait_in_one_place_it_is_named():
    half = (Waiting("dd", 2, "io_schedule"), Waiting("cp", 2, ""))
    assert in_sleep(half) == "2 x dd, 2 x cp, in io_schedule"
    assert in_sleep((*half, Waiting("sh", 1, "kernel_clone"))) == "2 x dd, 2 x cp, 1 x sh"

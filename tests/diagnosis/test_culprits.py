"""Who is named: from evidence documents, whole, empty and broken."""

from __future__ import annotations

import pytest

from monitor.diagnosis import blame
from monitor.diagnosis.culprits import Culprit, Waiting

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
    assert blame.culprits(BUSY, "load1") == (
        Culprit("python3", 2, 170.0, 2e8, "job.service"), Culprit("nginx", 1, 20.0, None, ""),
    )  # fmt: skip


def test_waiting_tasks_are_counted_by_name_and_place():
    assert blame.waiting(BUSY) == (Waiting("rsync", 5, "nfs_wait"), Waiting("kworker", 2, ""))


def test_memory_is_blamed_on_who_holds_it():
    rows = [{"name": "postgres", "rss_bytes": 9e9, "cpu_percent": 0.0}, {"name": "bash", "rss_bytes": 1e6}]
    assert [one.name for one in blame.culprits({"by_memory": rows}, "memory_available_percent")] == [
        "postgres",
        "bash",
    ]
    assert blame.cause({"by_memory": rows}, "swap_bytes_per_second") == "postgres"


@pytest.mark.parametrize(
    ("document", "metric", "words"),
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
def test_the_cause_is_told_in_a_few_words(document, metric, words):
    assert blame.cause(document, metric) == words


def test_threads_of_the_kernel_are_called_by_their_family():
    rows = [{"name": "kworker/u8:2+flush", "threads": 1}, {"name": "kworker/0:1", "threads": 1}]
    assert blame.waiting({"blocked": rows}) == (Waiting("kworker", 2, ""),)


@pytest.mark.parametrize(
    "document",
    [
        {}, {"by_cpu": None, "blocked": 7, "pressure": [], "tasks": "x", "cores": "4"},
        {"by_cpu": [None, 1, {}, {"name": 5, "cpu_percent": "x"}], "blocked": [{}], "cores": float("nan")},
        {"by_cpu": [{"name": None, "cpu_percent": True}], "tasks": {"running": None}, "pressure": {"io_some": "x"}},
    ],
)  # fmt: skip
def test_a_document_with_holes_blames_nobody_and_breaks_nothing(document):
    assert blame.culprits(document, "load1") == ()
    assert blame.pressure(document) == {}
    assert blame.cores(document) is None
    assert isinstance(blame.cause(document, "load1"), str)


def test_a_name_is_cut_and_cleaned():
    [found] = blame.culprits({"by_cpu": [{"name": "a\nb\x1b" + "x" * 99, "cpu_percent": 9.0}]}, "load1")
    assert found.name.startswith("a b xxx")
    assert len(found.name) == 40

"""Who is named: from evidence documents, whole, empty and broken."""

from __future__ import annotations

import pytest

from monitor.diagnosis.culprits import Culprit, How, Waiting, busiest, culprits, largest, waiting
from monitor.diagnosis.listing import Listing
from monitor.diagnosis.reader import read
from monitor.diagnosis.sentence import explain, in_few_words
from monitor.diagnosis.words import in_cpu, in_memory, listed, who
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
        Culprit("python3", 2, 170.0, 2e8, "job.service", pids=(1, 2)), Culprit("nginx", 1, 20.0, None, "", pids=(3,)),
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
    assert busiest(read(document(by_cpu=rows))) == (Culprit("python", 1, 391.0, 12.0, pids=(1,)),)


def test_whom_the_sentence_of_an_alert_names_its_message_names_too():
    rows = [row("php", 9.9), row("node", 10.0, 2)]
    found = read(document(by_cpu=rows, seen_percent=90.0, machine_cpu_percent=40.0))
    assert [one.name for one in culprits(found, "load1")] == ["node"]
    assert "most of all node (0.1 cores)" in explain(found, "load1")


def test_where_memory_is_short_those_who_hold_it_are_the_culprits_of_a_high_load():
    short = {"pressure__memory_some": 35.0, "pressure__memory_full": 12.0}
    found = read(document(load1=9.0, **short, by_cpu=[row("php", 90.0)], by_memory=[row("java", rss=2**33)]))
    assert [one.name for one in culprits(found, "load1")] == ["java"]
    assert in_few_words(found, "load1") == "memory, java"


def test_where_half_of_the_tasks_wait_in_one_place_it_is_named():
    half = (Waiting("dd", 2, "io_schedule"), Waiting("cp", 2, ""))
    assert listed(half) == "2 x dd, 2 x cp, in io_schedule"
    assert listed((*half, Waiting("sh", 1, "kernel_clone"))) == "2 x dd, 2 x cp, 1 x sh"


def test_processes_of_one_job_that_go_by_many_names_are_told_together():
    rows = [row(f"stress-ng-{n}", 60.0, n, job="stress-ng") for n in ("cpu", "io", "vm")]
    rows += [row("stress-ng", 2.0, 9), row("sshd", 30.0, 10)]
    job, other = busiest(read(document(by_cpu=rows)))
    assert (who(job), job.how, job.cpu_percent) == ("stress-ng, 3 workers", How.JOB, 182.0)
    assert who(other) == "sshd"


def test_processes_of_one_service_that_go_by_many_names_are_told_together():
    rows = [
        row(name, 60.0, pid, unit="gitlab.service") for pid, name in enumerate(("puma", "sidekiq", "gitaly"))
    ]
    [service] = busiest(read(document(by_cpu=rows)))
    assert who(service) == "gitlab.service, 3 processes"


def test_two_names_of_one_job_are_told_each():
    rows = [row("cc1", 90.0, 1, job="make"), row("ld", 60.0, 2, job="make")]
    assert [who(one) for one in busiest(read(document(by_cpu=rows)))] == ["cc1", "ld"]


def test_who_came_and_went_is_told_by_who_started_them():
    by = [{"pid": 4, "name": "bash", "cpu_percent": 100.0}, {"pid": 5, "name": "bash", "cpu_percent": 70.0}]
    found = read(
        document(
            by_cpu=[row("python", 10.0)],
            short_lived={"started_per_second": 148.0, "cpu_percent": 170.0, "by": by},
        )
    )
    first, second = busiest(found)
    assert (who(first), first.cpu_percent, first.pids) == (
        "processes started by 2 x bash, gone again",
        170.0,
        (4, 5),
    )
    assert who(second) == "python"


def test_memory_that_no_process_holds_is_told_as_what_it_is():
    held = document(
        memory__used_bytes=30 * 2**30,
        memory__shared_bytes=28 * 2**30,
        memory__slab_bytes=2**30,
        by_memory=[row("loadmon-web", rss=133 * 2**20, pid=n) for n in (1, 2)],
    )
    assert in_memory(read(held)) == "most is held by tmpfs and shared memory (28 GiB)"


def test_memory_that_many_share_counts_once_and_not_for_each_of_them():
    gib = 2**30
    many = [row("postgres", rss=8 * gib, pid=pid, own_bytes=gib // 8) for pid in range(10)]
    java = row("java", rss=5 * gib, pid=99, own_bytes=5 * gib)
    held = document(memory__used_bytes=14.5 * gib, memory__shared_bytes=8 * gib, by_memory=[*many, java])
    found = read(held | {"pressure": {"memory_some": 50, "memory_full": 20}})
    assert in_memory(found) == "most is held by tmpfs and shared memory (8 GiB) and java (5 GiB)"
    assert [(one.name, one.held_bytes) for one in largest(found)] == [
        ("java", 5 * gib),
        ("postgres", 1.25 * gib),
    ]
    assert [row_of.name for row_of in Listing(found).by_memory[:2]] == ["tmpfs and shared memory", "java"]


@pytest.mark.parametrize(
    ("hidden", "said"),
    [
        ({"hidden_tasks": 90, "hidden_reason": "hidepid"}, "who holds it cannot be seen from here (hidepid)"),
        ({"hidden_tasks": 0, "hidden_reason": None}, "who holds it is not known"),
    ],
)
def test_nobody_is_told_to_hold_the_memory_where_all_that_is_known_explains_too_little_of_it(hidden, said):
    gib = 2**30
    small = [row("python", rss=11 * 2**20, own_bytes=9 * 2**20)]
    held = document(memory__used_bytes=30 * gib, memory__processes_bytes=2 * gib, memory__slab_bytes=gib,
                    by_memory=small) | hidden  # fmt: skip
    metric, found = "memory_available_percent", read(held)
    assert (in_memory(found), in_few_words(found, metric)) == (said, said)
    assert said in explain(found, metric)
    assert Listing(found).blamed(metric) == ()
    explained = read(held | {"memory": held["memory"] | {"slab_bytes": 14 * gib}})
    assert in_memory(explained) == "the largest in sight is the kernel (slab) (14 GiB)"


def test_of_memory_no_more_is_claimed_than_is_seen():
    held = document(memory__used_bytes=30 * 2**30, by_memory=[row("java", rss=2**30)])
    assert in_memory(read(held)) == "the largest in sight is java (1 GiB)"


def test_interrupts_are_no_hidden_process():
    flood = read(
        document(
            cpu__busy=90.0,
            machine_cpu_percent=360.0,
            seen_percent=5.0,
            interrupt_cpu_percent=330.0,
            by_cpu=[row("nginx", 15.0)],
        )
    )
    assert in_cpu(flood) == "mostly interrupts of the kernel (3.3 cores) and nginx (0.1 cores)"


def test_time_that_others_took_is_not_looked_for_among_processes():
    robbed = document(cpu__busy=90.0, cpu__steal=60.0, machine_cpu_percent=120.0, seen_percent=95.0)
    assert in_cpu(read(robbed | {"by_cpu": [row("php", 110.0)]})) == "mostly php (1.1 cores)"


@pytest.mark.parametrize("name", ["", "?", " "])
def test_who_has_no_name_is_told_as_such(name):
    assert [one.name for one in busiest(read(document(by_cpu=[row(name, 50.0)])))] == ["(no name)"]

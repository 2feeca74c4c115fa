"""The one sentence, by values: what it says, and what it does not claim."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.diagnosis import sentence, words
from monitor.diagnosis.cause import Kind, cause
from monitor.diagnosis.culprits import busiest
from monitor.diagnosis.gathering import document as evidence
from monitor.diagnosis.reader import read
from monitor.diagnosis.sentence import LONGEST
from monitor.metrics.catalogue import NAMES
from tests.diagnosis.moments import gathered, readings, snapshots
from tests.stages.examples import examples
from tests.stages.snapshots import NOW_MS, document, process, row, snapshot, waiting

FULL = {"load1": 9.2, "cpu__busy": 99.0, "tasks__running": 9.0}
NFS = [waiting("rsync", "nfs_wait", 5), waiting("kworker/u8:2+flush-0:44", "nfs_wait")]


def explain(stored, metric=""):
    """The sentence on a stored document."""
    return sentence.explain(read(stored), metric)


@pytest.mark.parametrize(
    ("fields", "kind", "text"),
    [
        (FULL | {"by_cpu": [row("ffmpeg", 340.0), row("make", 30.0)]}, Kind.CPU,
         "Load 9.2 on 4 cores: 9 running; CPU 99 %, mostly ffmpeg (3.4 cores) and make (0.3 cores): "
         "the CPU, not the disk."),
        (FULL | {"by_cpu": [row("stress", 99.0, pid) for pid in range(4)]}, Kind.CPU,
         "Load 9.2 on 4 cores: 9 running; CPU 99 %, mostly 4 x stress (4 cores): the CPU, not the disk."),
        (FULL | {"by_cpu": [row("php", 60.0)]}, Kind.CPU,
         "Load 9.2 on 4 cores: 9 running; CPU 99 %, who uses it cannot be seen from here: the CPU, not the disk."),
        (FULL, Kind.CPU, "Load 9.2 on 4 cores: 9 running; CPU 99 %: the CPU, not the disk."),
        (FULL | {"pressure__io_some": None}, Kind.CPU,
         "Load 9.2 on 4 cores: 9 running; CPU 99 %: the CPU."),
        ({"load1": 9.2, "cpu__busy": 38.0, "tasks__running": 3.0, "tasks__blocked": 6, "pressure__io_some": 41.0,
          "blocked": NFS}, Kind.NETWORK_FILES,
         "Load 9.2 on 4 cores: 3 running, 6 waiting for a network file system (5 x rsync, 1 x kworker, in nfs_wait); "
         "CPU 38 %, I/O pressure 41 %: the network file system, not the CPU."),
        ({"load1": 9.2, "cpu__busy": 38.0, "tasks__running": 3.0, "tasks__blocked": 6, "pressure__io_some": 41.0,
          "disk__write_bytes_per_second": 5e7, "blocked": [waiting("dd", "io_schedule", 4), waiting("cp", None, 2)]},
         Kind.DISK,
         "Load 9.2 on 4 cores: 3 running, 6 waiting for disk (4 x dd, 2 x cp, in io_schedule); "
         "CPU 38 %, I/O pressure 41 %: the disk, not the CPU."),
        ({"load1": 6.0, "tasks__blocked": 2, "blocked": [waiting("postgres", "jbd2_log_wait_commit", 2)]}, Kind.WAITING,
         "Load 6.0 on 4 cores: 1 running, 2 waiting uninterruptibly (2 x postgres, in jbd2_log_wait_commit); "
         "CPU 10 %, I/O pressure 0 %: what they wait for is not known."),
        ({"load1": 6.0, "tasks__blocked": 2, "pressure__io_some": 30.0,
          "blocked": [waiting("postgres", "jbd2_log_wait_commit", 2)]}, Kind.DISK,
         "Load 6.0 on 4 cores: 1 running, 2 waiting for disk (2 x postgres, in jbd2_log_wait_commit); "
         "CPU 10 %, I/O pressure 30 %: the disk, not the CPU."),
        ({"load1": 3.0, "cores": 2.0, "cpu__busy": 61.0, "tasks__running": 2.5, "tasks__blocked": 1.0,
          "pressure__io_some": 1.0, "pressure__cpu_some": 40.0, "blocked": [waiting("dd", "folio_wait_bit_common", 4)]},
         Kind.CPU,
         "Load 3.0 on 2 cores: 2 running, 1 waiting uninterruptibly (dd, in folio_wait_bit_common); "
         "CPU 61 %, I/O pressure 1 %: the CPU, not the disk."),
        ({"load1": 4.0, "cpu__busy": 68.0, "cpu__iowait": 0.4, "tasks__running": 4.0, "pressure__cpu_some": 48.0,
          "pressure__io_some": 7.0}, Kind.CPU,
         "Load 4.0 on 4 cores: 4 running; CPU 68 %: the CPU, not the disk."),
        ({"load1": 4.0, "cpu__busy": 12.0, "tasks__blocked": 3, "pressure__io_some": 73.0, "pressure__cpu_some": 12.0,
          "blocked": [waiting("burn", "__iomap_dio_rw", 3)], "disk__write_bytes_per_second": 5e7}, Kind.DISK,
         "Load 4.0 on 4 cores: 1 running, 3 waiting for disk (3 x burn, in __iomap_dio_rw); "
         "CPU 12 %, I/O pressure 73 %: the disk."),
        ({"load1": 6.5, "cpu__busy": 0.0, "tasks__running": 0.0, "tasks__blocked": 10, "tasks__blocked_io": 0.0,
          "blocked": [waiting("forker", "kernel_clone", 1, pid) for pid in range(10)]}, Kind.WAITING,
         "Load 6.5 on 4 cores: 0 running, 10 waiting uninterruptibly (10 x forker, in kernel_clone); "
         "CPU 0 %, I/O pressure 0 %: tasks wait in the kernel, and not for I/O."),
        (FULL | {"by_cpu": [row("python", 10.0)], "seen_percent": 3.0, "machine_cpu_percent": 390.0,
                 "hidden_reason": "hidepid"}, Kind.CPU,
         "Load 9.2 on 4 cores: 9 running; CPU 99 %, who uses it cannot be seen from here (hidepid): the CPU, not the disk."),
        (FULL | {"by_cpu": [row("old", 90.0)], "seen_percent": 95.0, "machine_cpu_percent": 95.0}, Kind.CPU,
         "Load 9.2 on 4 cores: 9 running; CPU 99 %, who uses it is not known: the CPU, not the disk."),
        (FULL | {"by_cpu": [row("soloist", 390.0, gone=True)]}, Kind.CPU,
         "Load 9.2 on 4 cores: 9 running; CPU 99 %, mostly soloist (3.9 cores, gone now): the CPU, not the disk."),
        (FULL | {"by_cpu": [row(name, 120.0, pid, job="stress-ng") for pid, name in enumerate("abc")]}, Kind.CPU,
         "Load 9.2 on 4 cores: 9 running; CPU 99 %, mostly stress-ng, 3 workers (3.6 cores): the CPU, not the disk."),
        (FULL | {"by_cpu": [row("make", 30.0)], "short_lived__cpu_percent": 300.0,
                 "short_lived__by": [{"pid": 7, "name": "bash", "cpu_percent": 300.0}]}, Kind.CPU,
         "Load 9.2 on 4 cores: 9 running; CPU 99 %, mostly processes started by bash, gone again (3 cores) and "
         "make (0.3 cores): the CPU, not the disk."),
        ({"load1": 6.0, "tasks__blocked": 2, "pressure__io_some": 30.0, "blocked": [waiting("dd", "folio_wait_bit", 2)]},
         Kind.IO,
         "Load 6.0 on 4 cores: 1 running, 2 waiting for I/O (2 x dd, in folio_wait_bit); "
         "CPU 10 %, I/O pressure 30 %: I/O, not the CPU."),
        (FULL | {"tasks__blocked": 1, "pressure__io_some": 30.0, "disk__read_bytes_per_second": 1e6,
                 "blocked": [waiting("dd")]}, Kind.DISK,
         "Load 9.2 on 4 cores: 9 running, 1 waiting for disk (1 x dd); CPU 99 %, I/O pressure 30 %: "
         "the disk and the CPU."),
        ({"load1": 6.0, "tasks__blocked": 6, "blocked": [waiting("sh", "kernel_clone", 6)]}, Kind.WAITING,
         "Load 6.0 on 4 cores: 1 running, 6 waiting uninterruptibly (6 x sh, in kernel_clone); "
         "CPU 10 %, I/O pressure 0 %: what they wait for is not known."),
        ({"load1": 14.0, "tasks__running": 12.0, "cpu__busy": 70.0, "pressure__memory_some": 35.0,
          "pressure__memory_full": 12.0, "memory__swap_bytes_per_second": 48 * 2**20,
          "memory__available_bytes": 312 * 2**20,
          "by_memory": [row("java", rss=6 * 2**30), row("chrome", rss=2**30), row("chrome", rss=2**30)]}, Kind.MEMORY,
         "Load 14.0 on 4 cores: 12 running; CPU 70 %, memory pressure 35 %, swapping 48 MiB/s, 312 MiB of memory "
         "available, most is held by java (6 GiB) and 2 x chrome (2 GiB): memory is short."),
        (FULL | {"cpu__steal": 31.0}, Kind.STEAL,
         "Load 9.2 on 4 cores: 9 running; CPU 99 %, 31 % of the time taken by other virtual machines: "
         "the hypervisor gives this machine less than it asks for."),
        ({"load1": 3.0, "cores": 0.5, "cpu__busy": 28.0, "throttled_percent": 98.0, "by_cpu": [row("php", 57.0)]},
         Kind.THROTTLED,
         "Load 3.0 on 0.5 cores: 1 running; CPU 28 %, mostly php (0.6 cores): "
         "the CPU quota stopped it in 98 % of its periods."),
        (FULL | {"short_lived": {"started_per_second": 240.0, "cpu_percent": 310.0,
                                 "by": [{"pid": 1, "name": "configure", "cpu_percent": 300.0}]}}, Kind.SHORT_TASKS,
         "Load 9.2 on 4 cores: 9 running; CPU 99 %, 240 new processes a second use 3.1 cores, started by configure: "
         "many short tasks."),
        ({"load1": 1.0, "cpu__busy": 26.0, "cpu__busiest_core": 99.0, "by_cpu": [row("node", 99.0)]}, Kind.ONE_CORE,
         "Load 1.0 on 4 cores: 1 running; CPU 26 %, mostly node (1 core): one core is full, the others are not."),
        ({"load1": 6.0}, Kind.REMEMBERED,
         "Load 6.0 on 4 cores: 1 running; CPU 10 %: the average still remembers earlier work."),
        ({"load1": 3.0, "tasks__running": 3.0, "cpu__busy": 75.0, "by_cpu": [row("burn", 290.0)]}, Kind.CPU,
         "Load 3.0 on 4 cores: 3 running; CPU 75 %, mostly burn (2.9 cores): the CPU, not the disk."),
        ({"load1": 3.0, "tasks__running": 3.0, "tasks__blocked": 1, "cpu__busy": 75.0, "by_cpu": [row("burn", 290.0)],
          "blocked": [waiting("sh", "kernel_clone")]}, Kind.CPU,
         "Load 3.0 on 4 cores: 3 running, 1 waiting uninterruptibly (1 x sh, in kernel_clone); "
         "CPU 75 %, mostly burn (2.9 cores), I/O pressure 0 %: the CPU, not the disk."),
        ({"load1": 6.0, "tasks__running": 5.0}, Kind.UNKNOWN,
         "Load 6.0 on 4 cores: 5 running; CPU 10 %, I/O pressure 0 %: what keeps it up is not known."),
        ({}, Kind.NOTHING, "Load 0.4 on 4 cores: 1 running; CPU 10 %, I/O pressure 0 %."),
        ({"cores": 1.0}, Kind.NOTHING, "Load 0.4 on 1 core: 1 running; CPU 10 %, I/O pressure 0 %."),
    ],
)  # fmt: skip
def test_the_sentence_names_what_the_values_prove(fields, kind, text):
    found = document(**fields)
    assert (cause(read(found)).kind, explain(found)) == (kind, text)


def test_an_alert_on_memory_is_told_by_who_holds_it_even_where_nothing_stalls():
    found = document(memory__available_bytes=312 * 2**20, by_memory=[row("java", rss=6 * 2**30)])
    assert explain(found, "memory_available_percent") == (
        "Load 0.4 on 4 cores: 1 running; CPU 10 %, memory pressure 0 %, 312 MiB of memory available, "
        "most is held by java (6 GiB)."
    )


def test_who_is_no_culprit_is_not_counted_under_the_name_of_one():
    found = document(**FULL, by_cpu=[row("python", 390.0), row("python", 1.0, 2)])
    assert "mostly python (3.9 cores)" in explain(found)


def test_short_tasks_are_to_blame_only_where_they_use_most_and_their_parents_are_named_once():
    parents = [{"pid": pid, "name": "python", "cpu_percent": 90.0} for pid in (1, 2)]
    short = {"started_per_second": 30.0, "by": parents}
    assert cause(read(document(**FULL, short_lived=short | {"cpu_percent": 150.0}))).kind is Kind.CPU
    text = explain(document(**FULL, short_lived=short | {"cpu_percent": 250.0}))
    assert "30 new processes a second use 2.5 cores, started by python: many short tasks" in text


def test_many_names_are_summed_up():
    crowd = [waiting(f"p{n}", "nfs_wait", pid=n) for n in range(9)]
    assert "(1 x p0, 1 x p1, 1 x p2, 6 more, in nfs_wait)" in explain(
        document(load1=9.0, tasks__blocked=9, blocked=crowd)
    )


def test_a_hostile_name_stays_short_in_the_sentence():
    found = document(**FULL, by_cpu=[row("<script>" * 8, 350.0)])
    assert "mostly <script><script><scri... (3.5 cores)" in explain(found)


def names(longest):
    """Any text but those that the test takes for a missing value or part."""
    return st.text(max_size=longest).filter(lambda text: "None" not in text and ":" not in text)


@given(
    st.fixed_dictionaries({name: st.one_of(st.none(), st.floats(0, 1e13)) for name in NAMES}),
    st.lists(
        st.tuples(names(64), st.one_of(st.none(), st.floats(0, 500)), names(20)),
        max_size=30,
    ),
    st.sampled_from(["", "memory_available_percent", "load1"]),
)
def test_any_evidence_gives_one_sentence_of_bounded_length(values, processes, metric):
    crowd = [
        process(pid, name, cpu, waits_in=(place,) if pid % 2 else ())
        for pid, (name, cpu, place) in enumerate(processes)
    ]
    text = explain(evidence(NOW_MS, values, [snapshot(*crowd)], 60.0), metric)
    assert text.endswith(".")
    assert len(text) <= LONGEST
    assert "None" not in text
    assert ": :" not in text


def test_without_any_value_it_says_so():
    assert explain({}) == "Nothing is known of this moment."


def test_of_a_full_disk_the_sentence_says_which_one_and_what_is_left():
    full = document(
        disk__fullest_percent=95.0, disk__fullest_path="/var", disk__fullest_left_bytes=1.2 * 2**30
    )
    assert explain(full, "disk_fullest_percent") == "Fullest file system /var 95 %, 1.2 GiB left."
    assert "/var" not in explain(full, "load1")


@pytest.mark.parametrize(
    ("percent", "left", "told"),
    [
        (100.0, 0, "Fullest file system /mail 100 %, no inodes left, 1.2 GiB of space left."),
        (98.5, 1200, "Fullest file system /mail 98.5 %, 1200 inodes left, 1.2 GiB of space left."),
    ],
)
def test_of_a_disk_that_is_full_for_its_inodes_the_sentence_says_that(percent, left, told):
    full = document(
        disk__fullest_percent=percent,
        disk__fullest_path="/mail",
        disk__fullest_left_bytes=1.2 * 2**30,
        disk__fullest_inodes_percent=percent,
        disk__fullest_inodes_left=left,
    )
    assert explain(full, "disk_fullest_percent") == told


def test_inodes_that_are_less_scarce_than_space_are_not_in_the_sentence():
    full = document(
        disk__fullest_percent=95.0,
        disk__fullest_path="/var",
        disk__fullest_left_bytes=2**30,
        disk__fullest_inodes_percent=94.0,
        disk__fullest_inodes_left=10,
    )
    assert explain(full, "disk_fullest_percent") == "Fullest file system /var 95 %, 1 GiB left."


def test_where_the_full_disk_is_not_known_the_sentence_is_that_of_the_load():
    assert explain(document(), "disk_fullest_percent").startswith("Load 0.4 on 4 cores")


def test_the_path_of_a_disk_in_the_sentence_is_harmless():
    full = document(disk__fullest_percent=95.0, disk__fullest_path="/a\nb" + "x" * 500)
    text = explain(full, "disk_fullest_percent")
    assert "\n" not in text
    assert len(text) < 120


def test_the_sentence_says_of_which_time_it_is():
    found = document(**FULL, judged_seconds=20.0, seconds=8.0)
    text = sentence.explain(read(found), "cpu_percent", "before it fired")
    assert text.endswith(
        ": the CPU, not the disk. This is of the 20 s before it fired; processes were looked at in 8 of them."
    )
    whole = sentence.explain(read(found | {"seconds": 19.0}), "cpu_percent", "before it fired")
    assert whole.endswith(". This is of the 20 s before it fired.")
    assert len(sentence.explain(read(document(**FULL, judged_seconds=20.0)), "", "x" * 400)) <= LONGEST


def test_who_waits_out_of_sight_is_told_as_such():
    hidden = {"load1": 6.0, "tasks__blocked": 4, "pressure__io_some": 60.0, "hidden_reason": "hidepid"}
    assert "4 waiting for I/O (who waits cannot be seen from here (hidepid))" in explain(
        document(**hidden, hidden_tasks=180)
    )
    assert "cannot be seen" not in explain(document(**hidden, hidden_tasks=0))


@settings(max_examples=examples(500))
@given(readings(), snapshots())
def test_no_share_is_claimed_that_the_numbers_do_not_hold(values, scans):
    found = read(gathered(values, scans))
    told = words.in_cpu(found)
    busy, named = found.busy_cores, sum(one.cpu_percent or 0 for one in busiest(found)[:3]) / 100
    if told.startswith("mostly"):
        assert named >= 0.5 * busy
    if told.startswith("most of all"):
        assert busy is None or named < 0.5 * busy
    if told.startswith("who uses it"):
        assert named < 0.5 * busy


def test_a_sentence_that_is_too_long_keeps_its_cause_and_cuts_no_figure_unseen():
    waits = [waiting(name * 40, "f" * 40, 9, pid) for pid, name in enumerate("XYZQ")]
    by = [{"pid": pid, "name": name * 40, "cpu_percent": 130.0} for pid, name in enumerate("MNO")]
    short = {"started_per_second": 5.0, "cpu_percent": 390.0, "by": by}
    long = document(load1=999.2, tasks__blocked=36, blocked=waits, short_lived=short, cpu__busy=100.0,
                    pressure__cpu_some=80.0, pressure__io_some=5.0, judged_seconds=900.0, seconds=200.0)  # fmt: skip
    text = sentence.explain(read(long), "cpu_percent", "before it was at its worst")
    told, _, rest = text.partition("...: the CPU, not the disk. This is of the 900 s before")
    assert len(text) <= LONGEST
    assert told.startswith("Load 999.2 on 4 cores: 1 running, 36 waiting uninterruptibly (")
    assert rest.endswith("; processes were looked at in 200 of them.")

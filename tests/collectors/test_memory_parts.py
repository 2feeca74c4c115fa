"""Who holds the memory: from literal texts of the kernel, and from processes that grow and end."""

import pytest

from monitor.collectors.memory_parts import PrivateMemory, parse_parts, parse_private
from monitor.metrics.snapshot import MemoryParts
from tests.stages.scans import seen

KIB, MIB = 1024, 1 << 20
MEMINFO = """\
MemTotal:       32768000 kB
MemFree:          900000 kB
Shmem:          29360128 kB
SReclaimable:      50000 kB
SUnreclaim:        70000 kB
PageTables:        12000 kB
SecPageTables:       300 kB
ShmemHugePages:        0 kB
HugePages_Total:     512
HugePages_Free:      512
Hugepagesize:       2048 kB
Hugetlb:         2097152 kB
"""


def test_tmpfs_page_tables_slabs_and_huge_pages_are_told_as_what_they_are():
    assert parse_parts(MEMINFO) == MemoryParts(
        total=32768000 * KIB,
        shared=29360128 * KIB,
        page_tables=12300 * KIB,
        slab=70000 * KIB,
        huge_pages=2097152 * KIB,
    )


def test_an_older_kernel_tells_huge_pages_of_one_size():
    old = MEMINFO.replace("Hugetlb", "Other").replace("SecPageTables", "Else")
    assert (parse_parts(old).huge_pages, parse_parts(old).page_tables) == (512 * 2048 * KIB, 12000 * KIB)


@pytest.mark.parametrize("text", ["", "garbage", "Shmem: many kB\n"])
def test_what_is_not_told_is_unknown(text):
    assert parse_parts(text) == MemoryParts()


def test_what_a_process_shares_is_not_its_own():
    assert parse_private("4150 3362 1362 1 0 900 0\n", 4096) == 2000 * 4096
    assert parse_private("10 3 5 0 0 0 0\n", 4096) == 0  # its counts are read one after the other


@pytest.mark.parametrize("text", ["", "1 2", "a b c", "1 -2 3"])
def test_a_text_that_is_no_statm_gives_none(text):
    assert parse_private(text, 4096) is None


class Asked:
    """Processes of which half is shared, and who was asked."""

    def __init__(self):
        self.pids = []
        self.memory = PrivateMemory(self.ask)

    def ask(self, one):
        self.pids.append(one.pid)
        return one.rss_bytes // 2

    def __call__(self, *processes):
        now = {one.pid: one for one in processes}
        for _ in self.memory.look(now):
            pass
        return sum(self.memory.own(now).values()) or None


def test_a_process_is_asked_once_and_again_when_it_has_changed_notably():
    asked = Asked()
    assert asked(seen(7, rss_bytes=10 * MIB), seen(8, rss_bytes=4 * MIB)) == 7 * MIB
    assert asked(seen(7, rss_bytes=10 * MIB), seen(8, rss_bytes=4 * MIB + KIB)) == 7 * MIB + KIB
    assert asked.pids == [7, 8]
    assert asked(seen(7, rss_bytes=20 * MIB), seen(8, rss_bytes=4 * MIB)) == 12 * MIB
    assert asked.pids == [7, 8, 7]


def test_who_has_ended_holds_nothing_and_who_has_its_number_is_asked():
    asked = Asked()
    asked(seen(7, rss_bytes=10 * MIB), seen(8, rss_bytes=4 * MIB))
    assert asked(seen(8, rss_bytes=4 * MIB, started=50.0)) == 2 * MIB
    assert asked.pids == [7, 8, 8]


def test_threads_of_the_kernel_are_not_asked_and_what_cannot_be_asked_is_unknown():
    asked = Asked()
    assert asked(seen(2, rss_bytes=0)) is None
    assert asked.pids == []

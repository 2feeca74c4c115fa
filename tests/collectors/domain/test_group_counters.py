"""Counters of control groups from the text of their files."""

import pytest

from monitor.collectors.domain.group_counters import (
    parse_blkio,
    parse_cpu_stat,
    parse_cpuacct,
    parse_io_stat,
    parse_memory_stat,
)

DISKS = frozenset({"8:0", "259:0"})
CPU_STAT = b"usage_usec 30098232112\nuser_usec 25924626613\nsystem_usec 4173605499\nnr_periods 0\n"
IO_STAT = """8:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0
253:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0
7:1
259:0 rbytes=1 wbytes=2 rios=1 wios=1 dbytes=0 dios=0
"""
BLKIO = "8:0 Read 4096\n8:0 Write 8192\n8:0 Sync 1\n8:0 Total 12288\n253:0 Read 4096\n253:0 Write 8192\nTotal 24576\n"
MEMORY_V2 = "anon 100\nfile 9000\nkernel 30\nkernel_stack 10\npagetables 10\nshmem 7\nslab 10\nanon_thp 0\n"


def test_the_cpu_time_of_both_generations_is_told_in_seconds():
    assert parse_cpu_stat(CPU_STAT) == 30098.232112
    assert parse_cpuacct(b"30221254488059\n") == 30221.254488059


@pytest.mark.parametrize("text", [b"", b"usage_usec x\n", b"nr_periods 0\n", b"-5\n", b"12 34\n", b"9" * 40])
def test_what_is_no_cpu_time_is_not_known(text):
    assert parse_cpu_stat(text) is None
    assert parse_cpuacct(text) is None


def test_traffic_is_that_of_the_physical_disks_alone():
    assert parse_io_stat(IO_STAT, DISKS) == (4097, 8194)
    assert parse_blkio(BLKIO, DISKS) == (4096, 8192)


def test_an_empty_list_of_v2_says_that_there_was_nothing_and_one_of_v1_says_nothing():
    assert parse_io_stat("", DISKS) == (0, 0)
    assert parse_blkio("Total 0\n", DISKS) is None


def test_memory_is_what_cannot_be_had_back_and_no_cache_of_files():
    assert parse_memory_stat(MEMORY_V2, 2) == 137
    assert parse_memory_stat("cache 9\nrss 1\ntotal_cache 900\ntotal_rss 50\ntotal_shmem 5\n", 1) == 55


def test_an_older_kernel_without_the_sum_of_its_own_memory_is_summed_up():
    assert parse_memory_stat(MEMORY_V2.replace("kernel 30\n", ""), 2) == 137


@pytest.mark.parametrize("text", ["", "anon\n", "anon -1\n", "file 5\n", "anon \u0664\n"])
def test_memory_that_is_not_told_is_not_known(text):
    assert parse_memory_stat(text, 2) is None

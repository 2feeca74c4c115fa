"""/proc/meminfo: kernels before MemAvailable, hosts without swap, odd values."""

import pytest

from monitor.collectors.domain.counters import Memory
from monitor.collectors.memory import MemoryCollector, parse_meminfo

KIB = 1024
MODERN = """\
MemTotal:       24684092 kB
MemFree:        24472400 kB
MemAvailable:   24406416 kB
Buffers:             852 kB
Cached:            30044 kB
SwapCached:            9 kB
SwapTotal:       1048572 kB
SwapFree:        1000000 kB
HugePages_Total:       0
"""
OLD = """\
MemTotal:        1000 kB
MemFree:          100 kB
Buffers:           20 kB
Cached:           200 kB
SwapTotal:          0 kB
SwapFree:           0 kB
Shmem:             50 kB
SReclaimable:      30 kB
"""


def test_used_is_total_less_available_in_bytes():
    used = (24684092 - 24406416) * KIB
    assert parse_meminfo(MODERN) == Memory(used, 24406416 * KIB, 48572 * KIB)


def test_before_mem_available_it_is_estimated_without_shared_memory():
    memory = parse_meminfo(OLD)
    assert (memory.available, memory.used) == (300 * KIB, 700 * KIB)


def test_a_host_without_swap_uses_none_of_it():
    assert parse_meminfo(OLD).swap_used == 0


def test_a_container_that_tells_more_available_than_there_is_uses_nothing():
    memory = parse_meminfo("MemTotal: 100 kB\nMemAvailable: 200 kB\n")
    assert (memory.used, memory.available) == (0, 100 * KIB)


def test_an_empty_text_tells_nothing():
    assert parse_meminfo("") == Memory(None, None, None)


def test_swap_is_told_even_where_memory_is_not():
    assert parse_meminfo("SwapTotal: 10 kB\nSwapFree: 4 kB\n") == Memory(None, None, 6 * KIB)


def test_the_share_that_can_be_had_is_one_of_all_memory():
    assert parse_meminfo(OLD).available_percent == 30.0


@pytest.mark.parametrize("memory", [Memory(), Memory(5, None), Memory(0, 0)])
def test_the_share_of_an_unknown_or_empty_memory_is_none(memory):
    assert memory.available_percent is None


def test_memory_is_a_gauge_and_there_on_the_first_call():
    assert MemoryCollector(lambda: Memory(1, 3, 3)).collect(None) == {
        "memory_used_bytes": 1,
        "memory_available_bytes": 3,
        "memory_available_percent": 75.0,
        "swap_used_bytes": 3,
    }

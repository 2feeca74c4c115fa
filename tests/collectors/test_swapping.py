"""/proc/vmstat: the two counters of swap among many lines."""

import pytest

from monitor.collectors.swapping import SwappingCollector, parse_vmstat

VMSTAT = "nr_free_pages 5\npgpgin 900\npswpin 3\npswpout 4\nthp_swpout 77\nzswpin 99\n"


def test_pages_in_and_out_are_added_up_in_bytes():
    assert parse_vmstat(VMSTAT, 4096) == 7 * 4096


@pytest.mark.parametrize("text", ["", "pswpin 3\n", "pswpin x\npswpout 4\n"])
def test_a_kernel_that_does_not_count_swapping_tells_nothing(text):
    assert parse_vmstat(text, 4096) is None


def collect_all(*steps):
    source = iter([total for total, _ in steps])
    collector = SwappingCollector(lambda: next(source))
    return [collector.collect(elapsed)["swap_bytes_per_second"] for _, elapsed in steps]


def test_it_is_a_rate_and_none_at_first():
    assert collect_all((0, None), (8192, 2.0), (8192, 1.0)) == [None, 4096, 0]


def test_after_a_gap_a_reset_or_an_unknown_total_it_is_none():
    assert collect_all((0, None), (10, None), (5, 1.0), (None, 1.0), (9, 1.0), (10, 1.0)) == [None] * 5 + [1]

"""/proc/vmstat: the two counters of swap among many lines; compressed memory is taken off."""

import pytest

from monitor.collectors.domain.counters import Swapped
from monitor.collectors.swapping import SwappingCollector, compressed, parse_swaps, parse_vmstat

VMSTAT = "nr_free_pages 5\npgpgin 900\npswpin 3\npswpout 4\nthp_swpout 77\nzswpin 99\n"


def test_pages_in_and_out_are_added_up_in_bytes():
    assert parse_vmstat(VMSTAT, 4096) == 7 * 4096


@pytest.mark.parametrize("text", ["", "pswpin 3\n", "pswpin x\npswpout 4\n"])
def test_a_kernel_that_does_not_count_swapping_tells_nothing(text):
    assert parse_vmstat(text, 4096) is None


SWAPS = """\
Filename				Type		Size		Used		Priority
/dev/zram0                              partition	4194300		66048		100
/swap/a\\040file                         file		1048572		0		-2
/dev/sda2                               partition	1048572		0		-3
/dev/zram1                              partition	4194300		0		100
"""


def test_devices_of_compressed_memory_are_told_from_other_swap():
    assert parse_swaps(SWAPS) == (["zram0", "zram1"], True)


def test_swap_in_compressed_memory_alone_is_told():
    assert parse_swaps("".join(SWAPS.splitlines(keepends=True)[:2])) == (["zram0"], False)


@pytest.mark.parametrize("text", ["", "Filename Type Size Used Priority\n"])
def test_a_host_without_swap_has_none_of_either(text):
    assert parse_swaps(text) == ([], False)


def test_a_zram_device_tells_what_it_took_and_gave_in_sectors(tmp_path):
    (tmp_path / "zram0").mkdir()
    (tmp_path / "zram0" / "stat").write_text("  11 0 88 0 12 0 96 4 0 4 4 0 0 0 0 0 0\n")
    assert compressed(["zram0"], str(tmp_path)) == {"zram0": (88 + 96) * 512}
    assert compressed([], str(tmp_path)) == {}


@pytest.mark.parametrize("text", [None, "", "1 2 3\n"])
def test_a_zram_device_that_does_not_tell_makes_the_whole_unknown(tmp_path, text):
    if text is not None:
        (tmp_path / "zram0").mkdir()
        (tmp_path / "zram0" / "stat").write_text(text)
    assert compressed(["zram0"], str(tmp_path)) is None


def collect_all(*steps):
    source = iter([moved if isinstance(moved, Swapped) else Swapped(moved) for moved, _ in steps])
    collector = SwappingCollector(lambda: next(source))
    return [collector.collect(elapsed)["swap_bytes_per_second"] for _, elapsed in steps]


def test_it_is_a_rate_and_none_at_first():
    assert collect_all((0, None), (8192, 2.0), (8192, 1.0)) == [None, 4096, 0]


def test_after_a_gap_a_reset_or_an_unknown_total_it_is_none():
    assert collect_all((0, None), (10, None), (5, 1.0), (None, 1.0), (9, 1.0), (10, 1.0)) == [None] * 5 + [1]


def test_a_counter_that_reads_0_once_and_then_its_old_value_makes_both_ticks_none():
    old = 5 * 10**9
    assert collect_all((old, None), (0, 1.0), (old + 4096, 1.0), (old + 8192, 1.0)) == [
        None,
        None,
        None,
        4096,
    ]


def test_a_counter_that_tells_0_at_first_and_then_its_old_value_makes_that_tick_none():
    old = 5 * 10**9
    assert collect_all((0, None), (old, 1.0), (old + 4096, 1.0)) == [None, None, 4096]


def test_what_goes_to_compressed_memory_alone_is_no_traffic():
    steps = [(Swapped(moved * 10**9, {}, is_compressed_alone=True), 1.0) for moved in range(4)]
    assert collect_all(*steps) == [None, 0, 0, 0]


def test_beside_swap_on_disk_what_goes_to_compressed_memory_is_taken_off():
    steps = [
        Swapped(0, {"zram0": 0, "zram1": 7}),
        Swapped(900, {"zram0": 500, "zram1": 107}),
        Swapped(950, {"zram0": 551, "zram1": 107}),
    ]
    assert collect_all(*((step, 1.0) for step in steps)) == [None, 300, 0]


def test_the_tick_in_which_compressed_memory_becomes_swap_is_none():
    assert collect_all((Swapped(0), None), (Swapped(900, {"zram0": 500}), 1.0), (Swapped(900, {"zram0": 500}), 1.0)) == [
        None, None, 0,
    ]  # fmt: skip


def test_where_the_part_in_compressed_memory_is_not_told_nothing_is_claimed():
    assert collect_all((Swapped(0, None), None), (Swapped(900, None), 1.0)) == [None, None]

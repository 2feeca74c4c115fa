"""/proc/diskstats: what is counted once, what is not counted, and disks that come and go."""

import pytest

from monitor.collectors.disk import DiskCollector, parse_diskstats, physical_disks, whole_disks
from monitor.collectors.domain.counters import Disks
from monitor.metrics.members import Members
from monitor.metrics.parts import Kind, Part, PartNow

DISKSTATS = """\
   7       0 loop0 11 0 12 0 0 0 0 0 0 0 0 0 0 0 0 0 0
 254       0 vda 30917 7884 1855930 4885 20136 28010 2597752 9916 0 4820 15360 7740 46 259880 443 3153 114
 254       1 vda1 30000 7884 1855000 4885 20136 28010 2597000 9916 0 4820 15360
   8       2 sda2 5 6 7 8
 253       0 zram0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
"""


def test_sectors_are_512_bytes_whatever_the_disk():
    disks = parse_diskstats(DISKSTATS)
    assert (disks.read["vda"], disks.written["vda"]) == (1855930 * 512, 2597752 * 512)


def test_kernels_from_2_6_with_eleven_values_and_from_5_5_with_seventeen_are_both_read():
    assert {"vda", "vda1"} <= set(parse_diskstats(DISKSTATS).read)


def test_the_short_lines_of_old_partitions_are_left_out():
    assert "sda2" not in parse_diskstats(DISKSTATS).read


@pytest.mark.parametrize(
    ("names", "whole"),
    [
        (["sda", "sda1", "sda2", "sdb"], {"sda", "sdb"}),
        (["nvme0n1", "nvme0n1p1", "nvme0n1p15", "nvme1n1"], {"nvme0n1", "nvme1n1"}),
        (["mmcblk0", "mmcblk0p1", "mmcblk0boot0", "mmcblk0boot1"], {"mmcblk0"}),
        (["vda", "vda1", "loop0", "ram0", "zram0", "dm-0", "md127", "sr0", "fd0"], {"vda"}),
        (["xvda1", "xvda2"], {"xvda1", "xvda2"}),
        (["cciss/c0d0", "cciss/c0d0p1"], {"cciss/c0d0"}),
        (["sda", "sdaa", "sdaa1"], {"sda", "sdaa"}),
        (["disk0", "disk3"], {"disk0", "disk3"}),
        (["dm-0", "loop0"], set()),
        ([], set()),
    ],
)
def test_whole_disks_are_told_by_name(names, whole):
    assert whole_disks(names) == whole


def test_sysfs_tells_which_disks_are_physical(tmp_path):
    for name in ("vda", "dm-0", "cciss!c0d0", "nvme0c0n1"):
        (tmp_path / name).mkdir()
    for name in ("vda", "cciss!c0d0", "nvme0c0n1"):
        (tmp_path / name / "device").mkdir()
    (tmp_path / "nvme0c0n1" / "hidden").write_text("1\n")
    (tmp_path / "vda" / "hidden").write_text("0\n")
    names = ["vda", "vda1", "dm-0", "cciss/c0d0", "nvme0c0n1"]
    assert physical_disks(names, str(tmp_path)) == {"vda", "cciss/c0d0"}


def test_without_sysfs_the_names_decide(tmp_path):
    assert physical_disks(["sda", "sda1", "loop0"], str(tmp_path / "none")) == {"sda"}


def test_which_disks_are_physical_is_asked_anew_where_one_comes(tmp_path):
    (tmp_path / "sda" / "device").mkdir(parents=True)
    assert physical_disks(["sda", "dm-0"], str(tmp_path)) == {"sda"}
    (tmp_path / "sdb" / "device").mkdir(parents=True)
    assert physical_disks(["sda", "sdb", "dm-0"], str(tmp_path)) == {"sda", "sdb"}


def collect_all(*readings):
    source = iter(readings)
    collector = DiskCollector(lambda: Disks(now := next(source), now), choose=whole_disks)
    return [
        collector.collect(None if n == 0 else 1.0)["disk_read_bytes_per_second"] for n in range(len(readings))
    ]


def test_whole_disks_are_added_up_and_nothing_is_counted_twice():
    before = {"sda": 0, "sda1": 0, "dm-0": 0, "loop0": 0, "sdb": 0}
    assert collect_all(before, dict.fromkeys(before, 100)) == [None, 200]


def test_a_disk_that_is_plugged_in_makes_one_tick_none_and_no_spike():
    assert collect_all({"sda": 0}, {"sda": 5, "sdb": 10**9}, {"sda": 9, "sdb": 10**9}) == [None, None, 4]


def test_a_disk_that_is_pulled_out_makes_one_tick_none():
    assert collect_all({"sda": 0, "sdb": 9}, {"sda": 5}, {"sda": 9}) == [None, None, 4]


def test_a_counter_that_wraps_makes_one_tick_none():
    assert collect_all({"sda": 2**32 * 512 - 512}, {"sda": 512}, {"sda": 1024}) == [None, None, 512]


def test_a_partition_that_appears_changes_nothing():
    assert collect_all({"sda": 0}, {"sda": 5, "sda1": 10**9}) == [None, 5]


def test_a_host_without_disks_gives_none_and_not_zero():
    assert collect_all({}, {}, {"loop0": 5}) == [None, None, None]


def test_a_counter_that_reads_0_once_and_then_its_old_value_makes_both_ticks_none():
    old = 378 * 10**9
    assert collect_all({"sda": old}, {"sda": 0}, {"sda": old + 512}, {"sda": old + 1024}) == [
        None,
        None,
        None,
        512,
    ]


def test_a_disk_that_tells_0_at_first_and_then_all_that_it_ever_moved_has_no_such_traffic():
    assert collect_all({"sda": 0}, {"sda": 50 * 10**9}, {"sda": 50 * 10**9 + 512}) == [None, None, 512]


def test_a_disk_that_is_pulled_out_and_comes_back_from_0_has_no_traffic_when_it_has_its_old_value():
    both = {"sda": 5, "sdb": 10**9}
    found = collect_all(both, {"sda": 5}, {"sda": 5, "sdb": 0}, both, both)
    assert found == [None, None, None, None, 0]


def test_more_than_any_disk_moves_is_none():
    assert collect_all({"sda": 0}, {"sda": 65 * 10**9}, {"sda": 66 * 10**9}) == [None, None, 10**9]


def test_the_rate_of_each_disk_is_told_beside_their_sum():
    source = iter([{"sda": 0, "sdb": 0, "loop0": 0}, {"sda": 5, "sdb": 7, "loop0": 9}])
    collector = DiskCollector(lambda: Disks(now := next(source), now), choose=whole_disks)
    collector.collect(None)
    collector.collect(1.0)
    assert collector.members["disk_write_bytes_per_second"] == Members({"sda": 5, "sdb": 7}, adds_up=True)


def test_each_disk_tells_what_it_moved_and_how_busy_it_was():
    source = iter([0, 5, 9])
    collector = DiskCollector(
        lambda: Disks({"sda": 8.0 * (now := next(source))}, {"sda": 3.0 * now}, {"sda": 100.0 * now}),
        whole_disks,
    )
    assert collector.collect(None) and not collector.parts  # noqa: PT018
    collector.collect(1.0)
    assert collector.parts == {Part(Kind.DISK, "sda"): PartNow(None, None, None, 40.0, 15.0, 500.0)}
    collector.collect(0.2)  # read late: more than all of the time
    assert collector.parts[Part(Kind.DISK, "sda")].busy_permille == 1000.0


def test_in_a_tick_of_which_a_disk_is_not_known_no_disk_is_told():
    source = iter([{"sda": 1}, {"sda": 2, "sdb": 1}, {"sda": 3, "sdb": 2}])
    collector = DiskCollector(lambda: Disks(now := next(source), now), choose=whole_disks)
    told = []
    for elapsed in (None, 1.0, 1.0):
        collector.collect(elapsed)
        told.append({part.name: now.in_per_second for part, now in collector.parts.items()})
    assert told == [{}, {}, {"sda": 1, "sdb": 1}]


def test_a_disk_of_which_no_time_is_told_is_busy_for_an_unknown_time():
    source = iter([1, 2])
    collector = DiskCollector(lambda: Disks({"sda": (now := next(source))}, {"sda": now}), choose=whole_disks)
    collector.collect(None)
    collector.collect(1.0)
    assert collector.parts[Part(Kind.DISK, "sda")].busy_permille is None

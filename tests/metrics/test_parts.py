"""What several spans of a part come to, and what stays the same of its name."""

from itertools import permutations
from random import Random

import pytest

from monitor.metrics.parts import HIGHEST, UNSEEN, Kind, Part, PartUsed, merged, part_of, stable

CHANCE = Random(12)


def random_used():
    values = [CHANCE.choice([None, CHANCE.randrange(10**12)]) for _ in PartUsed._fields[1:]]
    return PartUsed(CHANCE.randrange(60_000), *values)


def test_spans_of_a_part_merge_exactly_in_any_order():
    for _ in range(50):
        spans = [random_used() for _ in range(4)]
        whole = merged(spans)
        assert {merged(order) for order in permutations(spans)} == {whole}
        assert merged([merged(spans[:2]), merged(spans[2:])]) == whole


def test_of_some_columns_the_highest_stays_and_nothing_known_stays_unknown():
    found = merged([PartUsed(1, in_bytes=4, in_highest=9), PartUsed(2, in_bytes=5, in_highest=3)])
    assert found == PartUsed(3, in_bytes=9, in_highest=9)
    assert merged([]) == UNSEEN
    assert set(PartUsed._fields) > HIGHEST


@pytest.mark.parametrize(
    ("kind", "name", "kept"),
    [
        (Kind.INTERFACE, "veth1234abcd", "veth*"),
        (Kind.INTERFACE, "vethdeadbeef", "veth*"),
        (Kind.INTERFACE, "br-0242ac110002", "br-*"),
        (Kind.INTERFACE, "tap12", "tap*"),
        (Kind.INTERFACE, "cali9f3c2a71d55", "cali*"),
        (Kind.INTERFACE, "eth0", "eth0"),
        (Kind.INTERFACE, "enp0s31f6", "enp0s31f6"),
        (Kind.INTERFACE, "wlp3s0", "wlp3s0"),
        (Kind.INTERFACE, "bridge0", "bridge0"),
        (Kind.DISK, "nvme0n1", "nvme0n1"),
        (Kind.DISK, "sdb", "sdb"),
        (Kind.FILE_SYSTEM, "/media/eva/3F2A-11BC", "/media/eva/*"),
        (Kind.FILE_SYSTEM, "/mnt/6f1f3d5e-9c41-4c3f-a0d1-2b9d0f7e8a11/data", "/mnt/*/data"),
        (Kind.FILE_SYSTEM, "/pods/0123456789abcdef/vol", "/pods/*/vol"),
        (Kind.FILE_SYSTEM, "/var/lib/postgresql/16", "/var/lib/postgresql/16"),
        (Kind.FILE_SYSTEM, "/srv/decade", "/srv/decade"),
        (Kind.FILE_SYSTEM, "/", "/"),
    ],
)
def test_what_is_new_each_time_is_left_out_of_the_name(kind, name, kept):
    assert stable(Part(kind, name)) == Part(kind, kept)
    assert stable(Part(kind, kept)) == Part(kind, kept)


def test_a_member_of_a_metric_over_a_set_is_a_part():
    assert part_of("disk_fullest_percent", "/var") == Part(Kind.FILE_SYSTEM, "/var")
    assert part_of("network_sent_bytes_per_second", "eth0") == Part(Kind.INTERFACE, "eth0")
    assert part_of("cpu_busiest_core_percent", "cpu3") is None

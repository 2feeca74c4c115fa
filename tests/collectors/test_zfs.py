"""arcstats of ZFS: what its cache holds beyond the least it keeps."""

import pytest

from monitor.collectors.zfs import Cache, parse_arcstats

ARCSTATS = """\
13 1 0x01 123 33456 8573464712 2719836428562
name                            type data
hits                            4    123
c                               4    8589934592
c_min                           4    1073741824
c_max                           4    8589934592
size                            4    6442450944
compressed_size                 4    5
"""


def test_what_the_cache_holds_beyond_its_least_size_can_be_given_back():
    assert parse_arcstats(ARCSTATS) == Cache(2**30, 5 * 2**30)


def test_a_cache_below_its_least_size_gives_nothing_back():
    assert parse_arcstats(ARCSTATS.replace("6442450944", "1000")) == Cache(1000, 0)


@pytest.mark.parametrize("text", ["", "size 4 5\n", "c_min 4 5\n", "name type data\n"])
def test_a_machine_without_zfs_tells_nothing(text):
    assert parse_arcstats(text) is None

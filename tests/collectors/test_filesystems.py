"""Which mounted file systems are asked how full they are, and what the answer is."""

import os

import pytest

from monitor.collectors.domain.counters import Mount, Space, local_mounts
from monitor.collectors.filesystems import (
    FilesystemsCollector,
    Fullest,
    fullest,
    measured,
    parse_mounts,
    space,
)
from monitor.metrics.members import Members
from monitor.metrics.snapshot import FileSystem

MOUNTS = """\
proc /proc proc rw,nosuid 0 0
/dev/vda2 / ext4 rw,relatime 0 0
/dev/vda1 /boot/efi vfat rw,relatime 0 0
/dev/vda2 /var/lib/docker/volumes ext4 rw,relatime 0 0
/dev/loop0 /snap/core squashfs ro,nodev 0 0
/dev/sr0 /media/cd iso9660 ro 0 0
tmpfs /run tmpfs rw 0 0
nas:/export /mnt/nas nfs4 rw,vers=4.2 0 0
/dev/sdb1 /mnt/nas/inner xfs rw 0 0
tank/home /home\\040of\\040all zfs rw 0 0
//srv/share /mnt/share cifs rw 0 0
short line
"""


def asked(*mounts):
    return [mount.path for mount in local_mounts(mounts)]


def test_local_disks_are_asked_each_device_once_and_nothing_that_can_hang():
    assert asked(*parse_mounts(MOUNTS)) == ["/", "/boot/efi", "/home of all"]


def test_what_is_mounted_for_reading_only_cannot_fill_up():
    assert asked(Mount("/dev/sdc", "/old", "ext4", ("ro", "relatime"))) == []


def test_a_device_that_is_writable_in_one_place_is_asked_there():
    frozen, live = Mount("/dev/sdc", "/frozen", "ext4", ("ro",)), Mount("/dev/sdc", "/live", "ext4", ("rw",))
    assert asked(frozen, live) == ["/live"]


def test_a_mount_that_hides_another_counts_in_its_place():
    assert asked(Mount("/dev/sdc", "/data", "ext4", ("rw",)), Mount("nas:/x", "/data", "nfs", ("rw",))) == []


@pytest.mark.parametrize(
    "kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "fuse.sshfs", "fuseblk", "autofs", "afs"]
)
def test_nothing_below_a_file_system_that_can_hang_is_asked(kind):
    assert asked(Mount("x", "/far", kind), Mount("/dev/sdc", "/far/disk", "ext4", ("rw",))) == []


def test_the_disks_of_a_machine_whose_root_is_a_network_file_system_are_asked():
    assert asked(Mount("nas:/root", "/", "nfs"), Mount("/dev/sdc", "/data", "xfs", ("rw",))) == ["/data"]


def test_a_directory_whose_name_only_begins_alike_is_asked():
    assert asked(Mount("x", "/far", "nfs"), Mount("/dev/sdc", "/farther", "ext4", ("rw",))) == ["/farther"]


def test_the_root_of_a_container_is_asked_where_there_is_nothing_else():
    root = Mount("overlay", "/", "overlay", ("rw",))
    assert asked(root) == ["/"]
    assert asked(root, Mount("/dev/sda1", "/data", "xfs", ("rw",))) == ["/data"]


def test_the_fullest_counts_as_df_counts_it_without_what_is_kept_for_root():
    assert fullest(measured([Space(50, 50, "/"), Space(90, 10, "/var")])) == FileSystem("/var", 90.0, 10)


def test_where_it_is_mounted_is_bounded_harmless_text():
    assert fullest(measured([Space(1, 1, "/a\n\u202eb")])).path == "/a??b"
    assert len(fullest(measured([Space(1, 1, "/x" * 2000)])).path) == 64


@pytest.mark.parametrize("spaces", [[], [Space(0, 0)], [Space(-5, 10)]])
def test_without_a_file_system_of_any_size_it_is_none(spaces):
    assert fullest(measured(spaces)) is None


def test_a_directory_that_is_gone_cannot_be_asked(tmp_path):
    assert space(str(tmp_path / "gone")) is None


def test_the_space_of_a_directory_is_that_of_its_file_system(tmp_path):
    blocks = os.statvfs(tmp_path)
    found = space(str(tmp_path))
    assert found.used + found.available <= blocks.f_blocks * blocks.f_frsize
    assert found.used > 0


def test_file_systems_are_asked_at_most_every_20_seconds():
    now, spaces = [0.0], iter([[Space(1, 1)], [Space(3, 1)]])
    collector = FilesystemsCollector(Fullest(lambda: next(spaces), clock=lambda: now[0]))
    percents = []
    for now[0] in (0.0, 1.0, 19.9, 20.0):
        percents.append(collector.collect(1.0)["disk_fullest_percent"])
    assert percents == [50.0, 50.0, 50.0, 75.0]


def test_what_was_measured_is_held_by_where_it_is_mounted():
    spaces = iter([[Space(1, 1, "/"), Space(9, 1, "/var"), Space(0, 0, "/empty")], [Space(3, 1, "/")]])
    now = [0.0]
    found = Fullest(lambda: next(spaces), clock=lambda: now[0])
    assert found.measured == {}
    assert found().path == "/var"
    assert found.measured == {"/": 50.0, "/var": 90.0}
    now[0] = 20.0
    found()
    assert found.measured == {"/": 75.0}


def test_the_collector_tells_how_full_each_one_is():
    collector = FilesystemsCollector(Fullest(lambda: [Space(1, 1, "/"), Space(9, 1, "/var")]))
    collector.collect(None)
    assert collector.members["disk_fullest_percent"] == Members({"/": 50.0, "/var": 90.0})

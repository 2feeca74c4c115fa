"""Which mounted file systems are asked how full they are, and why the others are not."""

import pytest

from monitor.collectors.domain.mounts import (
    DENIED,
    HIDDEN,
    NOT_IN_SIGHT,
    OUT_OF_SIGHT,
    READ_ONLY,
    Mount,
    Unasked,
    in_order,
    survey,
    visible,
)
from monitor.collectors.filesystems import parse_mounts

ORDINARY = """\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:2 / / rw,relatime - ext4 /dev/vda2 rw
30 27 254:1 / /boot/efi rw,relatime - vfat /dev/vda1 rw
31 27 254:2 /var/lib/docker/volumes /volumes rw,relatime - ext4 /dev/vda2 rw
32 27 7:0 / /snap/core ro,nodev - squashfs /dev/loop0 ro
33 27 11:0 / /media/cd ro - iso9660 /dev/sr0 ro
34 27 0:24 / /run rw - tmpfs tmpfs rw
35 27 0:40 / /mnt/nas rw - nfs4 nas:/export rw,vers=4.2
36 35 8:16 / /mnt/nas/inner rw - xfs /dev/sdb rw
37 27 0:41 / /home\\040of\\040all rw - zfs tank/home rw,xattr
38 27 0:42 / /mnt/share rw - cifs //srv/share rw
39 27 0:43 / /srv/docker/overlay2/1/merged rw - overlay overlay rw
40 27 0:44 / /var/lib/containers/1/shm rw - tmpfs shm rw
"""
STRICT = """\
1000 900 254:2 / / ro,relatime master:1 - ext4 /dev/vda2 rw
1001 1000 8:1 / /srv ro,relatime master:2 - xfs /dev/sda1 rw
1002 1000 8:2 / /old ro,relatime master:3 - ext4 /dev/sda2 ro
1003 1000 254:2 /var/lib/loadmon /var/lib/loadmon rw,relatime - ext4 /dev/vda2 rw
1004 1000 0:24 /systemd/inaccessible/dir /home ro - tmpfs tmpfs rw,size=1k
1005 1000 0:24 / /run ro - tmpfs tmpfs rw,size=1k
"""
"""What ProtectSystem=strict and ProtectHome=yes make of it: all is read-only, but for this process alone."""

MACHINE = """\
21 1 254:2 / / rw,relatime shared:1 - ext4 /dev/vda2 rw
22 21 8:1 / /srv rw,relatime shared:2 - xfs /dev/sda1 rw
23 21 8:2 / /old ro,relatime shared:3 - ext4 /dev/sda2 ro
24 21 0:24 / /run rw - tmpfs tmpfs rw,size=1k
25 21 8:3 / /home rw,relatime shared:4 - ext4 /dev/sda3 rw
26 21 0:50 / /tmp rw - tmpfs tmpfs rw
"""
CONTAINER = """\
500 400 0:60 / / rw - overlay overlay rw,lowerdir=a,upperdir=b
501 500 254:2 /var/lib/docker/containers/1/resolv.conf /etc/resolv.conf rw - ext4 /dev/vda2 rw
502 500 254:2 /var/lib/docker/containers/1/hosts /etc/hosts rw - ext4 /dev/vda2 rw
"""


def at(device, path, kind="ext4", *options, number=0, parent=0):
    return Mount(device, path, kind, options or ("rw",), device, number, parent)


def asked(*mounts):
    return [places[0].path for places in survey(mounts).places]


def left_out(own, machine=""):
    return {one.path: one.reason for one in survey(parse_mounts(own), parse_mounts(machine)).unasked}


def test_local_disks_are_asked_each_once_and_nothing_that_can_hang():
    assert asked(*parse_mounts(ORDINARY)) == ["/", "/boot/efi", "/home of all"]


def test_the_root_of_a_container_that_sees_the_mounts_of_its_machine_is_asked_as_the_root():
    merged = "27 21 0:60 / /var/lib/docker/overlay2/1/merged rw - overlay overlay rw,lowerdir=a,upperdir=b\n"
    found = survey(parse_mounts(CONTAINER), parse_mounts(MACHINE + merged))
    assert [places[0].path for places in found.places] == ["/", "/etc/resolv.conf"]
    assert {one.path for one in found.unasked if one.reason == NOT_IN_SIGHT} == {"/srv", "/home"}
    assert all("in a container, mount it there" in one.remedy for one in found.unasked if one.remedy)


def test_what_looks_like_a_disk_and_is_not_asked_is_told_with_its_reason():
    assert left_out(ORDINARY) == {
        "/mnt/nas": "nfs4, which is not on a disk of this machine and can hang",
        "/mnt/nas/inner": "it lies below /mnt/nas, which can hang",
        "/mnt/share": "cifs, which is not on a disk of this machine and can hang",
    }


def test_a_mount_that_is_read_only_for_this_process_alone_is_asked():
    assert asked(*parse_mounts(STRICT)) == ["/", "/srv"]


def test_a_file_system_that_is_read_only_itself_cannot_fill_up():
    assert asked(at("8:1", "/old", "ext4", "ro", "relatime")) == []
    assert left_out(STRICT)["/old"] == READ_ONLY


def test_what_the_machine_has_and_this_process_does_not_see_is_told():
    found = left_out(STRICT, MACHINE)
    assert found == {
        "/home": NOT_IN_SIGHT,
        "/old": READ_ONLY,
        "/tmp": "tmpfs, which is in memory, not on a disk",
    }
    assert next(iter(found)) == "/home"  # first what something can be done about


def test_what_only_our_own_sandbox_has_is_none_of_the_machine():
    own = STRICT + "1006 1000 0:90 / /home ro - tmpfs tmpfs rw\n"
    assert left_out(own, MACHINE) == left_out(STRICT, MACHINE)


def test_a_disk_that_only_we_have_is_told_of_as_any_other():
    own = (
        STRICT
        + "1006 1000 8:9 / /mine ro - ext4 /dev/sdi rw\n1007 1000 8:10 / /still ro - ext4 /dev/sdj ro\n"
    )
    assert left_out(own, MACHINE)["/still"] == READ_ONLY
    assert "/mine" in [places[0].path for places in survey(parse_mounts(own), parse_mounts(MACHINE)).places]


def test_where_the_table_of_the_machine_is_not_told_what_is_hidden_is_told_as_not_known():
    modules = "1007 1000 0:24 /systemd/inaccessible/dir /usr/lib/modules ro - tmpfs tmpfs rw\n"
    assert left_out(STRICT + modules) == {"/home": OUT_OF_SIGHT, "/old": READ_ONLY}


def test_a_disk_that_another_mount_hides_is_asked_at_another_place_of_its_own():
    hidden, other = at("8:1", "/data", number=2, parent=1), at("8:1", "/mnt/b", number=3, parent=1)
    root = at("8:0", "/", number=1)
    upon = at("0:9", "/data", "tmpfs", number=4, parent=2)
    assert asked(root, hidden, other, upon) == ["/", "/mnt/b"]
    assert survey([root, hidden, upon]).unasked[0] == Unasked("/data", HIDDEN)


@pytest.mark.parametrize("top", ["/home", "/"])
def test_a_mount_above_hides_all_that_lies_below_it(top):
    root, disk = at("8:0", "/", number=1), at("8:1", "/home/disk", number=2, parent=1)
    upon = at("8:2", top, number=3, parent=1)
    assert disk not in visible([root, disk, upon])
    assert upon in visible([root, disk, upon])


def test_a_mount_that_was_made_below_the_one_that_hides_is_seen():
    root, top = at("8:0", "/", number=1), at("0:9", "/home", "tmpfs", number=3, parent=1)
    disk = at("8:1", "/home/disk", number=4, parent=3)
    assert disk in visible([root, top, disk])


def test_without_numbers_the_later_one_on_a_path_is_seen():
    assert asked(at("/dev/sdc", "/data"), at("nas:/x", "/data", "nfs")) == []


def test_a_root_that_is_in_no_table_hides_nothing():
    assert asked(at("8:1", "/data", number=7, parent=3)) == ["/data"]


def test_a_table_with_a_mount_told_twice_has_an_end():
    one, two = at("8:1", "/data", number=5), at("8:2", "/data", number=6, parent=5)
    assert visible([one, two, at("8:3", "/data", number=5, parent=6)]) == []


def test_the_subvolumes_of_one_file_system_are_asked_once_at_the_root_where_there_is_one():
    home, root = at("0:35", "/home", "btrfs"), at("0:35", "/", "btrfs")
    assert asked(home, root) == ["/"]


@pytest.mark.parametrize(
    "kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "fuse.sshfs", "fuseblk", "autofs", "afs"]
)
def test_nothing_below_a_file_system_that_can_hang_is_asked(kind):
    assert asked(at("x", "/far", kind), at("/dev/sdc", "/far/disk")) == []


def test_a_disk_below_one_that_can_hang_is_asked_where_it_is_mounted_besides():
    assert asked(at("x", "/far", "nfs"), at("8:1", "/far/disk"), at("8:1", "/near")) == ["/near"]


def test_a_directory_whose_name_only_begins_alike_is_asked():
    assert asked(at("x", "/far", "nfs"), at("/dev/sdc", "/farther")) == ["/farther"]


def test_the_disks_of_a_machine_whose_root_is_in_the_network_are_asked_and_the_root_is_told():
    found = survey([at("nas:/root", "/", "nfs"), at("/dev/sdc", "/data", "xfs")])
    assert [places[0].path for places in found.places] == ["/data"]
    assert found.unasked == (Unasked("/", "nfs, which is not on a disk of this machine and can hang"),)


def test_the_root_of_a_container_is_asked_as_the_root_and_its_own_disks_besides():
    assert asked(*parse_mounts(CONTAINER))[0] == "/"
    assert asked(at("o", "/", "overlay"), at("/dev/sda1", "/data", "xfs")) == ["/", "/data"]
    assert asked(at("o", "/somewhere", "overlay")) == []


@pytest.mark.parametrize(
    ("mount", "reason"),
    [
        (at("8:1", "/win", "fuseblk"), "fuseblk, for which a process answers that can hang"),
        (at("x", "/pool", "fuse.mergerfs"), "fuse.mergerfs, for which a process answers that can hang"),
        (at("x", "/", "overlay", "ro"), READ_ONLY),
        (at("x", "/", "squashfs", "ro"), "squashfs, a kind that is not measured"),
        (at("x", "/tmp", "tmpfs"), "tmpfs, which is in memory, not on a disk"),
        (at("x", "/", "ramfs"), "ramfs, which is in memory, not on a disk"),
        (at("/dev/sdd", "/new", "newfs"), "newfs, a kind that is not measured"),
    ],
)
def test_a_kind_that_is_left_out_is_named(mount, reason):
    assert survey([mount]).unasked == (Unasked(mount.path, reason),)


@pytest.mark.parametrize(
    "mount",
    [
        at("/dev/loop3", "/snap/core", "squashfs", "ro"),
        at("x", "/run/user/1000", "tmpfs"),
        at("x", "/var/lib/containers/1/shm", "tmpfs"),
        at("x", "/ro", "tmpfs", "ro"),
        at("x", "/auto", "autofs"),
        at("x", "/var/lib/lxcfs", "fuse.lxcfs"),
        at("x", "/srv/docker/overlay2/1/merged", "overlay"),
        at("x", "/sys", "sysfs"),
    ],
)
def test_what_is_no_disk_is_no_news(mount):
    assert survey([mount]) == survey([])


def test_those_about_which_something_can_be_done_come_first_else_as_they_were():
    one, two, three = Unasked("/a", READ_ONLY), Unasked("/b", "else"), Unasked("/c", DENIED)
    assert in_order([one, two, three]) == (three, one, two)


def test_of_several_on_one_path_that_is_told_about_which_something_can_be_done():
    upon, hidden, last = Unasked("/a", READ_ONLY), Unasked("/a", HIDDEN), Unasked("/c", "else")
    assert in_order([last, upon, hidden]) == (hidden, last)

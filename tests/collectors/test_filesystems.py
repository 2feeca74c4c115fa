"""How full the file systems are that can be asked, and what is told of those that cannot."""

import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from monitor.collectors import filesystems
from monitor.collectors.domain import mounts
from monitor.collectors.domain.mounts import Look, Mount, Space, Unasked
from monitor.collectors.filesystems import (
    FilesystemsCollector,
    Fullest,
    ask,
    fullest,
    look,
    measured,
    parse_mounts,
    space,
)
from monitor.collectors.procfile import ProcFile
from monitor.metrics.members import Members
from monitor.metrics.parts import Kind, Part, PartNow
from monitor.metrics.snapshot import FileSystem

STATVFS = {
    "f_frsize": 10, "f_bsize": 99, "f_blocks": 100, "f_bfree": 50, "f_bavail": 40, "f_files": 20, "f_ffree": 5,
    "f_favail": 4,
}  # fmt: skip


def kernel(**told):
    return SimpleNamespace(**(STATVFS | told))


def at(path):
    return Mount("8:1", str(path), "ext4")


def test_the_flags_of_the_file_system_itself_are_read_not_those_of_the_mount():
    line = r"36 35 98:0 /sub /mnt\0402 ro,noatime master:1 shared:2 - ext3 /dev/root rw,errors=continue"
    assert parse_mounts(line) == [
        Mount("98:0", "/mnt 2", "ext3", ("rw", "errors=continue"), "/dev/root", 36, 35, "/sub")
    ]


@pytest.mark.parametrize(
    "line", ["", "short", "36 35 98:0 / /a rw", "36 35 98:0 / /a rw -", "x 35 98:0 / /a rw - ext3 a rw"]
)
def test_a_line_that_is_cut_off_is_left_out(line):
    assert parse_mounts(line) == []


def test_a_mount_without_a_source_keeps_its_kind():
    assert parse_mounts("36 35 0:9 / /a rw -  tmpfs  rw")[:1] == []
    assert parse_mounts("36 35 0:9 / /a rw - tmpfs  rw")[0].options == ("rw",)


def test_the_fullest_counts_as_df_counts_it_without_what_is_kept_for_root():
    assert fullest(measured([Space(50, 50, "/"), Space(90, 10, "/var")])) == FileSystem("/var", 90.0, 10)


def test_where_it_is_mounted_is_bounded_harmless_text():
    assert fullest(measured([Space(1, 1, "/a\n\u202eb")])).path == "/a??b"
    assert len(fullest(measured([Space(1, 1, "/x" * 2000)])).path) == 64


@pytest.mark.parametrize("spaces", [[], [Space(0, 0)], [Space(-5, 10)]])
def test_without_a_file_system_of_any_size_it_is_none(spaces):
    assert fullest(measured(spaces)) is None


def test_a_file_system_without_an_inode_left_is_full_however_much_space_it_has():
    found = fullest(measured([Space(50, 50, "/"), Space(1, 99, "/mail", 1000, 0)]))
    assert found == FileSystem("/mail", 100.0, 99, 100.0, 0)


def test_inodes_that_are_less_scarce_than_space_change_nothing():
    assert fullest(measured([Space(90, 10, "/", 10, 90)])) == FileSystem("/", 90.0, 10, 10.0, 90)


def test_inodes_and_blocks_are_told_as_the_kernel_tells_them():
    assert space(kernel(), "/a") == Space(500, 400, "/a", 15, 4)


@pytest.mark.parametrize(("total", "free"), [(0, 0), (0, 5), (10, 20), (10, -1), (10, 10)])
def test_a_file_system_without_a_sane_total_of_inodes_tells_none(total, free):
    found = space(kernel(f_files=total, f_ffree=free, f_favail=max(0, total - 10)), "/a")
    assert (found.inodes_used, found.inodes_available) == (None, None)
    assert measured([found])[0].percent == pytest.approx(100 * 50 / 90)


def test_a_directory_that_is_gone_cannot_be_asked_and_the_system_says_why(tmp_path):
    gone = str(tmp_path / "gone")
    assert ask([at(gone)]) == Unasked(gone, "the system says: No such file or directory")


def test_the_space_of_a_directory_is_that_of_its_file_system(tmp_path):
    blocks = os.statvfs(tmp_path)
    found = ask([at(tmp_path)])
    assert found.used + found.available <= blocks.f_blocks * blocks.f_frsize
    assert found.used > 0


def test_a_single_file_that_is_mounted_is_no_place(tmp_path):
    file = tmp_path / "resolv.conf"
    file.touch()
    assert ask([at(file)]) == Unasked(str(file), mounts.SINGLE_FILES)
    assert ask([at(file), at(tmp_path)]).path == str(tmp_path)


@pytest.mark.parametrize(
    ("number", "reason"), [(errno.EACCES, mounts.DENIED), (errno.EIO, "the system says: Input/output error")]
)
def test_what_this_user_may_not_ask_is_told(tmp_path, monkeypatch, number, reason):
    def refuse(path, flags):
        raise OSError(number, os.strerror(number), path)

    monkeypatch.setattr(filesystems.os, "open", refuse)
    assert ask([at(tmp_path)]) == Unasked(str(tmp_path), reason)


def test_a_path_that_leads_to_another_mount_by_now_is_not_asked(tmp_path):
    place = os.open(tmp_path, os.O_PATH)
    number = filesystems._number(place)
    os.close(place)
    assert ask([Mount("8:1", str(tmp_path), "ext4", number=number)]).path == str(tmp_path)
    assert ask([Mount("8:1", str(tmp_path), "ext4", number=number + 9999)]).reason == mounts.HIDDEN


def test_a_file_system_that_tells_no_size_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(filesystems.os, "fstatvfs", lambda place: kernel(f_blocks=0, f_bfree=0, f_bavail=0))
    assert ask([at(tmp_path)]) == Unasked(str(tmp_path), mounts.NO_SIZE)


def test_asking_leaves_no_descriptor_behind(tmp_path):
    before = len(list(Path("/proc/self/fd").iterdir()))
    ask([at(tmp_path), at(tmp_path / "gone")])
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_look_reads_the_table_of_the_machine_where_it_may(tmp_path):
    own, machine = tmp_path / "own", tmp_path / "machine"
    own.write_text("20 1 8:1 / / ro - ext4 /dev/sda1 ro\n")
    machine.write_text("30 1 8:1 / / ro - ext4 /dev/sda1 ro\n31 30 8:2 / /home rw - ext4 /dev/sda2 rw\n")
    read_only, hidden = Unasked("/", mounts.READ_ONLY), Unasked("/home", mounts.NOT_IN_SIGHT)
    assert look(ProcFile(str(own)), ProcFile(str(machine))).unasked == (hidden, read_only)
    assert look(ProcFile(str(own)), ProcFile(str(tmp_path))).unasked == (read_only,)
    assert look(ProcFile(str(own)), ProcFile(str(tmp_path / "none"))).unasked == (read_only,)


def test_file_systems_are_asked_at_most_every_20_seconds():
    now, spaces = [0.0], iter([Look([Space(1, 1)]), Look([Space(3, 1)])])
    collector = FilesystemsCollector(Fullest(lambda: next(spaces), clock=lambda: now[0]))
    percents = []
    for now[0] in (0.0, 1.0, 19.9, 20.0):
        percents.append(collector.collect(1.0)["disk_fullest_percent"])
    assert percents == [50.0, 50.0, 50.0, 75.0]


def test_what_was_measured_is_held_by_where_it_is_mounted():
    spaces = [Space(1, 1, "/"), Space(9, 1, "/var"), Space(0, 0, "/empty")]
    looks, now = iter([Look(spaces), Look([Space(3, 1, "/")])]), [0.0]
    found = Fullest(lambda: next(looks), clock=lambda: now[0])
    assert found.measured == {}
    assert found().path == "/var"
    assert found.measured == {"/": 50.0, "/var": 90.0}
    now[0] = 20.0
    found()
    assert found.measured == {"/": 75.0}


def test_of_two_whose_paths_are_cut_to_the_same_the_fullest_is_held():
    one, two = Space(9, 1, "/x" * 99 + "1"), Space(1, 9, "/x" * 99 + "2")
    found = Fullest(lambda: Look([one, two]))
    found()
    assert list(found.measured.values()) == [90.0]


def test_a_path_that_is_no_text_is_asked_as_it_is(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff"
    Path(os.fsdecode(path)).mkdir()
    place = os.open(path, os.O_PATH)
    number = filesystems._number(place)
    os.close(place)
    table = tmp_path / "table"
    table.write_bytes(b"%d 1 8:1 / %s ro - ext4 /dev/sda1 rw\n" % (number, path))
    found = look(ProcFile(str(table), "surrogateescape"), ProcFile(str(tmp_path / "none")))
    assert [os.fsencode(one.path) for one in found.spaces] == [path]
    assert measured(found.spaces)[0].path.isprintable()


def test_what_was_not_asked_is_held_as_harmless_text():
    found = Fullest(lambda: Look([], [Unasked("/a\nb", "too\nfar")]))
    assert found() is None
    assert found.unasked == (("/a?b", "too?far", ""),)


def test_the_collector_tells_how_full_each_one_is():
    collector = FilesystemsCollector(Fullest(lambda: Look([Space(1, 1, "/"), Space(9, 1, "/var")])))
    collector.collect(None)
    assert collector.members["disk_fullest_percent"] == Members({"/": 50.0, "/var": 90.0})


def test_the_collector_tells_what_each_one_holds():
    spaces = [Space(1024, 3072, "/"), Space(9 * 1024, 1024, "/var", 30, 70)]
    collector = FilesystemsCollector(Fullest(lambda: Look(spaces)))
    collector.collect(None)
    assert collector.parts == {
        Part(Kind.FILE_SYSTEM, "/"): PartNow(1.0, 4.0, None),
        Part(Kind.FILE_SYSTEM, "/var"): PartNow(9.0, 10.0, 3000.0),
    }

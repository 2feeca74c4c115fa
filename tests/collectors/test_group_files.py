"""Files of control groups: a bounded number stays open, and none of a group that went."""

from monitor.collectors.group_files import GroupFiles


def made(top, name, text):
    (top / name).mkdir(exist_ok=True)
    path = top / name / "cpu.stat"
    path.write_text(text)
    return str(path)


def test_what_is_kept_open_is_read_as_it_is_now(tmp_path):
    files, path = GroupFiles(), made(tmp_path, "a", "1")
    files.keep([path])
    assert files.read(path) == b"1"
    made(tmp_path, "a", "2")
    assert files.read(path) == b"2"
    assert files.peek([path, "/nowhere"]) == [b"2", None]


def test_no_more_are_kept_open_than_there_is_room_for(tmp_path):
    paths = [made(tmp_path, f"g{i}", str(i)) for i in range(9)]
    files = GroupFiles(4)
    files.keep(paths)
    assert len(files) == 4
    assert [files.read(path) for path in paths] == [str(i).encode() for i in range(9)]
    assert len(files) == 4


def test_others_take_the_place_of_those_that_are_not_wanted_any_more(tmp_path):
    paths = [made(tmp_path, f"g{i}", str(i)) for i in range(6)]
    files = GroupFiles(3)
    files.keep(paths[:3])
    files.keep(paths[3:])
    assert files.peek(paths) == [None, None, None, b"3", b"4", b"5"]


def test_a_group_made_anew_is_read_and_not_the_one_that_went(tmp_path):
    files, path = GroupFiles(), made(tmp_path, "a", "old")
    files.keep([path])
    (tmp_path / "a" / "cpu.stat").unlink()
    made(tmp_path, "a", "new")
    files.forget(str(tmp_path / "a"))
    assert files.read(path) == b"new"


def test_what_went_is_closed(tmp_path):
    paths = [made(tmp_path, f"g{i}", str(i)) for i in range(3)]
    files = GroupFiles()
    files.keep(paths)
    files.settle([str(tmp_path / "g1")])
    assert len(files) == 1
    files.close()
    assert len(files) == 0


def test_a_file_that_was_not_there_is_looked_for_again(tmp_path):
    files, path = GroupFiles(), str(tmp_path / "a" / "cpu.stat")
    assert files.read(path) is None
    made(tmp_path, "a", "1")
    assert [files.read(path) for _ in range(4)][-1] == b"1"

"""A file of the kernel, read for days: it may be missing, vanish, come back, or take several reads."""

import errno
import os

import pytest

from monitor.collectors import procfile
from monitor.collectors.procfile import ProcFile


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "stat"
    path.write_text("first")
    return path


def test_each_read_gives_what_is_there_now(path):
    file = ProcFile(str(path))
    assert file.read() == "first"
    path.write_text("second")
    assert file.read() == "second"


def test_the_descriptor_is_opened_once(path, monkeypatch):
    file, opened, real = ProcFile(str(path)), [], os.open
    monkeypatch.setattr(os, "open", lambda *args: opened.append(args) or real(*args))
    texts = [file.read() for _ in range(3)]
    assert (len(opened), texts) == (1, ["first"] * 3)


def test_a_list_that_the_kernel_gives_in_parts_is_read_to_its_end(path, monkeypatch):
    monkeypatch.setattr(procfile, "CHUNK_BYTES", 2)
    assert ProcFile(str(path)).read() == "first"


def test_a_file_that_this_host_never_had_is_none(tmp_path):
    assert ProcFile(str(tmp_path / "none")).read() is None


@pytest.mark.parametrize("number", [errno.EOPNOTSUPP, errno.ENOENT])
def test_a_file_that_the_kernel_has_switched_off_is_none(path, monkeypatch, number):
    def refuse(*_args):
        raise OSError(number, "no")

    monkeypatch.setattr(os, "pread", refuse)
    assert ProcFile(str(path)).read() is None


def test_a_file_that_may_not_be_read_is_an_error_and_not_silence(path, monkeypatch):
    def refuse(*_args):
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(os, "pread", refuse)
    with pytest.raises(PermissionError):
        ProcFile(str(path)).read()


def test_a_descriptor_that_went_bad_is_opened_anew(path):
    file = ProcFile(str(path))
    file.read()
    os.close(file._fd)
    assert file.read() == "first"


def test_a_file_that_vanished_is_an_error_and_is_read_again_once_it_is_back(path):
    file = ProcFile(str(path))
    file.read()
    file.close()
    path.unlink()
    with pytest.raises(FileNotFoundError):
        file.read()
    path.write_text("back")
    assert file.read() == "back"


def test_bytes_that_are_no_text_do_not_stop_the_reading(path):
    path.write_bytes(b"a\xffb")
    assert ProcFile(str(path)).read() == "a\ufffdb"


def test_a_file_that_is_let_go_gives_its_descriptor_back(path):
    file = ProcFile(str(path))
    file.read()
    descriptor = file._fd
    del file
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_a_file_that_is_read_once_is_an_empty_text_where_it_is_missing(tmp_path):
    (tmp_path / "told").write_bytes(b"caf\xe9\n")
    assert procfile.text(tmp_path / "told") == "caf\ufffd\n"
    assert procfile.text(str(tmp_path / "none")) == ""

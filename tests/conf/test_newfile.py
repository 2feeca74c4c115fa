"""A new file takes its name whole and in place of none, with hard links and without."""

import errno
import os
from pathlib import Path

import pytest

from monitor import conf
from monitor.conf import newfile


@pytest.fixture(params=[None, errno.EPERM, errno.ENOTSUP, errno.EMLINK])
def folder(request, tmp_path, monkeypatch):
    """A folder on a file system with hard links, or one that refuses them."""

    def refuse(self, target):
        raise OSError(request.param, os.strerror(request.param))

    if request.param is not None:
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    (tmp_path / "draft").write_text("new")
    return tmp_path


def test_the_draft_takes_the_name(folder):
    newfile.publish(folder / "draft", folder / "file")
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"file": "new"}


def test_a_file_that_has_the_name_keeps_it(folder):
    (folder / "file").write_text("old")
    with pytest.raises(FileExistsError):
        newfile.publish(folder / "draft", folder / "file")
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"file": "old"}


def test_a_link_that_leads_nowhere_keeps_its_name_too(folder):
    (folder / "file").symlink_to(folder / "nowhere")
    with pytest.raises(FileExistsError):
        newfile.publish(folder / "draft", folder / "file")
    assert (folder / "file").is_symlink()


def test_a_secret_key_is_made_where_there_are_no_hard_links(folder):
    key = conf.secret_key(folder / "key")
    assert conf.secret_key(folder / "key") == key
    assert sorted(path.name for path in folder.iterdir()) == ["draft", "key"]


# Drafts


def test_a_draft_is_private_and_gone_unless_it_got_its_name(tmp_path):
    with newfile.draft(tmp_path / "file") as draft:
        assert draft.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == []
    with newfile.draft(tmp_path / "file") as draft:
        draft.write_text("new")
        newfile.publish(draft, tmp_path / "file")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("has_locks", [True, False])
def test_what_a_killed_process_left_goes_at_the_next_run_and_nothing_else(tmp_path, monkeypatch, has_locks):
    def refuse(descriptor, how):
        raise OSError(errno.ENOLCK, "No locks")

    if not has_locks:
        monkeypatch.setattr(newfile.fcntl, "flock", refuse)
    gone = ["file.99999999.part", "file.99999999.part-journal", "old-1.99999999.part"]
    kept = ["file.notes.part", "other.99999999.part", "file.99999999"]
    for name in gone + kept:
        (tmp_path / name).touch()
    with newfile.draft(tmp_path / "file", "old-*"):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)


def test_what_another_process_writes_is_left_to_it(tmp_path):
    with newfile.draft(tmp_path / "file") as draft:
        assert newfile.clear(tmp_path, "*") == []
        assert draft.exists()

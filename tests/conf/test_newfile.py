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

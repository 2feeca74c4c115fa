"""Before SQLite opens a file: each state of it that is no database, with its sentence, and nothing made or changed."""

import os
import shutil

import pytest

from monitor.database import opening


def everything(folder):
    return {path.name: path.read_bytes() if path.is_file() else None for path in folder.iterdir()}


def cut(path):
    path.write_bytes(path.read_bytes()[:40960])


def emptied(path):
    path.write_bytes(b"")


def lost(path):
    path.unlink()


def with_log(harm):
    def change(path):
        harm(path)
        path.with_name(f"{path.name}-wal").write_bytes(b"samples")

    return change


def a_directory(path):
    path.unlink()
    path.mkdir()


def other(path):
    path.write_bytes(b"something else entirely" * 100)


def in_no_directory(path):
    shutil.rmtree(path.parent)
    path.parent.write_text("a file")


@pytest.mark.parametrize(
    ("harm", "said", "status"),
    [
        (lost, "is missing.", 3),
        (with_log(lost), "is missing, but its write-ahead log", 3),
        (emptied, "is empty.", 3),
        (with_log(emptied), "is empty, but its write-ahead log", 3),
        (cut, "only 40960 are there", 3),
        (other, "is not a SQLite database", 3),
        (a_directory, "is a directory", 1),
    ],
)
def test_what_is_no_database_is_told_and_left_as_it_is(path, harm, said, status):
    harm(path)
    before = everything(path.parent)
    with pytest.raises(opening.Unopened) as raised:
        opening.require(path)
    assert said in str(raised.value)
    assert raised.value.problem.exit_code == status
    assert str(path) not in raised.value.problem.told
    assert everything(path.parent) == before


def test_everybody_is_told_that_a_directory_is_in_the_way(path):
    a_directory(path)
    assert opening.problem(path).told == opening.IN_THE_WAY


def test_a_file_in_the_place_of_the_directory_is_a_missing_database(path):
    in_no_directory(path)
    assert "is missing" in opening.problem(path).said
    path.parent.unlink()


def test_what_a_checkpoint_was_cut_short_in_may_be_in_the_log(path):
    with_log(cut)(path)
    assert opening.problem(path) is None


def test_a_whole_database_is_opened(path):
    assert opening.problem(path) is None


@pytest.mark.parametrize(
    ("closed", "said"),
    [("loadmon.sqlite3", "may not write"), ("loadmon.sqlite3-shm", "may not write"), ("", "may not write")],
)
def test_who_may_not_write_is_told_what(path, monkeypatch, closed, said):
    shm = path.with_name(f"{path.name}-shm")
    shm.touch()
    refused = path.parent / closed
    monkeypatch.setattr(os, "access", lambda what, mode: what != refused)
    found = opening.problem(path)
    assert f"User {os.getuid()} {said} {refused}." == found.said
    assert found.exit_code == 1


@pytest.mark.parametrize("comes_again", [False, True])
@pytest.mark.parametrize("end", ["-wal", "-shm"])
def test_a_log_that_goes_with_the_last_connection_of_another_is_closed_to_nobody(
    path, monkeypatch, end, comes_again
):
    beside = path.with_name(path.name + end)
    beside.touch()
    allows = os.access

    def going(what, mode):
        if what == beside:
            beside.unlink()
        allowed = allows(what, mode)
        if what == beside and comes_again:
            beside.touch()
        return allowed

    monkeypatch.setattr(os, "access", going)
    assert opening.problem(path) is None


def test_who_may_not_even_enter_the_directory_is_told(path, monkeypatch):
    def refuse(self, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "stat", refuse)
    assert f"may not enter {path.parent}" in opening.problem(path).said

"""The file of the parts that keep ending: whole, private, of a living supervisor, and of no harm when it is broken."""

from __future__ import annotations

import stat

import pytest

from monitor.runtime import endings
from monitor.runtime.endings import FILE, LOCK, Board, Ending

ONE = Ending("the sampler", "with status 1", 6, 0.0, 31.0, 47.0, ("no disk",))


@pytest.fixture
def board(tmp_path):
    told: list[str] = []
    board = Board(tmp_path, told.append)
    board.told = told
    yield board
    if board._lock is not None:
        board._lock.close()


def test_what_the_supervisor_shows_is_read_and_only_its_owner_may(tmp_path, board):
    assert endings.read(tmp_path) == []
    board.show([ONE])
    assert endings.read(tmp_path) == [ONE]
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    board.show([])
    assert {path.name for path in tmp_path.iterdir()} == {LOCK}


def test_it_says_how_often_since_when_how_and_what_comes_next():
    assert ONE.sentence(31.0) == (
        "The sampler keeps ending: 6 times in 31 s, the last time with status 1. Next try in 16 s."
    )
    assert ONE.sentence(500.0).endswith("Next try in 0 s.")


def test_what_a_killed_supervisor_left_is_not_believed_and_cleared_by_the_next(tmp_path, board):
    board.show([ONE])
    board._lock.close()
    assert endings.read(tmp_path) == []
    after = Board(tmp_path, print)
    assert not (tmp_path / FILE).exists()
    after._lock.close()


def test_a_second_supervisor_leaves_the_file_of_the_first_alone(tmp_path, board):
    board.show([ONE])
    second = Board(tmp_path, print)
    second.show([])
    assert endings.read(tmp_path) == [ONE]


@pytest.mark.parametrize(
    "content", [b"", b"[", b"{}x", b"[1]", b'[{"name": "x"}]', b"\xff\xfe", b"null", b'"x"']
)
def test_a_broken_file_tells_of_nothing(tmp_path, board, content):
    (tmp_path / FILE).write_bytes(content)
    assert endings.read(tmp_path) == []


def test_a_file_that_cannot_be_written_is_told_once(tmp_path, board):
    (tmp_path / f"{FILE}.new").mkdir()
    for _ in range(3):
        board.show([ONE])
    assert len(board.told) == 1
    assert "the page does not tell of it" in board.told[0]

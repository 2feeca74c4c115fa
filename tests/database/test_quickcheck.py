"""The quick check: what is told of a file, by a process of its own."""

import signal

import pytest

from monitor.database import quickcheck
from tests.database.harm import damage, without_header


@pytest.mark.parametrize("harm", [damage, without_header])
def test_a_damaged_file_is_told_in_one_short_line(path, harm):
    assert quickcheck.examine(path) == ""
    harm(path)
    said = quickcheck.examine(path)
    assert said
    assert "\n" not in said
    assert len(said) <= quickcheck.LONGEST_MESSAGE


def test_what_cannot_be_told_is_not_taken_for_damage(tmp_path):
    assert quickcheck.examine(tmp_path / "none.sqlite3") is None
    assert quickcheck.answer(quickcheck.start(tmp_path / "none.sqlite3"), 30) is None
    assert not (tmp_path / "none.sqlite3").exists()


def test_one_that_takes_too_long_is_ended_and_tells_nothing(path):
    process = quickcheck.start(path)
    assert quickcheck.answer(process, 0) is None
    assert process.returncode == -signal.SIGKILL


def test_another_process_answers_the_same(path):
    assert quickcheck.answer(quickcheck.start(path), 30) == ""
    damage(path)
    assert quickcheck.answer(quickcheck.start(path), 30) == quickcheck.examine(path) != ""

"""Parts that end: pauses that grow and begin anew, and what is told meanwhile."""

from __future__ import annotations

import sys

import pytest

from monitor.runtime.part import LONGEST_PAUSE, SETTLED_SECONDS, Part
from monitor.runtime.voice import Terminal


class Played(Part):
    """A part whose process is played: `end` is how it ends next."""

    def begin(self, at: float, code: int | None, lived: float = 0.0) -> float:
        """Live from `at` and end with `code`; return when it is to be started again."""
        self._began_at, self.starts = at, self.starts + 1
        self.process = Ended(code)
        assert self.has_ended(at + lived)
        return self.due_at


class Ended:
    """A process that has ended."""

    def __init__(self, returncode) -> None:
        self.returncode = returncode

    def poll(self):
        return self.returncode


@pytest.fixture
def part() -> Played:
    return Played("the sampler", ["none"], Terminal(1))


def test_the_pauses_grow_up_to_a_minute_and_go_on_for_ever(part):
    at, pauses = 0.0, []
    for _ in range(40):
        again = part.begin(at, 1, lived=5.0)
        pauses.append(again - at - 5.0)
        at = again
    assert pauses[:8] == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    assert set(pauses[6:]) == {LONGEST_PAUSE}


def test_whoever_has_lived_for_a_minute_begins_anew(part):
    at = 0.0
    for _ in range(5):
        at = part.begin(at, 1)
    assert part.ending() is not None
    assert part.begin(at, 1, lived=SETTLED_SECONDS) - at == SETTLED_SECONDS + 1.0
    assert part.ending() is None


def test_one_that_came_back_is_told_as_running_and_then_not_at_all(part):
    part.begin(0.0, 1)
    part.begin(1.0, -9)
    part.process, part._began_at = Ended(None), 3.0
    assert part.ending().sentence(3.0) == (
        "The sampler keeps ending: 2 times in 1 s, the last time by SIGKILL. It runs again."
    )
    assert not part.settle(62.0)
    assert part.wakes_at() == 63.0
    assert part.settle(63.0)
    assert part.ending() is None


def test_one_end_alone_is_not_told(part):
    part.begin(0.0, 1)
    assert part.ending() is None


@pytest.mark.parametrize("code", [2, 3, 4, 5])
def test_a_refusal_is_told_at_once_and_tried_again_with_the_longest_pause(part, code):
    assert part.begin(0.0, code) == LONGEST_PAUSE
    assert part.ending().sentence(20.0) == f"The sampler has ended with status {code}. Next try in 40 s."


def test_what_keeps_ending_is_told_with_how_often_in_which_time_and_the_next_try(part):
    at = 0.0
    for _ in range(5):
        at = part.begin(at, 1, lived=0.0)
    assert part.ending().sentence(20.0) == (
        "The sampler keeps ending: 5 times in 15 s, the last time with status 1. Next try in 11 s."
    )


def test_a_program_that_cannot_be_started_has_ended(tmp_path):
    part = Part("the sampler", [str(tmp_path / "missing")], Terminal(1))
    for at in (0.0, 1.0):
        part.start(at)
    assert part.process is None
    assert part.due_at == 3.0
    sentence = part.ending().sentence(1.0)
    assert "the last time before it began (No such file or directory)" in sentence
    assert str(tmp_path) not in sentence


def test_its_last_lines_are_told_and_outlive_one_that_ends_without_a_word():
    part = Part(
        "the sampler", [sys.executable, "-c", "import sys; sys.exit('no \\x1b[31mdisk')"], Terminal(1)
    )
    part.start(0.0)
    part.process.wait()
    assert part.has_ended(0.0)
    part._command = [sys.executable, "-c", ""]
    part.start(1.0)
    part.process.wait()
    assert part.has_ended(1.0)
    assert part.ending().said == ("no [31mdisk",)

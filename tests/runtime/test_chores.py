"""Chores: in their order, each at its pace, and of the long ones one a tick."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.runtime.chores import Chore, Chores


class Stage:
    """Chores on a clock that the test moves, which note what they did."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.done: list[str] = []
        self.is_allowed = True

    def does(self, name: str, more: bool = False) -> Callable[[], bool]:
        """Work that is noted."""
        return lambda: self.done.append(name) or more

    def forbids(self) -> None:
        """Work after which none is allowed."""
        self.is_allowed = False

    def chores(self, *chores: Chore) -> Chores:
        return Chores(chores, lambda work: work(), lambda: self.is_allowed, lambda: self.now)

    def tick(self, chores: Chores, after: float = 1.0) -> list[str]:
        """What a tick so many seconds later does."""
        self.now += after
        self.done.clear()
        chores.run()
        return self.done


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_each_comes_at_its_pace_and_in_order(stage: Stage) -> None:
    chores = stage.chores(Chore(stage.does("always")), Chore(stage.does("seldom"), 20.0))
    assert stage.tick(chores) == ["always", "seldom"]
    assert stage.tick(chores, 19.9) == ["always"]
    assert stage.tick(chores, 0.1) == ["always", "seldom"]


def test_one_long_chore_a_tick_is_enough(stage: Stage) -> None:
    chores = stage.chores(
        Chore(stage.does("prune"), 20.0, is_long=True), Chore(stage.does("roll up"), 20.0, is_long=True)
    )
    assert [stage.tick(chores)[:] for _ in range(3)] == [["prune"], ["roll up"], []]


def test_a_chore_with_more_to_do_comes_at_the_next_tick(stage: Stage) -> None:
    chores = stage.chores(Chore(stage.does("roll up", more=True), 20.0, is_long=True))
    assert [stage.tick(chores)[:] for _ in range(3)] == [["roll up"]] * 3


def test_a_chore_is_not_done_before_it_is_due_for_the_first_time(stage: Stage) -> None:
    chores = stage.chores(Chore(stage.does("beat"), 60.0, due=stage.now + 15.0))
    assert [stage.tick(chores, after)[:] for after in (14.0, 1.0, 59.0, 1.0)] == [[], ["beat"], [], ["beat"]]


def test_what_one_forbids_the_next_does_not_do(stage: Stage) -> None:
    chores = stage.chores(Chore(stage.forbids), Chore(stage.does("prune")))
    assert stage.tick(chores) == []

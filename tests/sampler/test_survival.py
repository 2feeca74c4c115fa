"""Survival of steps: the chores of the sampler go on whatever one of them raises."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError

from monitor.runtime.chores import Chore, Chores
from monitor.sampler.survival import Survival


class Stage:
    """Chores on a clock that the test moves, which note what they did."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.done: list[str] = []
        self.distrusted: list[str] = []
        self.survival = Survival(self.distrusted.append, lambda: self.now)

    def does(self, name: str, more: bool = False) -> Callable[[], bool]:
        """Work that is noted."""
        return lambda: self.done.append(name) or more

    def chores(self, *chores: Chore) -> Chores:
        return Chores(chores, self.survival.of, lambda: not self.distrusted, lambda: self.now)

    def tick(self, chores: Chores, after: float = 1.0) -> list[str]:
        """What a tick so many seconds later does."""
        self.now += after
        self.done.clear()
        chores.run()
        return self.done


@pytest.fixture
def stage() -> Stage:
    return Stage()


def failing(error: Exception) -> Callable[[], None]:
    """Work that raises."""

    def work() -> None:
        raise error

    return work


@pytest.mark.parametrize(
    "error", [ValueError("nonsense"), OperationalError("locked"), InterfaceError("closed")]
)
def test_what_one_raises_starves_no_other(stage: Stage, error: Exception) -> None:
    chores = stage.chores(
        Chore(failing(error)), Chore(failing(error), is_long=True), Chore(stage.does("the rest"))
    )
    assert stage.tick(chores) == ["the rest"]
    assert stage.tick(chores) == ["the rest"]


def test_a_long_chore_that_always_fails_gives_way_to_the_others(stage: Stage) -> None:
    chores = stage.chores(
        Chore(failing(ValueError()), 20.0, is_long=True), Chore(stage.does("roll up"), is_long=True)
    )
    assert [stage.tick(chores)[:] for _ in range(2)] == [[], ["roll up"]]


def test_a_chore_that_fails_at_every_tick_is_logged_once_a_minute(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    chores = stage.chores(Chore(failing(ValueError("nonsense"))))
    for _ in range(61):
        stage.tick(chores)
    assert len([one for one in caplog.records if one.exc_info]) == 2


def test_damage_that_one_meets_keeps_the_next_from_writing(stage: Stage) -> None:
    damage = DatabaseError("database disk image is malformed")
    chores = stage.chores(Chore(failing(damage)), Chore(stage.does("prune")))
    assert stage.tick(chores) == []
    assert stage.distrusted == ["database disk image is malformed"]

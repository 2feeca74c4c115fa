"""Passing of time as it was seen: what may go for it, and what gives doubt."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.history.domain import passing
from monitor.history.domain.passing import CALM_MS, MOST_MS, Passing, looked
from tests.stages.clocks import SettableClocks

HOUR, DAY = 3600, 86_400


class Looker:
    """Somebody who looks at the clocks every 20 seconds."""

    def __init__(self) -> None:
        self.clocks = SettableClocks()
        self.boot = "one"
        self.seen: Passing | None = None

    def look(self) -> int:
        """How much may go after another look."""
        self.seen = looked(self.seen, self.boot, self.clocks())
        assert len(set(self.seen.credits)) == 1
        return self.seen.credits[0]

    def watch(self, seconds: int) -> int:
        """How much may go after so many seconds, in which somebody looked all the time."""
        for _ in range(seconds // 20):
            self.clocks.pass_by(20)
            self.look()
        return self.look()


@pytest.fixture
def looker() -> Looker:
    looker = Looker()
    looker.look()
    return looker


@pytest.fixture
def calm(looker: Looker) -> Looker:
    """One who has seen so much time pass that there is as much credit as there can be."""
    looker.watch(3 * HOUR)
    assert looker.look() == MOST_MS
    return looker


def test_in_the_first_hour_nothing_may_go_then_twice_what_passes(looker: Looker) -> None:
    assert looker.watch(HOUR) == 0
    assert looker.watch(600) == 2 * 600_000


def test_a_week_gives_no_more_than_what_may_go_at_once(calm: Looker) -> None:
    assert calm.watch(DAY) == MOST_MS


def test_looking_more_often_gives_no_more(looker: Looker) -> None:
    looker.watch(HOUR)
    for _ in range(1000):
        assert looker.look() == 0


def boots_anew(looker: Looker) -> None:
    """Another boot, whose clock of the boot shows more than that of the one before."""
    looker.boot = "two"
    looker.clocks.pass_by(60)


@pytest.mark.parametrize(
    "event",
    [
        lambda looker: looker.clocks.set_by(61),
        lambda looker: looker.clocks.set_by(20 * HOUR),
        lambda looker: looker.clocks.set_by(73 * 365 * DAY),
        lambda looker: looker.clocks.set_by(-61),
        lambda looker: looker.clocks.set_by(-56 * 365 * DAY),
        boots_anew,
        lambda looker: setattr(looker.clocks, "boottime", 5.0),
        lambda looker: looker.clocks.pass_by(DAY + 60),
    ],
)
def test_what_gives_doubt_begins_anew(calm: Looker, event: Callable[[Looker], None]) -> None:
    event(calm)
    assert calm.look() == 0
    assert calm.watch(HOUR) == 0
    assert calm.watch(600) == 2 * 600_000


def test_a_clock_that_goes_there_and_back_gives_doubt_twice(calm: Looker) -> None:
    calm.clocks.set_by(3 * DAY)
    calm.look()
    calm.watch(HOUR - 20)
    calm.clocks.set_by(-3 * DAY)
    assert calm.watch(HOUR) == 0


def test_a_pause_neither_gives_what_nobody_saw_nor_takes_what_was_seen(looker: Looker) -> None:
    looker.watch(HOUR + 600)
    looker.clocks.pass_by(10 * HOUR)
    assert looker.look() == 2 * (600_000 + passing.LONGEST_LOOK_MS)


def test_a_clock_that_creeps_gives_no_more_than_what_passed(looker: Looker) -> None:
    looker.watch(HOUR)
    for _ in range(30):
        looker.clocks.pass_by(20)
        looker.clocks.set_by(55)
        looker.look()
    assert looker.look() == 2 * 600_000


def test_doubt_says_why(calm: Looker) -> None:
    assert calm.seen is not None
    calm.clocks.set_by(-90)
    assert passing.doubt(calm.seen, "one", calm.clocks()) == "the clock was set by -90 s"
    assert passing.doubt(calm.seen, "two", calm.clocks()) == "the machine was booted"
    assert calm.seen.calm_ms == CALM_MS

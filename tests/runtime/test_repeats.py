"""Repeats of what goes on failing: told at once, and then once a minute."""

from monitor.runtime.repeats import Repeats


def test_a_failure_is_told_at_once_and_then_once_a_minute() -> None:
    now = [0.0]
    repeats = Repeats(lambda: now[0])
    told = []
    for second in range(121):
        now[0] = float(second)
        if repeats.is_due("disk"):
            told.append(second)
    assert told == [0, 60, 120]


def test_one_failure_does_not_hide_another() -> None:
    repeats = Repeats(lambda: 5.0)
    assert [repeats.is_due("disk"), repeats.is_due("network"), repeats.is_due("disk")] == [True, True, False]


def test_what_fails_again_after_it_was_over_is_told_at_once() -> None:
    repeats = Repeats(lambda: 5.0)
    assert not repeats.end("disk")
    repeats.is_due("disk")
    assert repeats.end("disk")
    assert repeats.is_due("disk")


def test_how_often_it_was_held_back_is_told_once() -> None:
    repeats = Repeats(lambda: 5.0)
    for _ in range(4):
        repeats.is_due("disk")
    assert [repeats.more("disk"), repeats.more("disk"), repeats.more("network")] == [3, 0, 0]


def test_what_was_told_a_minute_ago_is_over() -> None:
    now = [0.0]
    repeats = Repeats(lambda: now[0])
    repeats.is_due("disk")
    now[0] = 59.0
    repeats.is_due("network")
    assert repeats.over() == []
    now[0] = 60.0
    assert repeats.over() == ["disk"]
    assert len(repeats) == 1

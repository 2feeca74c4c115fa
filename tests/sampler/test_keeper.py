"""The keeper: a thread that may hang, while whoever started it goes on."""

from __future__ import annotations

import threading

from monitor.sampler.keeper import Keeper

PATIENCE = 60.0


def test_it_works_when_woken_and_ends_in_order() -> None:
    deeds: list[str] = []
    worked = threading.Event()

    def work() -> None:
        deeds.append("work")
        worked.set()

    keeper = Keeper(lambda: deeds.append("begin"), work, lambda: deeds.append("end"), lambda: PATIENCE)
    keeper.start()
    keeper.wake()
    assert worked.wait(PATIENCE)
    assert keeper.end(PATIENCE)
    assert (deeds[:2], deeds[-1]) == (["begin", "work"], "end")


def test_one_that_hangs_is_left_behind() -> None:
    free, hangs = threading.Event(), threading.Event()

    def work() -> None:
        hangs.set()
        free.wait(PATIENCE)

    keeper = Keeper(lambda: None, work, lambda: None, lambda: PATIENCE)
    keeper.start()
    keeper.wake()
    assert hangs.wait(PATIENCE)
    assert not keeper.end(0.01)
    free.set()
    assert keeper.end(PATIENCE)

"""Memory is given back after something large, and not all the time."""

from monitor.web.front.memory import Trimmer, share_arenas


def test_the_heap_is_trimmed_after_something_large_and_once_more_when_it_is_over() -> None:
    now, trims = [100.0], []
    trimmer = Trimmer(lambda: now[0], trims.append)
    assert not trimmer.run()
    trimmer.note()
    done = []
    for _ in range(30):
        done.append(trimmer.run())
        now[0] += 2.0
    assert sum(done) == len(trims) == 2


def test_the_real_one_works_on_this_machine() -> None:
    share_arenas()
    trimmer = Trimmer()
    trimmer.note()
    trimmer.run()

"""Memory is given back after something large, and not all the time."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

from monitor.web.front.memory import Trimmer, settle, share_arenas


def test_the_heap_is_trimmed_after_something_large_and_once_more_when_it_is_over() -> None:
    now, trims = [100.0], []
    trimmer = Trimmer(lambda: now[0], lambda: trims.append(now[0]))
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


def test_threads_of_answers_that_nobody_read_end_with_it() -> None:
    class Answer:
        """An answer that holds itself alive, as one that was cancelled does."""

    answer = Answer()
    answer.itself = answer
    answer.executor = ThreadPoolExecutor(max_workers=1)
    answer.executor.submit(int).result()
    (thread,) = answer.executor._threads
    gone = weakref.ref(answer)
    gc.disable()
    try:
        del answer
        trimmer = Trimmer()
        trimmer.note()
        assert gone() is not None
        assert trimmer.run()
        assert gone() is None
    finally:
        gc.enable()
    thread.join(60)
    assert not thread.is_alive()


def test_what_the_start_made_is_not_looked_at_again() -> None:
    try:
        settle()
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()

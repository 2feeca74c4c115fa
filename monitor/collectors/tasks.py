"""Looks at the tasks of processes: thread by thread for those that matter, and for those that may hide who waits."""

from __future__ import annotations

from collections.abc import Container, Iterator

from monitor.collectors.domain.usage import Seen
from monitor.collectors.one_pass import Pass
from monitor.collectors.process_source import Source

MOST_THREADS = 300
MOST_THREADS_OF_ONE = 100
MOST_LOOKED_FURTHER = 30
"""Processes whose threads are looked at only because more tasks wait, by what the kernel tells, than were found."""

NOBODY: Container[int] = ()


def look_at_tasks(source: Source, chosen: list[Seen], found: Pass) -> Iterator[None]:
    """Look at the tasks of `chosen`; yields after each process."""
    left = MOST_THREADS
    for seen in chosen:
        if seen.threads > 1 and left <= 0:
            continue
        count = _look_at(source, seen, found, left)
        left -= count if seen.threads > 1 else 0
        yield None


def look_further(
    source: Source, chosen: list[Seen], found: Pass, likely: Container[int] = NOBODY
) -> Iterator[None]:
    """Find threads that wait in processes whose main thread does not; those are added to `chosen`.

    likely: the processes in which such were found the last time. They are looked at first, and whatever the kernel tells:
    the load average follows slowly, and what runs changes from look to look.
    """
    lacking = found.lacking()
    others = [seen for seen in found.now.values() if seen.threads > 1 and seen.pid not in found.states]
    left = MOST_THREADS

    def promising(seen: Seen) -> tuple[bool, int]:
        return seen.pid in likely, seen.threads

    for seen in sorted(others, key=promising, reverse=True)[:MOST_LOOKED_FURTHER]:
        if left <= 0 or (lacking <= 0 and seen.pid not in likely):
            return
        left -= _look_at(source, seen, found, left)
        waiting = len(found.waits.get(seen.pid, ()))
        lacking -= waiting + found.states.get(seen.pid, []).count("R")
        if waiting:
            chosen.append(seen)
        yield None


def _look_at(source: Source, seen: Seen, found: Pass, left: int) -> int:
    """Keep the states of the tasks of one process; return how many there were."""
    tasks = source.tasks(seen, min(MOST_THREADS_OF_ONE, max(1, left)))
    if tasks:
        found.states[seen.pid] = [state for state, _ in tasks]
        found.waits[seen.pid] = tuple(place for state, place in tasks if state == "D")
    return len(tasks)

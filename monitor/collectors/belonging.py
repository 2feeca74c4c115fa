"""Belonging of processes: whose each of them is by itself, decided once while it lives and calls itself the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from monitor.collectors.domain.consumers import descends, known_of, of_process, own_consumer
from monitor.collectors.domain.usage import Seen
from monitor.metrics.snapshot import Details
from monitor.metrics.usage import Consumer
from monitor.runtime.name import OTHERS

MOST_NAMES = 8_192


class Whose(NamedTuple):
    """Whose a process is, and by what that was told. is_own: it is one of loadmon's."""

    started: float
    name: str
    details: Details | None
    is_own: bool
    consumer: Consumer


class Belonging:
    """Whose the processes of one scan are: `begin`, then `of` for each, then `end`. own_pid: of the sampler."""

    def __init__(self, own_pid: int) -> None:
        self._own_pid = own_pid
        self._before: dict[int, Whose] = {}
        self._found: dict[int, Whose] = {}
        self._same: dict[Consumer, Consumer] = {}

    def begin(
        self, now: Mapping[int, Seen], details: Mapping[int, Details], name: Callable[[Seen], str]
    ) -> None:
        """Begin with the processes of one scan; details, name: as they were looked up."""
        self._now, self._details, self._name = now, details, name
        itself = now.get(self._own_pid)
        above = None if itself is None else now.get(itself.parent)
        self._roots = {self._own_pid, above.pid} if above and above.name in OTHERS else {self._own_pid}
        self._user = details[self._own_pid].user if self._own_pid in details else None
        self._found = {}
        if len(self._same) > MOST_NAMES:
            self._same = {}

    def of(self, seen: Seen) -> Whose:
        """Whose one process is."""
        known, details = self._before.get(seen.pid), self._details.get(seen.pid)
        if (
            known is None
            or known.details is not details
            or known.started != seen.started
            or known.name != seen.name
        ):
            known = self._decide(seen, details)
        self._found[seen.pid] = known
        return known

    def end(self) -> None:
        """Forget all that were not there."""
        self._before = self._found

    def _decide(self, seen: Seen, details: Details | None) -> Whose:
        is_own = not seen.is_kernel and (
            descends(seen, self._now, self._roots)
            or (
                seen.name in OTHERS
                and details is not None
                and details.user is not None
                and details.user == self._user
            )
        )
        if is_own:
            consumer = own_consumer(seen)
        else:
            consumer = of_process(seen, self._name(seen), known_of(seen, self._now, self._details))
        return Whose(seen.started, seen.name, details, is_own, self._same.setdefault(consumer, consumer))

"""Lookups of who a process belongs to: made for those that matter first, and kept while it lives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from monitor.collectors.domain.usage import Seen
from monitor.collectors.process_source import Source
from monitor.metrics.snapshot import Details

MOST_LOOKUPS = 150
"""Processes whose unit and user are looked up in one scan, those that matter first; the others follow in later ones."""

LOOK_AGAIN_SECONDS = 60.0


class _Known(NamedTuple):
    """What was looked up, of which process, and when by the clock of Seen."""

    started: float
    at: float
    details: Details


class Lookups:
    """What is known of the processes of one source, by pid."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: dict[int, _Known] = {}

    def look_up(self, chosen: list[Seen], now: Mapping[int, Seen], at: float) -> Iterator[None]:
        """Look at what matters, and at as many others as there is room for; yields after each process."""
        self._known = {
            pid: known
            for pid, known in self._known.items()
            if pid in now and now[pid].started == known.started
        }
        first = [seen for seen in chosen if self._is_stale(seen, at)]
        others = [seen for pid, seen in now.items() if pid not in self._known]
        for seen in list({each.pid: each for each in [*first, *others]}.values())[:MOST_LOOKUPS]:
            self._known[seen.pid] = _Known(seen.started, at, self._source.details(seen))
            yield None

    def details(self) -> dict[int, Details]:
        """Unit or container and user, of those that were looked up."""
        return {pid: known.details for pid, known in self._known.items()}

    def _is_stale(self, seen: Seen, at: float) -> bool:
        known = self._known.get(seen.pid)
        return known is None or at - known.at >= LOOK_AGAIN_SECONDS

"""Timeline of one host: gives each reading a millisecond of its own, for its row is known by that.

A clock that is set back goes through an hour again, and one reading in a thousand comes at the very millisecond of an
older one. It is placed at the next free one, before it is evaluated, so that sample, alert and frame tell the same.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from dataclasses import replace

from django.db import DatabaseError, InterfaceError
from django.db.models import Max

from monitor.history.models import Sample
from monitor.hosts.models import Host
from monitor.metrics.gaps import GapSpec
from monitor.metrics.report import Report

AT_ONCE_MS = 1000
AHEAD_MS = 120_000


class Timeline:
    """Which milliseconds of one host are taken. Asks the database only while the clock is behind the latest one.

    Who must not wait for the database places by what `look_ahead` has learned, which another thread calls; a millisecond
    that nobody knew to be taken is found as the reading is stored.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        rows = Sample.objects.filter(host=host)
        self._latest_ms: int = rows.aggregate(latest=Max("taken_at_ms"))["latest"] or 0
        self._before: dict[int, int] = {}  # the last reading: by its clock, and as placed
        self._ahead: tuple[int, int, frozenset[int]] = (
            0,
            0,
            frozenset(),
        )  # from, to, and what is taken between

    def place(self, report: Report, waiting: Collection[int], is_asking: bool = True) -> Report:
        """`report` with its reading, and the gaps that begin or end with one, where they are stored.

        waiting: the milliseconds of readings that are not stored yet. is_asking: the database may be asked.
        """
        at_ms = report.reading.taken_at_ms
        is_new = at_ms > self._latest_ms and at_ms not in waiting
        placed = at_ms if is_new else self.free(at_ms, waiting, is_asking)
        self._latest_ms = max(self._latest_ms, placed)
        places = self._before | {at_ms: placed}
        self._before = {at_ms: placed}
        if all(ms == place for ms, place in places.items()):  # nearly always
            return report
        gaps = tuple(_moved(gap, places) for gap in report.gaps)
        return replace(report, reading=replace(report.reading, taken_at_ms=placed), gaps=gaps)

    def look_ahead(self, at_ms: int) -> None:
        """While the clock is behind, learn what is taken in the two minutes after `at_ms`; raises what Django raises."""
        start, end, _ = self._ahead
        if at_ms >= self._latest_ms or start <= at_ms < end - AHEAD_MS // 2:
            return
        end = at_ms + AHEAD_MS
        rows = Sample.objects.filter(host=self._host, taken_at_ms__range=(at_ms, end))
        self._ahead = (at_ms, end, frozenset(rows.values_list("taken_at_ms", flat=True)))

    def free(self, at_ms: int, waiting: Collection[int], is_asking: bool = True) -> int:
        """The first millisecond from `at_ms` on that is not taken, as far as the database can tell, or told before."""
        while True:
            taken = (self._taken(at_ms) if is_asking else set(self._ahead[2])).union(waiting)
            for ms in range(at_ms, at_ms + AT_ONCE_MS):
                if ms not in taken:
                    return ms
            at_ms += AT_ONCE_MS

    def _taken(self, from_ms: int) -> set[int]:
        rows = Sample.objects.filter(host=self._host, taken_at_ms__range=(from_ms, from_ms + AT_ONCE_MS - 1))
        with contextlib.suppress(DatabaseError, InterfaceError):  # the door meets it, and tells it
            return set(rows.values_list("taken_at_ms", flat=True))
        return set()


def _moved(gap: GapSpec, places: dict[int, int]) -> GapSpec:
    start = places.get(gap.start_ms, gap.start_ms)
    return replace(gap, start_ms=start, end_ms=max(start, places.get(gap.end_ms, gap.end_ms)))

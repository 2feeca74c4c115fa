"""Overloads of a host: when it was overloaded, how often, how long; the same answer whatever span is asked for.

Each part of the past is read from the finest tier that is kept of it, never from what a chart would draw. Nothing here
belongs inside a transaction.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.history import overloaded, spans
from monitor.history.domain.episodes import Episode, Found
from monitor.history.domain.tiers import HOUR, NAMES
from monitor.history.spans import Segment
from monitor.hosts.models import Host
from monitor.metrics.quantities import span
from monitor.metrics.reading import longest_step

HOUR_MS = HOUR * 1000
MOST_EPISODES = 1000
WIDER = 4


@dataclass(frozen=True, slots=True)
class Overloads:
    """The episodes of `host` that touch [start, end), each told whole, oldest first; the future is no part of it.

    last: the newest that began before the end, however long ago. parts: which tier each part of the span was read from.
    ongoing: whether the last one goes on.
    """

    host: Host
    start_ms: int
    end_ms: int
    oldest_ms: int | None
    parts: list[Segment]
    episodes: list[Episode]
    last: Episode | None
    ongoing: bool
    unknown_ms: int

    @property
    def told(self) -> list[Episode]:
        """The newest of them."""
        return self.episodes[-MOST_EPISODES:]

    @property
    def total_ms(self) -> int:
        """How long they were together, each as a whole."""
        return sum(one.end_ms - one.start_ms for one in self.episodes)

    @property
    def within_ms(self) -> int:
        """How much of the span they take."""
        return sum(min(one.end_ms, self.end_ms) - max(one.start_ms, self.start_ms) for one in self.episodes)

    @property
    def notes(self) -> list[str]:
        """What could not be seen, a sentence for each coarse part."""
        return [_note(*part) for part in self.parts if part[0]]


def overloads(host: Host, start_ms: int, end_ms: int, now_ms: int) -> Overloads:
    """The overloads of `host` in [start, end)."""
    end_ms = max(start_ms, min(end_ms, now_ms + 1))
    walk = _Walk(host, spans.finest(host, 0, now_ms + 1), start_ms, end_ms)
    walk.widen()
    touching = walk.touching()
    last = touching[-1] if touching else walk.last()
    return Overloads(
        host, start_ms, end_ms, walk.oldest_ms, walk.parts(), touching, last,
        ongoing=last is not None and walk.goes_on(last, now_ms),
        unknown_ms=walk.found.unknown_ms(start_ms, end_ms),
    )  # fmt: skip


class _Walk:
    """Reads the past from a span outwards, until what is told of it cannot go on beyond what was read."""

    def __init__(self, host: Host, plan: list[Segment], start_ms: int, end_ms: int) -> None:
        self._host = host
        self._plan = plan
        self._span = (start_ms, end_ms)
        self._longest_ms = round(longest_step(host.interval) * 1000)
        self._reach_ms = max((end for _, _, end in plan), default=end_ms)
        self.oldest_ms = min((start for _, start, _ in plan), default=None)
        self._lo = self._hi = start_ms - start_ms % HOUR_MS - HOUR_MS
        self.found = Found(self._longest_ms)
        self._read(self._lo, end_ms - end_ms % HOUR_MS + 2 * HOUR_MS)

    def widen(self) -> None:
        """Read on at both ends while an episode of the span may reach beyond."""
        width = HOUR_MS
        while not self._is_whole(first=True):
            width *= WIDER
            self._read_earlier(width)
        width = HOUR_MS
        while not self._is_whole(first=False):
            width *= WIDER
            self._read(self._hi, self._hi + width)

    def touching(self) -> list[Episode]:
        """The episodes that touch the span."""
        start_ms, end_ms = self._span
        return [one for one in self.found.episodes() if one.end_ms > start_ms and one.start_ms < end_ms]

    def last(self) -> Episode | None:
        """The newest episode that began before the span's end, read from as far back as it takes."""
        width = HOUR_MS
        while self._has_earlier:
            before = self._before()
            if before is not None and self.found.is_settled(self._lo, before.start_ms):
                break
            width *= WIDER
            self._read_earlier(width)
        return self._before()

    def goes_on(self, episode: Episode, now_ms: int) -> bool:
        """Whether an episode is not over at `now_ms`."""
        known = max((end for _, end in self.found.known), default=0)
        is_newest = self._hi > now_ms and now_ms - known <= self._longest_ms
        return is_newest and not self.found.is_settled(known, episode.end_ms)

    def parts(self) -> list[Segment]:
        """The tiers that the span was read from."""
        start_ms, end_ms = self._span
        cut = [(one, max(begin, start_ms), min(end, end_ms)) for one, begin, end in self._plan]
        return [part for part in cut if part[1] < part[2]]

    @property
    def _has_earlier(self) -> bool:
        return self.oldest_ms is not None and self._lo > self.oldest_ms

    def _before(self) -> Episode | None:
        return max(
            (one for one in self.found.episodes() if one.start_ms < self._span[1]),
            key=lambda one: one.start_ms,
            default=None,
        )

    def _is_whole(self, *, first: bool) -> bool:
        """Whether the first, or the last, episode of the span cannot go on beyond what was read."""
        if not (self._has_earlier if first else self._hi < self._reach_ms):
            return True
        episodes = self.touching()
        if not episodes:
            return True
        if first:
            return self.found.is_settled(self._lo, episodes[0].start_ms)
        return self.found.is_settled(self._hi, episodes[-1].end_ms)

    def _read_earlier(self, width_ms: int) -> None:
        self._read(self._lo - width_ms, self._lo)

    def _read(self, start_ms: int, end_ms: int) -> None:
        """Take in what the tiers tell of [start, end), which lies beside what was read; both are whole hours."""
        for resolution, begin, end in self._plan:
            first, last = max(start_ms, begin), min(end_ms, end)
            if first < last:
                self.found.add(overloaded.found(self._host, resolution, first, last, self._longest_ms))
        self._lo, self._hi = min(self._lo, start_ms), max(self._hi, end_ms)


def _note(resolution: int, start_ms: int, end_ms: int) -> str:
    return (
        f"For {span((end_ms - start_ms) / 1000)} of this only {NAMES[resolution]} means are kept: there the load counts by "
        "its highest value, the CPU and stalls by their mean, and an episode is as long as the buckets that it touches."
    )

"""Pruning of the history by a running sampler: what grew old goes as time passes, and what is too much as it is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from monitor.collectors.host import identity
from monitor.history import freshness, passing, retention, rollups, sizelimit
from monitor.hosts.models import Host
from monitor.metrics.gaps import Clocks
from monitor.metrics.times import at_ms
from monitor.sampler import clocks
from monitor.usage import retention as usage
from monitor.usage import settling
from monitor.usage.cleaning import Cleaning

LEFT_ALONE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Pruned:
    """What one step removed; over_limit: the database is larger than it may be. has_more: the next step is due at once."""

    rows: int
    over_limit: bool
    has_more: bool


class Pruning:
    """Lets the oldest history go, step by step; a wrong date must not empty the database."""

    def __init__(
        self, read_clocks: Callable[[], Clocks] = clocks.read, boot_id: Callable[[], str] | None = None
    ) -> None:
        self._read_clocks = read_clocks
        self._boot_id = boot_id or (lambda: identity().boot_id)
        self._cleaning = Cleaning()
        self._was_over = False
        self._left: list[Host] = []  # nothing samples them; each step takes one of them in
        self._heard: dict[
            int, tuple[int, float]
        ] = {}  # of each host its newest sample, and when it was seen first

    def step(self, host: Host) -> Pruned:
        """Delete a batch of what is too old of `host`, and of one that nothing samples; then keep the size limit."""
        now = self._read_clocks()
        others = self.left_alone(host, now)
        self._left = [one for one in self._left if one in others] or list(others)
        turn = [self._left.pop()] if self._left else []
        for one in turn:
            rollups.roll_up(one, is_left=True)
            settling.settle(one, growing=None)
        rows = sum(
            retention.prune(passing.look(host, one, self._boot_id(), now), now.wall_ms)
            for one in [host, *turn]
        )
        going = sum(usage.prune(one) for one in [host, *turn])  # before it is looked how much is left
        if not going:
            for one in [host, *turn]:
                self._cleaning.step(one)
        if not going and self._was_over:
            going = sum(usage.prune(one) for one in others)
        shortening = (
            [] if going else [host, *others]
        )  # what hangs on the samples that went goes before more of them
        kept = sizelimit.keep(shortening, host.interval / 5)
        self._was_over = kept.over
        return Pruned(rows + kept.rows, kept.over, kept.has_more or going > 0)

    def left_alone(self, host: Host, now: Clocks) -> list[Host]:
        """The hosts beside `host` that nothing samples: made up, imported or stopped ones, and those of which nothing
        has arrived for ten minutes, by a clock that nobody can set."""
        others = list(Host.objects.exclude(pk=host.pk).order_by("pk"))
        newest = freshness.newest_of(others)
        for one in others:
            newest_id = newest[one.pk].id if one.pk in newest else 0
            if self._heard.get(one.pk, (None, 0.0))[0] != newest_id:
                self._heard[one.pk] = newest_id, now.boottime
        return [one for one in others if _rests(one) or self._unheard(one, now) >= LEFT_ALONE_SECONDS]

    def _unheard(self, host: Host, now: Clocks) -> float:
        return now.boottime - self._heard[host.pk][1]


def _rests(host: Host) -> bool:
    """Whether `host` says itself that nothing samples it."""
    started, stopped = at_ms(host.sampler_started_at), at_ms(host.sampler_stopped_at)
    return host.is_synthetic or started is None or (stopped is not None and stopped >= started)

"""Freshness of samples: which one of a host is the newest, when it was taken, and whether its sampler runs.

The newest is the one stored last, whatever the clock said when it was taken: clocks are set.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from monitor.history import arrivals
from monitor.history.answers import Sampler
from monitor.history.domain import age
from monitor.hosts.models import Host
from monitor.metrics.quantities import span
from monitor.metrics.reading import longest_step
from monitor.metrics.times import at_ms

STARTING_SECONDS = 15.0

AHEAD = (
    "The newest sample lies {} ahead of this clock, which was set back, or is another one: how old it is, and whether "
    "the sampler runs, is not known."
)
OF_ITSELF = ("state", "message", "waiting", "dropped", "failing", "lateness_ms")


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest sample of a host: its id, when it was taken (ms, by the host's clock), the host's interval (s)."""

    id: int
    taken_at_ms: int
    interval: float

    def age(self, now_ms: int) -> float | None:
        """Seconds since it was taken; None where its time lies ahead, so that nobody can know."""
        return age.age(self.taken_at_ms, now_ms)

    def ahead(self, now_ms: int) -> float:
        """Seconds by which its time lies ahead of `now_ms`; 0 where its age is known."""
        return (self.taken_at_ms - now_ms) / 1000 if self.age(now_ms) is None else 0.0

    def is_fresh(self, now_ms: int, grace: float = 0.0) -> bool:
        """Whether it is no older than three intervals, or five seconds, and `grace` seconds more."""
        known = self.age(now_ms)
        return known is not None and known <= longest_step(self.interval) + grace


def newest(host: Host) -> Newest | None:
    """The newest sample of `host`; None where there is none."""
    return newest_of([host]).get(host.pk)


def newest_of(hosts: Collection[Host]) -> dict[int, Newest]:
    """The newest sample of each of `hosts` that has any, by the host's id: a few queries for all of them."""
    found = arrivals.newest(hosts, ("id", "taken_at_ms"))
    return {
        one.pk: Newest(found[one.pk][0], found[one.pk][1], one.interval) for one in hosts if one.pk in found
    }


def sampler_state(host: Host, now_ms: int, told: dict[str, Any] | None = None) -> Sampler:
    """How the sampler of `host` fares: what it `told` itself, unless its samples have stopped since.

    waiting, dropped and lateness_ms are None where only the sampler could tell, failing where it does not run.
    """
    last = newest(host)
    state, message = _stored_state(host, now_ms, last)
    failing = host.failing if state == "running" else None
    found = Sampler(
        state=state, message=message, waiting=None, dropped=None, failing=failing, lateness_ms=None,
        last_sample_at=None if last is None else last.taken_at_ms,
        last_sample_age_seconds=None if last is None else last.age(now_ms),
    )  # fmt: skip
    if told and (state == "running" or told.get("state") == "storing_failed"):
        known: Any = {name: told[name] for name in OF_ITSELF if name in told}
        found.update(known)
    return found


def _stored_state(host: Host, now_ms: int, last: Newest | None) -> tuple[str, str]:
    """The sampler's state as far as the database tells, with a sentence where it is not running."""
    if host.is_synthetic:
        return "stopped", "This is made-up history: nothing of it was measured."
    started, stopped = at_ms(host.sampler_started_at), at_ms(host.sampler_stopped_at)
    if stopped is not None and stopped >= (started or 0):
        return "stopped", "The sampler was stopped."
    if last is not None and last.is_fresh(now_ms):
        return "running", ""
    patience = max(STARTING_SECONDS, 2 * host.interval)  # the first sample comes after one interval
    since_start = age.age(started, now_ms)
    if since_start is not None and since_start < patience:
        return "starting", ""
    if last is None:
        return "stopped", "No sample has been stored yet."
    if (silent := last.age(now_ms)) is None:
        return "unknown", AHEAD.format(span(last.ahead(now_ms)))
    return "stopped", f"No sample for {span(silent)}: the sampler does not run, or cannot store."

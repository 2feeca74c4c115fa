"""Freshness of samples: when the newest one of a host was taken, and whether its sampler runs."""

from __future__ import annotations

from typing import Any

from monitor.history.answers import Sampler
from monitor.history.models import Sample
from monitor.hosts.models import Host
from monitor.metrics.quantities import span
from monitor.metrics.reading import longest_step
from monitor.metrics.times import at_ms

STARTING_SECONDS = 15.0

OF_ITSELF = ("state", "message", "waiting", "dropped", "failing", "lateness_ms")


def sampler_state(host: Host, now_ms: int, told: dict[str, Any] | None = None) -> Sampler:
    """How the sampler of `host` fares: what it `told` itself, unless its samples have stopped since.

    waiting, dropped, failing and lateness_ms are None where only the sampler could tell.
    """
    newest = newest_at(host)
    state, message = _stored_state(host, now_ms, newest)
    found = Sampler(
        state=state, message=message, waiting=None, dropped=None, failing=None, lateness_ms=None, last_sample_at=newest
    )  # fmt: skip
    if told and (state == "running" or told.get("state") == "storing_failed"):
        known: Any = {name: told[name] for name in OF_ITSELF if name in told}
        found.update(known)
    return found


def newest_at(host: Host) -> int | None:
    """When the newest sample of `host` was taken."""
    rows = Sample.objects.as_stored(host).order_by("-pk")
    return rows.values_list("taken_at_ms", flat=True).first()


def is_fresh(host: Host, now_ms: int) -> bool:
    """Whether the newest sample of `host` is no older than three intervals, or five seconds."""
    newest = newest_at(host)
    return newest is not None and abs(now_ms - newest) <= longest_step(host.interval) * 1000


def _stored_state(host: Host, now_ms: int, newest: int | None) -> tuple[str, str]:
    """The sampler's state as far as the database tells, with a sentence where it is not running."""
    if host.is_synthetic:
        return "stopped", "This is made-up history: nothing of it was measured."
    started, stopped = at_ms(host.sampler_started_at), at_ms(host.sampler_stopped_at)
    if stopped is not None and stopped >= (started or 0):
        return "stopped", "The sampler was stopped."
    if newest is not None and now_ms - newest <= longest_step(host.interval) * 1000:
        return "running", ""
    patience = max(STARTING_SECONDS, 2 * host.interval)  # the first sample comes after one interval
    if started is not None and now_ms - started < patience * 1000:
        return "starting", ""
    if newest is None:
        return "stopped", "No sample has been stored yet."
    age = span((now_ms - newest) / 1000)
    return "stopped", f"No sample for {age}: the sampler does not run, or cannot store."

"""Answer of the history API: the numbers of a span with its alerts and load tests."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.history import percentiles, spans
from monitor.history.spans import numbers
from monitor.hosts.models import Host
from monitor.web.dashboard import episodes
from monitor.web.history.schemas import History


def between(
    host: Host,
    metrics: Sequence[str],
    start_ms: int,
    end_ms: int,
    points: int,
    now_ms: int,
    *,
    with_percentiles: bool = False,
) -> History:
    """The history of `host` over [start, end) in at most `points` buckets, with the alerts and load tests in it."""
    found = numbers(host, metrics, start_ms, end_ms, points, now_ms)
    alerts, left_out = episodes.alerts_between(host, start_ms, end_ms)
    return {
        **(percentiles.added(host, found) if with_percentiles else found),
        "alerts": alerts,
        "alerts_left_out": left_out,
        "load_tests": episodes.load_tests_between(host, start_ms, end_ms),
    }


def is_settled(host: Host, span: History) -> bool:
    """Whether a span that `between` told can no longer change: its buckets are done, and what happened in it has ended."""
    end_ms = span["times"][-1] + span["resolution_seconds"] * 1000
    window_ms = span.get("percentile_seconds", span["resolution_seconds"]) * 1000
    end_ms = -(-end_ms // window_ms) * window_ms  # what comes in the last window changes its percentiles
    goes_on = any(one["resolved_at"] is None for one in span["alerts"])
    goes_on = goes_on or any(one["ended_at"] is None for one in span["load_tests"])
    return not goes_on and spans.is_done(host, span["tier_seconds"], max(end_ms, span["end_at"]))

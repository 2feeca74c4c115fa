"""Percentiles of a span: beside its numbers how each metric mostly was, from the rows of a tier."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from monitor.history import rows, spans
from monitor.history.answers import Numbers
from monitor.history.domain import bucketing, percentiles, tiers
from monitor.hosts.models import Host

WEEK_MS = 7 * 86_400_000


def is_long(start_ms: int, end_ms: int) -> bool:
    """Whether a span is above a week, so that its extremes say little of how it mostly was."""
    return end_ms - start_ms > WEEK_MS


def added(host: Host, numbers: Numbers) -> Numbers:
    """The numbers with p5 and p95 of each metric, one entry a point: of the window that the point lies in.

    A window holds whole points, as many as it takes for LEAST_ROWS rows of the tier that is read; null where fewer are
    known.
    """
    width, times = numbers["resolution_seconds"], numbers["times"]
    tier = spans.tier_for(host, numbers["start_at"], numbers["end_at"], percentiles.FINE_POINTS)
    length = percentiles.window(width, max(tier, tiers.MINUTE))
    if length is None:
        return numbers
    starts = bucketing.bucket_starts(times[0], times[-1] + width * 1000, length)
    metrics = list(numbers["series"])
    at_ms, columns = rows.columns(host, metrics, starts[0], starts[-1] + length * 1000, tier)
    windows = _windows(at_ms, starts, length * 1000)
    at = [(time - starts[0]) // (length * 1000) for time in times]
    series = {}
    for name, (means, weights) in zip(metrics, columns, strict=True):
        bands = [percentiles.band(means[first:last], weights[first:last]) for first, last in windows]
        shown = [bands[index] for index in at]
        series[name] = numbers["series"][name] | {
            "p5": [None if one is None else round(one.p5, 6) for one in shown],
            "p95": [None if one is None else round(one.p95, 6) for one in shown],
        }
    return {**numbers, "series": series, "percentile_seconds": length}


def _windows(times: Sequence[float], starts: range, length_ms: int) -> list[tuple[int, int]]:
    """Which rows, of these times, lie in each window: the first, and the one after the last."""
    edges = [bisect_left(times, edge) for edge in range(starts[0], starts[-1] + 2 * length_ms, length_ms)]
    return list(pairwise(edges))

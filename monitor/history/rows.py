"""Rows of a tier as they are stored, one by one, with finer ones where it does not hold everything yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.history import buckets, spans
from monitor.history.domain import bucketing, tiers
from monitor.hosts.models import Host

Row = Sequence[
    float | None
]  # its start and weight (ms), then the mean and the own weight of each metric, see buckets
Column = tuple[Row, Row]
"""The means and the weights (ms) of one metric, one entry a row; the mean is None where it is unknown."""


def columns(
    host: Host, metrics: Sequence[str], start_ms: int, end_ms: int, tier: int
) -> tuple[list[int], list[Column]]:
    """When each row of [start, end) begins, oldest first, and the columns of the metrics."""
    found: list[Row] = []
    for resolution, begin, end in tiers.segments(start_ms, end_ms, tier, spans.done_until(host)):
        if resolution:
            found += buckets.means(host, resolution, metrics, begin, end)
        else:
            found += _of_samples(host, metrics, begin, end)
    parts: list[Row] = list(zip(*found, strict=True)) or [()] * (2 + 2 * len(metrics))
    told = [(means, _weights(own, parts[1])) for means, own in zip(parts[2::2], parts[3::2], strict=True)]
    return [int(at or 0) for at in parts[0]], told


def _weights(own: Row, usual: Row) -> Row:
    if own.count(None) == len(own):
        return usual
    return [weight if one is None else one for one, weight in zip(own, usual, strict=True)]


def _of_samples(host: Host, metrics: Sequence[str], start_ms: int, end_ms: int) -> Iterator[Row]:
    """Samples as rows of a minute, as they will be once they are rolled up."""
    for start, bucket in buckets.of_samples(host, metrics, start_ms, end_ms, tiers.MINUTE).items():
        row: list[float | None] = [start, None]
        for at in range(0, len(bucket.parts), bucketing.PARTS):
            total, weight = bucket.parts[at : at + 2]
            row += (None if weight is None else total / weight, weight)
        yield row

"""CSV of history: read in pages, each one short query, so that neither a slow reader nor a long span holds anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from monitor.history.answers import Numbers
from monitor.history.models import Sample
from monitor.hosts.models import Host
from monitor.web.tables import Pages, Row, moment

PAGE = 1000
STATISTICS = ("mean", "low", "high", "p5", "p95")


def of_samples(host: Host, metrics: Sequence[str], start_ms: int, end_ms: int) -> Pages:
    """Every sample of [start, end), oldest first."""
    columns = ("taken_at_ms", "covered_ms", *metrics)
    span = Sample.objects.filter(host=host, taken_at_ms__lt=end_ms).order_by("taken_at_ms")

    def page(after_ms: int | None) -> tuple[list[Row], int | None]:
        after_ms = start_ms - 1 if after_ms is None else after_ms
        found = span.filter(taken_at_ms__gt=after_ms).values_list(*columns)[:PAGE]
        rows = [(moment(row[0]), *row) for row in found]
        return rows, rows[-1][1] if rows else None

    return ("time", "at_ms", "covered_ms", *metrics), page


def of_history(shape: Numbers) -> Pages:
    """A span as history.between tells it, a row a bucket."""
    told = {
        f"{name}_{one}": column
        for name, series in shape["series"].items()
        for one in STATISTICS
        if (column := series.get(one)) is not None
    }
    columns: list[Any] = list(told.values())

    def page(index: int | None) -> tuple[list[Row], int]:
        begin = index or 0
        chosen = range(begin, min(begin + PAGE, len(shape["times"])))
        times = shape["times"]
        return [(moment(times[at]), times[at], *(one[at] for one in columns)) for at in chosen], begin + PAGE

    return ("time", "at_ms", *told), page

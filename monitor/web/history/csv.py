"""CSV of history: read in pages, each one short query, so that neither a slow reader nor a long span holds anything."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from typing import Any

from asgiref.sync import sync_to_async

from monitor.history.answers import Numbers
from monitor.history.models import Sample
from monitor.hosts.models import Host
from monitor.metrics.times import moment as utc

PAGE = 1000
STATISTICS = ("mean", "low", "high")
Row = tuple[Any, ...]
Pages = tuple[Row, Callable[[Any], tuple[list[Row], Any]]]
"""The header, and a function from a key (None first) to a page of rows and the key of the next; no rows: the end."""


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
    header = [f"{name}_{one}" for name in shape["series"] for one in STATISTICS]
    columns = [
        column for one in shape["series"].values() for column in (one["mean"], one["low"], one["high"])
    ]

    def page(index: int | None) -> tuple[list[Row], int]:
        begin = index or 0
        chosen = range(begin, min(begin + PAGE, len(shape["times"])))
        times = shape["times"]
        return [(moment(times[at]), times[at], *(one[at] for one in columns)) for at in chosen], begin + PAGE

    return ("time", "at_ms", *header), page


def lines(pages: Pages) -> Iterator[bytes]:
    """The CSV in parts."""
    header, page = pages
    yield _encoded([header])
    rows, key = page(None)
    while rows:
        yield _encoded(rows)
        rows, key = page(key)


async def alines(pages: Pages) -> AsyncIterator[bytes]:
    """The same for an event loop, which would otherwise read all of it before it sends any."""
    header, page = pages
    yield _encoded([header])
    rows, key = await sync_to_async(page)(None)
    while rows:
        yield await sync_to_async(_encoded)(rows)
        rows, key = await sync_to_async(page)(key)


def moment(ms: int) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return utc(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _encoded(rows: Iterable[Row]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()

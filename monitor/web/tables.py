"""Tables as CSV: read in pages, each one short query, sent as they are read, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from monitor.hosts.models import Host
from monitor.metrics.text import plain
from monitor.metrics.times import moment as utc

OPENAPI: dict[str, Any] = {
    "responses": {200: {"description": "OK", "content": {"text/csv": {"schema": {"type": "string"}}}}}
}
FORMULA_STARTS = ("=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠")
BREAKS = ("\t", "\r", "\n")
Row = tuple[Any, ...]
Pages = tuple[Row, Callable[[Any], tuple[list[Row], Any]]]
"""The header, and a function from a key (None first) to a page of rows and the key of the next; no rows: the end."""


def lines(pages: Pages) -> Iterator[bytes]:
    """The CSV in parts."""
    header, page = pages
    yield encode([header])
    rows, key = page(None)
    while rows:
        yield encode(rows)
        rows, key = page(key)


async def alines(pages: Pages) -> AsyncIterator[bytes]:
    """The same for an event loop, which would otherwise read all of it before it sends any."""
    header, page = pages
    yield encode([header])
    rows, key = await sync_to_async(page)(None)
    while rows:
        yield await sync_to_async(encode)(rows)
        rows, key = await sync_to_async(page)(key)


def encode(rows: Iterable[Iterable[Any]]) -> bytes:
    """Rows as UTF-8 CSV; text that a spreadsheet would run as a formula gets an apostrophe before it."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([_safe(cell) for cell in cells] for cells in rows)
    return buffer.getvalue().encode("utf-8", "replace")


def answer(request: HttpRequest, pages: Pages, file_name: str) -> HttpResponseBase:
    """The answer that sends a table, to be saved under that name."""
    content = alines(pages) if isinstance(request, ASGIRequest) else lines(pages)
    response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    # Compressed piece by piece it would be many gzip members, of which browsers read only the first.
    response.headers["Content-Encoding"] = "identity"
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def file_name(host: Host, what: str, start_ms: int, end_ms: int) -> str:
    """As the page names its pictures, with times in UTC: "db-01_samples_2026-11-17T1100Z_2026-11-24T1100Z.csv"."""
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", host.name).strip("-") or "host"
    start, end = (moment(ms)[:16].replace(":", "") for ms in (start_ms, end_ms))
    return f"{name}_{what}_{start}Z_{end}Z.csv"


def moment(ms: int) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return utc(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _safe(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    text = plain(cell)
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) or text.startswith(BREAKS) else text

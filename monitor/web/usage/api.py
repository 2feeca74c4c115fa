"""Router of the JSON API for usage: who used a host over a span of time, as JSON and CSV."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from ninja import Query, Router

from monitor.runtime import clock
from monitor.web import schemas as web_schemas
from monitor.web import tables
from monitor.web.auth import READ_ERRORS, answer
from monitor.web.fields import host_of
from monitor.web.history.fields import span_of
from monitor.web.usage import answer as usage_answer
from monitor.web.usage import csv, fields, schemas

router = Router()


@router.get("/usage", url_name="usage", response=web_schemas.answers(schemas.Usage, READ_ERRORS))
def usage(request: HttpRequest, query: Query[fields.UsageQuery]) -> HttpResponse:
    """Who used the host over a span of time, heaviest first, in at most `points` buckets."""
    host = host_of(request, query)
    span = span_of(query, clock.now_ms())
    return answer(usage_answer.between(host, query, *span, fields.wanted(query, host)))


@router.get(
    "/usage.csv",
    url_name="usage_csv",
    response=web_schemas.refusals(READ_ERRORS),
    openapi_extra=tables.OPENAPI,
)
def usage_as_csv(request: HttpRequest, query: Query[fields.UsageQuery]) -> HttpResponseBase:
    """The same as a table: a row for each bucket and consumer; empty cells where nothing is known."""
    host = host_of(request, query)
    start_ms, end_ms = span_of(query, clock.now_ms())
    shape = usage_answer.numbers(host, query, start_ms, end_ms, fields.wanted(query, host))
    return tables.answer(request, csv.of_usage(shape), tables.file_name(host, "usage", start_ms, end_ms))

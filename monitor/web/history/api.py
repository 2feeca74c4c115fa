"""Router of the JSON API for history: spans and samples, as JSON and CSV; the busy hours; the times of overload."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from ninja import Query, Router

from monitor.history import busydays, busyhours
from monitor.history.answers import BusyDays, BusyHours
from monitor.hosts.models import Host
from monitor.metrics import json
from monitor.runtime import clock
from monitor.web import schemas as web_schemas
from monitor.web import tables
from monitor.web.fields import host_of, time_of
from monitor.web.history import answer as history_answer
from monitor.web.history import csv, fields, overloads, schemas
from monitor.web.history.fields import metrics_of, span_of
from monitor.web.history.schemas import History

READ_ERRORS = frozenset({400, 401, 404, 503})
UNCHANGED: dict[str, Any] = {"responses": {304: {"description": "The answer with this ETag still holds."}}}
router = Router()


@router.get(
    "/history",
    url_name="history",
    response=web_schemas.answers(schemas.History, READ_ERRORS),
    openapi_extra=UNCHANGED,
)
def span(request: HttpRequest, query: Query[fields.HistoryQuery]) -> HttpResponseBase:
    """A span of time in at most `points` buckets, with its gaps, alerts and load tests."""
    host = host_of(request, query)
    shape = _span(host, query)
    answer = HttpResponse(json.encode(shape), content_type="application/json")
    if fields.is_absolute(query) and history_answer.is_settled(host, shape):
        return _conditional(request, answer)
    return answer


@router.get(
    "/history.csv",
    url_name="history_csv",
    response=web_schemas.refusals(READ_ERRORS),
    openapi_extra=tables.OPENAPI,
)
def span_as_csv(request: HttpRequest, query: Query[fields.HistoryQuery]) -> HttpResponseBase:
    """The same as a table: a row a bucket; mean, low and high of each metric; empty cells where there are no data."""
    host = host_of(request, query)
    shape = _span(host, query)
    return tables.answer(
        request, csv.of_history(shape), tables.file_name(host, "history", shape["start_at"], shape["end_at"])
    )


@router.get(
    "/samples.csv",
    url_name="samples_csv",
    response=web_schemas.refusals(READ_ERRORS),
    openapi_extra=tables.OPENAPI,
)
def samples_as_csv(request: HttpRequest, query: Query[fields.SpanQuery]) -> HttpResponseBase:
    """Every single sample of a span as a table, oldest first; empty cells where a metric was not known."""
    host, now_ms = host_of(request, query), clock.now_ms()
    start_ms, end_ms = span_of(query, now_ms)
    pages = csv.of_samples(host, metrics_of(query), start_ms, end_ms)
    return tables.answer(request, pages, tables.file_name(host, "samples", start_ms, end_ms))


@router.get("/busyhours", url_name="busyhours", response=web_schemas.answers(BusyHours, READ_ERRORS))
def busy_hours(request: HttpRequest, query: Query[fields.BusyHoursQuery]) -> HttpResponse:
    """Mean load per core by weekday and hour of the day, over the last weeks, by the clock of a time zone."""
    host, now_ms = host_of(request, query), clock.now_ms()
    at_ms = None if query.at is None else time_of("at", query.at, now_ms)
    shape = busyhours.of_week(host, query.weeks, fields.zone_of(query), now_ms, at_ms)
    return HttpResponse(json.encode(shape), content_type="application/json")


@router.get("/busydays", url_name="busydays", response=web_schemas.answers(BusyDays, READ_ERRORS))
def busy_days(request: HttpRequest, query: Query[fields.BusyDaysQuery]) -> HttpResponse:
    """In how many hours of each day the load was above the cores, by the calendar of a time zone."""
    host, now_ms = host_of(request, query), clock.now_ms()
    shape = busydays.of_span(host, *span_of(query, now_ms), fields.zone_of(query), now_ms)
    return HttpResponse(json.encode(shape), content_type="application/json")


@router.get("/overloads", url_name="overloads", response=web_schemas.answers(schemas.Overloads, READ_ERRORS))
def times_of_overload(request: HttpRequest, query: Query[fields.TimesQuery]) -> HttpResponse:
    """When the host was overloaded, how often and how long, and when last; the same whatever span is asked for."""
    host, now_ms = host_of(request, query), clock.now_ms()
    shape = overloads.between(host, *span_of(query, now_ms), now_ms)
    return HttpResponse(json.encode(shape), content_type="application/json")


def _span(host: Host, query: fields.HistoryQuery) -> History:
    now_ms = clock.now_ms()
    start_ms, end_ms = span_of(query, now_ms)
    return history_answer.between(
        host, metrics_of(query), start_ms, end_ms, query.points, now_ms,
        with_percentiles=fields.tells_percentiles(query, start_ms, end_ms),
    )  # fmt: skip


def _conditional(request: HttpRequest, answer: HttpResponse) -> HttpResponseBase:
    """An answer that cannot change any more: 304 for a program that has it already; browsers keep none, as of all data."""
    etag = quote_etag(hashlib.blake2b(answer.content, digest_size=12).hexdigest())
    answer.headers["ETag"] = etag
    found = get_conditional_response(request, etag=etag, response=answer)
    assert found is not None  # noqa: S101  # it is the answer itself where no condition holds
    return found

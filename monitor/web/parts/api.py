"""Router of the JSON API for parts: what each file system, disk and interface held and moved over a span of time."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from monitor.metrics.parts import Kind
from monitor.runtime import clock
from monitor.usage import pasts
from monitor.web import schemas as web_schemas
from monitor.web.auth import READ_ERRORS, answer
from monitor.web.fields import host_of
from monitor.web.history.fields import span_of
from monitor.web.parts import fields, schemas

router = Router()


@router.get("/parts", url_name="parts", response=web_schemas.answers(schemas.Parts, READ_ERRORS))
def parts(request: HttpRequest, query: Query[fields.PartsQuery]) -> HttpResponse:
    """What each file system, disk and interface held and moved over a span of time, in at most `points` buckets."""
    host, kind = host_of(request, query), None if query.kind is None else Kind(query.kind)
    span = span_of(query, clock.now_ms())
    return answer(pasts.between(host, *span, query.points, kind, query.name))

"""Router of the JSON API for alerts: the list with its filters, one alert with all of it, what people do to it."""

from __future__ import annotations

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router
from ninja.errors import HttpError

from monitor.alerts import actions, search
from monitor.alerts.models import Alert
from monitor.alerts.search import Filter
from monitor.hosts import lookup
from monitor.live import publishing
from monitor.metrics.times import moment
from monitor.notifications import outbox
from monitor.runtime import clock
from monitor.web import fields as web_fields
from monitor.web import schemas as web_schemas
from monitor.web.alerts import detail, fields, schemas
from monitor.web.auth import CHANGE_ERRORS, READ_ERRORS, actor, answer
from monitor.web.fields import strictly

ONE_ALERT = web_schemas.link(
    "alert", "monitor_alertsapi_alert", "All that is stored of one of them.", alert_id="$response.body#/alerts/0/id"
)  # fmt: skip
MORE_ALERTS = web_schemas.link(
    "more", "monitor_alertsapi_alerts", "The next page.", cursor="$response.body#/next_cursor"
)
ACKNOWLEDGE = web_schemas.link(
    "acknowledge", "monitor_alertsapi_acknowledge", "Take it on.", alert_id="$response.body#/id"
)
ANNOTATE = web_schemas.link(
    "annotate", "monitor_alertsapi_annotate", "Write a note.", alert_id="$response.body#/id"
)
router = Router()


@router.get(
    "/alerts",
    url_name="alerts",
    response=web_schemas.answers(schemas.Alerts, READ_ERRORS),
    openapi_extra={"responses": {200: {"links": {**ONE_ALERT["links"], **MORE_ALERTS["links"]}}}},
)
def alerts(request: HttpRequest, query: Query[fields.AlertsQuery]) -> HttpResponse:
    """Alerts, newest first."""
    strictly(request, query)
    found = search.page(_filter(query), query.limit + 1, query.cursor)
    shown, more = found[: query.limit], len(found) > query.limit
    rows = [schemas.alert(row) for row in shown]
    return answer({"alerts": rows, "next_cursor": shown[-1].pk if more else None})


@router.get(
    "/alerts/{alert_id}",
    url_name="alert",
    response=web_schemas.answers(schemas.AlertDetail, READ_ERRORS),
    openapi_extra={"responses": {200: {"links": {**ACKNOWLEDGE["links"], **ANNOTATE["links"]}}}},
)
def alert(request: HttpRequest, alert_id: web_fields.Id) -> HttpResponse:
    """One alert with its changes, evidence and messages; command lines only for staff, answers only with a login."""
    strictly(request)
    return _detail(request, _find(alert_id))


@router.post(
    "/alerts/{alert_id}/acknowledge",
    url_name="alert_acknowledge",
    auth=actor,
    response=web_schemas.answers(schemas.AlertDetail, CHANGE_ERRORS),
)
def acknowledge(
    request: HttpRequest, alert_id: web_fields.Id, given: fields.AcknowledgeRequest
) -> HttpResponse:
    """Take an open alert on: repeats stop, and it ends with the alert."""
    strictly(request)
    row = _find(alert_id)
    actions.acknowledge(row, request.user, given.note or "", timezone.now())
    async_to_sync(publishing.publish)(publishing.alerts_event(row.host.name))
    return _detail(request, _find(alert_id))


@router.post(
    "/alerts/{alert_id}/end",
    url_name="alert_end",
    auth=actor,
    response=web_schemas.answers(schemas.AlertDetail, CHANGE_ERRORS),
)
def end(request: HttpRequest, alert_id: web_fields.Id, given: fields.AcknowledgeRequest) -> HttpResponse:
    """End an open alert of which something is not measured any more."""
    strictly(request)
    row = _find(alert_id)
    actions.end(row, request.user, given.note or "", timezone.now(), outbox.enqueue)
    async_to_sync(publishing.publish)(publishing.alerts_event(row.host.name))
    return _detail(request, _find(alert_id))


@router.post(
    "/alerts/{alert_id}/notes",
    url_name="alert_notes",
    auth=actor,
    response=web_schemas.answers(schemas.AlertDetail, CHANGE_ERRORS, 201),
)
def annotate(request: HttpRequest, alert_id: web_fields.Id, given: fields.NoteRequest) -> HttpResponse:
    """Write a note beside an alert, open or over."""
    strictly(request)
    row = _find(alert_id)
    actions.add_note(row, request.user, given.note, timezone.now())
    return _detail(request, row, 201)


def _find(alert_id: int) -> Alert:
    found = detail.find(alert_id)
    if found is None:
        raise HttpError(404, f"There is no alert {alert_id}.")
    return found


def _detail(request: HttpRequest, row: Alert, status: int = 200) -> HttpResponse:
    return answer(detail.detail(row, detail.sight_of(request.user)), status)


def _filter(query: fields.AlertsQuery) -> Filter:
    host = lookup.find_host(query.host).name if query.host else ""
    now = clock.now_ms()
    since = None if query.since is None else web_fields.time_of("since", query.since, now)
    until = None if query.until is None else web_fields.time_of("until", query.until, now)
    return Filter(
        state=query.state or "", severity=query.severity or "", host=host, rule=query.rule or "",
        text=query.search or "", since=None if since is None else moment(since),
        until=None if until is None else moment(until),
    )  # fmt: skip

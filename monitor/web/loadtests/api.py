"""Router of the JSON API for load tests: start one, cancel the one that waits or runs."""

from __future__ import annotations

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from ninja.errors import HttpError

from monitor.hosts import lookup
from monitor.live import publishing
from monitor.loadtests import requests
from monitor.web import fields
from monitor.web import schemas as web_schemas
from monitor.web.auth import CHANGE_ERRORS, actor, answer
from monitor.web.fields import host_of, strictly
from monitor.web.loadtests import fields as loadtests_fields
from monitor.web.loadtests import schemas as loadtests_schemas

CANCEL = web_schemas.link(
    "cancel", "monitor_api_cancel_load_test", "End it before its time.", host="$response.body#/host"
)
router = Router()


@router.post(
    "/loadtests",
    url_name="loadtests",
    auth=actor,
    response=web_schemas.answers(loadtests_schemas.LoadTest, CHANGE_ERRORS, 201),
    openapi_extra={"responses": {201: CANCEL}},
)
def start_load_test(request: HttpRequest, wanted: loadtests_fields.LoadTestRequest) -> HttpResponse:
    """Ask for a load test or a drill; the sampler of the host takes it up at its next tick."""
    strictly(request)
    host = lookup.find_host(wanted.host)
    proof = loadtests_fields.drill_of(wanted)
    test = requests.request(host, wanted.seconds, wanted.workers, request.user, wanted.kind, proof)
    async_to_sync(publishing.publish)(publishing.status_event(host.name))
    return answer(loadtests_schemas.load_test(test), 201)


@router.delete(
    "/loadtests/current",
    url_name="loadtest_current",
    auth=actor,
    response=web_schemas.answers(loadtests_schemas.LoadTest, CHANGE_ERRORS),
)
def cancel_load_test(request: HttpRequest, query: Query[fields.HostQuery]) -> HttpResponse:
    """Cancel the load test that waits or runs."""
    host = host_of(request, query)
    requests.check_allowed(request.user)
    test = requests.cancel(host)
    if test is None:
        raise HttpError(404, f"No load test of {host.name} waits or runs.")
    async_to_sync(publishing.publish)(publishing.status_event(host.name))
    return answer(loadtests_schemas.load_test(test))

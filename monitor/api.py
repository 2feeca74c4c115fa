"""The JSON API under /api/v1/: it parses strictly, asks history or loadtest, and answers in JSON."""

from __future__ import annotations

import time
from typing import Any

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from ninja import NinjaAPI, Query
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.utils import check_csrf

from monitor import access, bodies, episodes, errors, history, live, loadtest, parameters, schemas, shapes
from monitor.backtestapi import router as backtest_router
from monitor.historyapi import router as history_router
from monitor.parameters import host_of, strictly
from monitor.version import VERSION

READ_ERRORS = frozenset({400, 401, 404, 503})
CHANGE_ERRORS = frozenset({400, 401, 403, 404, 409, 503})
NEXT_SAMPLES = schemas.link(
    "more", "monitor_api_samples", "What was stored after these.", after="$response.body#/next_after"
)
ONE_ALERT = schemas.link(
    "alert", "monitor_api_alert", "One of them with its changes.", alert_id="$response.body#/alerts/0/id"
)
MORE_ALERTS = schemas.link(
    "more", "monitor_api_alerts", "The next page.", cursor="$response.body#/next_cursor"
)
CANCEL = schemas.link(
    "cancel", "monitor_api_cancel_load_test", "End it before its time.", host="$response.body#/host"
)
REFUSALS = {loadtest.Busy: 409, loadtest.NotNow: 409, loadtest.NotAllowed: 403}


def reader(request: HttpRequest) -> bool:
    """Whether the request may read."""
    return access.request_may_read(request)


def actor(request: HttpRequest) -> Any:
    """The user who wants to change something: logged in, from this very site, with a CSRF token."""
    if access.is_cross_site(request):
        raise HttpError(403, "Another site may not change anything here.")
    if not (request.user.is_authenticated and request.user.is_active):
        return None
    if check_csrf(request) is not None:
        raise HttpError(403, "CSRF check failed: send the page's token in the header X-CSRFToken.")
    return request.user


api = NinjaAPI(
    title="loadmon", version=VERSION, urls_namespace="api", docs_url=None, openapi_url=None, auth=reader,
    description="Load of the monitored hosts. Times are milliseconds since the epoch.",
)  # fmt: skip

api.add_router("", history_router)
api.add_router("", backtest_router)


@api.get("/status", url_name="status", response={200: schemas.Status, READ_ERRORS: schemas.Error})
def status(request: HttpRequest, query: Query[parameters.HostQuery]) -> HttpResponse:
    """How the host is now: sampler, open alerts, load test, verdict, storage."""
    host, now_ms = host_of(request, query), _now_ms()
    sampler = history.sampler_state(host, now_ms)
    return answer(
        {
            "version": VERSION,
            "host": host.name,
            "sampler": sampler,
            "open_alerts": episodes.standing(host, now_ms)["open"],
            "load_test": episodes.load_test(host, now_ms),
            "verdict": history.verdict(history.latest(host), sampler, history.means(host, now_ms)),
            "storage": history.storage(host),
        }
    )


@api.get("/hosts", url_name="hosts", response={200: schemas.Hosts, READ_ERRORS: schemas.Error})
def hosts(request: HttpRequest) -> HttpResponse:
    """Every host that has ever been sampled."""
    strictly(request)
    return answer({"hosts": history.hosts()})


@api.get(
    "/samples",
    url_name="samples",
    response={200: schemas.Samples, READ_ERRORS: schemas.Error},
    openapi_extra={"responses": {200: NEXT_SAMPLES}},
)
def samples(request: HttpRequest, query: Query[parameters.SamplesQuery]) -> HttpResponse:
    """Single samples, oldest first: the newest ones, or all that were stored after one."""
    host = host_of(request, query)
    if query.after is None:
        found, more = history.newest_samples(host, query.limit), False
    else:
        found = history.samples_after(host, query.after, query.limit + 1)
        found, more = found[: query.limit], len(found) > query.limit
    return answer({"host": host.name, "samples": found, "next_after": found[-1]["id"] if more else None})


@api.get(
    "/alerts",
    url_name="alerts",
    response={200: schemas.Alerts, READ_ERRORS: schemas.Error},
    openapi_extra={"responses": {200: {"links": {**ONE_ALERT["links"], **MORE_ALERTS["links"]}}}},
)
def alerts(request: HttpRequest, query: Query[parameters.AlertsQuery]) -> HttpResponse:
    """Alerts, newest first."""
    strictly(request, query)
    host = history.find_host(query.host) if query.host else None
    found = episodes.alerts(host, query.rule, query.state, query.limit + 1, query.cursor)
    shown, more = found[: query.limit], len(found) > query.limit
    return answer({"alerts": shown, "next_cursor": shown[-1]["id"] if more else None})


@api.get(
    "/alerts/{alert_id}", url_name="alert", response={200: schemas.AlertDetail, READ_ERRORS: schemas.Error}
)
def alert(request: HttpRequest, alert_id: parameters.Id) -> HttpResponse:
    """One alert with its changes."""
    strictly(request)
    found = episodes.alert(alert_id)
    if found is None:
        raise HttpError(404, f"There is no alert {alert_id}.")
    return answer(found)


@api.post(
    "/loadtests",
    url_name="loadtests",
    auth=actor,
    response={201: schemas.LoadTest, CHANGE_ERRORS: schemas.Error},
    openapi_extra={"responses": {201: CANCEL}},
)
def start_load_test(request: HttpRequest, wanted: bodies.LoadTestRequest) -> HttpResponse:
    """Ask for a load test or a drill; the sampler of the host takes it up at its next tick."""
    strictly(request)
    host = history.find_host(wanted.host)
    proof = bodies.drill_of(wanted)
    test = loadtest.request(host, wanted.seconds, wanted.workers, request.user, wanted.kind, proof)
    async_to_sync(live.publish)(live.status_event(host.name))
    return answer(shapes.load_test(test), 201)


@api.delete(
    "/loadtests/current",
    url_name="loadtest_current",
    auth=actor,
    response={200: schemas.LoadTest, CHANGE_ERRORS: schemas.Error},
)
def cancel_load_test(request: HttpRequest, query: Query[parameters.HostQuery]) -> HttpResponse:
    """Cancel the load test that waits or runs."""
    host = host_of(request, query)
    loadtest.check_allowed(request.user)
    test = loadtest.cancel(host)
    if test is None:
        raise HttpError(404, f"No load test of {host.name} waits or runs.")
    async_to_sync(live.publish)(live.status_event(host.name))
    return answer(shapes.load_test(test))


@api.get("/openapi.json", url_name="openapi", include_in_schema=False)
def openapi(request: HttpRequest) -> HttpResponse:
    """This API for programs."""
    strictly(request)
    prefix = request.path.removesuffix("openapi.json")
    return answer(dict(api.get_openapi_schema(path_prefix=prefix)))


def answer(shape: dict[str, Any], status: int = 200) -> HttpResponse:
    """JSON of `shape`; a NaN would be our fault and raises ValueError."""
    return HttpResponse(live.encode(shape), status=status, content_type="application/json")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


# Refusals. Anything else goes on to Django, where errors.DatabaseTrouble and the error pages take it.


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    """A sentence of ours, or of django-ninja's own."""
    return errors.json_error(error.status_code, error.message)


@api.exception_handler(AuthenticationError)
def unknown_person(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """401."""
    return errors.json_error(401, "Log in first.")


@api.exception_handler(ValidationError)
def wrong_input(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """400 with a sentence for each wrong value."""
    return errors.json_error(400, *(_sentence(one) for one in error.errors))


@api.exception_handler(history.UnknownHost)
def unknown_host(request: HttpRequest, error: history.UnknownHost) -> HttpResponse:
    """404."""
    return errors.json_error(404, str(error))


@api.exception_handler(loadtest.Refused)
def load_test_refused(request: HttpRequest, error: loadtest.Refused) -> HttpResponse:
    """403, 400 or 409."""
    return errors.json_error(REFUSALS.get(type(error), 400), str(error))


def _sentence(error: dict[str, Any]) -> str:
    if error["type"] == "refused":
        return str(error["msg"])
    if error["loc"] == ("body", "wanted"):
        return 'Send a JSON object such as {"seconds": 120, "workers": 2}.'
    return f"{error['loc'][-1]}: {error['msg']}."


urlpatterns = [
    pattern for pattern in api.urls[0] if isinstance(pattern, URLPattern) and pattern.name != "api-root"
]
for _pattern in urlpatterns:
    _pattern.callback = errors.shaped(_pattern.callback)

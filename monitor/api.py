"""The JSON API under /api/v1/: it parses strictly, asks history or loadtest, and answers in JSON."""

from __future__ import annotations

from typing import Any

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from ninja import NinjaAPI, Query
from ninja.errors import AuthenticationError, HttpError, ValidationError

from monitor import (
    access,
    acting,
    bodies,
    episodes,
    errors,
    hindrances,
    history,
    live,
    loadtest,
    parameters,
    schemas,
    shapes,
)
from monitor.alertsapi import router as alerts_router
from monitor.apidoor import CHANGE_ERRORS, READ_ERRORS, actor, answer, now_ms, reader
from monitor.backtestapi import router as backtest_router
from monitor.domain.evidence import without_commands
from monitor.evidence import busy_now
from monitor.historyapi import router as history_router
from monitor.parameters import host_of, strictly
from monitor.silencesapi import router as silences_router
from monitor.version import VERSION

NEXT_SAMPLES = schemas.link(
    "more", "monitor_api_samples", "What was stored after these.", after="$response.body#/next_after"
)
CANCEL = schemas.link(
    "cancel", "monitor_api_cancel_load_test", "End it before its time.", host="$response.body#/host"
)
EXAMPLES = {
    ("body", "wanted"): '{"seconds": 120, "workers": 2} or {"minutes": 60}',
    ("body", "given"): '{"note": "..."}',
}
REFUSALS: dict[type[Exception], int] = {
    loadtest.Busy: 409, loadtest.NotNow: 409, loadtest.NotAllowed: 403,
    acting.TooLate: 409, acting.NotAllowed: 403, acting.Unusable: 400,
}  # fmt: skip


api = NinjaAPI(
    title="loadmon", version=VERSION, urls_namespace="api", docs_url=None, openapi_url=None, auth=reader,
    description="Load of the monitored hosts. Times are milliseconds since the epoch.",
)  # fmt: skip

api.add_router("", history_router)
api.add_router("", backtest_router)
api.add_router("", alerts_router)
api.add_router("", silences_router)


@api.get("/status", url_name="status", response={200: schemas.Status, READ_ERRORS: schemas.Error})
def status(request: HttpRequest, query: Query[parameters.HostQuery]) -> HttpResponse:
    """How the host is now: sampler, open alerts, load test, verdict, culprits, storage."""
    host, at_ms = host_of(request, query), now_ms()
    sampler, busy = history.sampler_state(host, at_ms), busy_now(host, at_ms)
    return answer(
        {
            "version": VERSION,
            "host": host.name,
            "sampler": sampler,
            "open_alerts": episodes.standing(host, at_ms)["open"],
            "load_test": episodes.load_test(host, at_ms),
            "verdict": history.verdict(history.latest(host), sampler, history.means(host, at_ms), busy),
            "busy": busy if access.may_see_commands(request.user) else without_commands(busy),
            "storage": history.storage(host),
            "notifier_seen_at": hindrances.notifier_seen_at(),
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


@api.exception_handler(acting.Refused)
@api.exception_handler(loadtest.Refused)
def deed_refused(request: HttpRequest, error: Exception) -> HttpResponse:
    """403, 400 or 409."""
    return errors.json_error(REFUSALS.get(type(error), 400), str(error))


def _sentence(error: dict[str, Any]) -> str:
    if error["type"] == "refused":
        return str(error["msg"])
    if error["loc"] in EXAMPLES:
        return f"Send a JSON object such as {EXAMPLES[error['loc']]}."
    return f"{error['loc'][-1]}: {error['msg']}."


urlpatterns = [
    pattern for pattern in api.urls[0] if isinstance(pattern, URLPattern) and pattern.name != "api-root"
]
for _pattern in urlpatterns:
    _pattern.callback = errors.shaped(_pattern.callback)

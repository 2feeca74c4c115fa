"""JSON API under /api/v1/: its routers, operation ids and refusals."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import Operation

from monitor.alerts import actions
from monitor.hosts import lookup
from monitor.loadtests import requests
from monitor.usage import naming
from monitor.version import VERSION
from monitor.web import errors, turns
from monitor.web.alerts.api import router as alerts_router
from monitor.web.auth import answer, reader
from monitor.web.dashboard.api import router as dashboard_router
from monitor.web.fields import strictly
from monitor.web.history.api import router as history_router
from monitor.web.loadtests.api import router as loadtests_router
from monitor.web.parts.api import router as parts_router
from monitor.web.rules.api import router as rules_router
from monitor.web.silences.api import router as silences_router
from monitor.web.usage.api import router as usage_router

EXAMPLES = {
    ("body", "wanted"): '{"seconds": 120, "workers": 2} or {"minutes": 60}',
    ("body", "given"): '{"note": "..."}',
}
REFUSALS: dict[type[Exception], int] = {
    requests.Busy: 409, requests.NotNow: 409, requests.NotAllowed: 403,
    actions.TooLate: 409, actions.NotAllowed: 403, actions.Unusable: 400,
}  # fmt: skip


OPERATION_WORDS = {
    "monitor.web.history.api": "historyapi",
    "monitor.web.rules.api": "backtestapi",
    "monitor.web.alerts.api": "alertsapi",
    "monitor.web.silences.api": "silencesapi",
    "monitor.web.usage.api": "usageapi",
    "monitor.web.parts.api": "partsapi",
}


class Api(NinjaAPI):
    """The API with operation ids that stay wherever the code moves: clients are generated from them."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """monitor_<word>_<function>."""
        return f"monitor_{OPERATION_WORDS.get(operation.view_func.__module__, 'api')}_{operation.view_func.__name__}"


api = Api(
    title="loadmon", version=VERSION, urls_namespace="api", docs_url=None, openapi_url=None, auth=reader,
    description="Load of the monitored hosts. Times are milliseconds since the epoch.",
)  # fmt: skip

for _router in (
    dashboard_router,
    loadtests_router,
    history_router,
    rules_router,
    alerts_router,
    silences_router,
    usage_router,
    parts_router,
):
    api.add_router("", _router)


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


@api.exception_handler(RawPostDataException)
def form_sent(request: HttpRequest, error: RawPostDataException) -> HttpResponse:
    """400: the body is a form of several parts, which was read as such when its CSRF token was looked for."""
    return errors.json_error(400, "Send the body as JSON, not as a form.")


@api.exception_handler(ValidationError)
def wrong_input(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """400 with a sentence for each wrong value."""
    return errors.json_error(400, *(_sentence(one) for one in error.errors))


@api.exception_handler(naming.UnknownConsumer)
@api.exception_handler(lookup.UnknownHost)
def unknown_name(request: HttpRequest, error: LookupError) -> HttpResponse:
    """404."""
    return errors.json_error(404, str(error))


@api.exception_handler(turns.Busy)
def busy(request: HttpRequest, error: turns.Busy) -> HttpResponse:
    """503, with a time to come again."""
    refusal = errors.json_error(503, str(error))
    refusal.headers["Retry-After"] = str(errors.RETRY_SECONDS)
    return refusal


@api.exception_handler(actions.Refused)
@api.exception_handler(requests.Refused)
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

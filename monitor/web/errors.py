"""Error answers over HTTP: JSON of one shape under /api/, a page elsewhere, 503 for the database."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from monitor.database import file, inlog, opening
from monitor.metrics.json import encode
from monitor.metrics.text import one_line
from monitor.web.rows import Error

logger = logging.getLogger(__name__)

RETRY_SECONDS = 5
LONGEST_ASKED = 200
DAMAGED = opening.DAMAGED
NO_DATABASE = "The database does not answer at the moment. Try again in a few seconds."
SENTENCES = {
    400: "The request was malformed.",
    403: "You may not see or do this.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The request is too large.",
}


class DatabaseTrouble:
    """Middleware: a database that is locked, full, gone or broken is an answer with 503, not a traceback."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass `request` on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer where a view failed for the database's sake."""
        return _failed(request, exception) if inlog.is_trouble(exception) else None


def lasting(error: Exception) -> str:
    """What a visitor may know of a database that fails with `error` until somebody mends it; "" where it may pass."""
    known = file.problem(error)
    if known is not None:
        return known.told
    if file.inode() is None:
        return file.MISSING
    if file.is_behind(error):
        return file.BEHIND
    return DAMAGED if file.is_damage(error) else ""


def json_error(status: int, *sentences: str) -> HttpResponse:
    """The one JSON shape of an error."""
    error = Error(ok=False, error=sentences[0], errors=list(sentences), status=status)
    return HttpResponse(encode(error), content_type="application/json", status=status)


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks, which wants JSON."""
    return request.path_info.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: a wrong Host header, too many fields, a broken form."""
    return _answer(request, 400, "400.html")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the sentence of the refusal."""
    return _answer(request, 403, "403.html", str(exception or ""))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a request that carries no valid CSRF token."""
    return _answer(
        request, 403, "403_csrf.html", f"CSRF check failed: {reason or 'no valid token'}.".replace("..", ".")
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    sentence = (
        str(exception) if exception is not None and exception.args and type(exception.args[0]) is str else ""
    )
    return _answer(request, 404, "404.html", sentence)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; or 503 where the database failed outside a view."""
    error = sys.exc_info()[1]
    if isinstance(error, Exception) and inlog.is_trouble(error):
        return _failed(request, error)
    return _answer(request, 500, "500.html", "Something broke. The cause is in the server's log.")


def unavailable(request: HttpRequest, error: Exception | None = None) -> HttpResponse:
    """503: ask again in a few seconds, or when the database has got what `error` shows that it lacks.

    error: None where the database says nothing; its file is not looked at then, for that might wait as long.
    """
    known = "" if error is None else lasting(error)
    response = _answer(request, 503, "500.html", known or NO_DATABASE)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would log a second line
    return response


def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """503, and a line in the log."""
    said = inlog.told(error)
    asked = one_line(f"{request.method} {request.path}", LONGEST_ASKED)
    logger.error("%s: the database failed: %s", asked, said, extra={"about": said})
    return unavailable(request, error)


def no_such_api(request: HttpRequest) -> HttpResponse:
    """404 in JSON for every path under /api/ that is not there."""
    return json_error(404, f"There is no {request.path}.")


def shaped(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """`view` with every error that is not JSON yet brought into the one shape, its headers kept."""

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code < 400 or response.headers.get("Content-Type", "").startswith(
            "application/json"
        ):
            return response
        error = json_error(
            response.status_code, SENTENCES.get(response.status_code, "The request was refused.")
        )
        if "Allow" in response.headers:
            error.headers["Allow"] = response.headers["Allow"]
        return error

    answer.__dict__.update(view.__dict__)  # csrf_exempt among them
    return answer


def _answer(request: HttpRequest, status: int, template: str, sentence: str = "") -> HttpResponse:
    if is_api(request):
        return json_error(status, sentence or SENTENCES[status])
    context = {"exception": sentence, "status": status}
    plain = status in (400, 500, 503)  # nothing may be looked up: Host, session or database are what is wrong
    return HttpResponse(render_to_string(template, context, None if plain else request), status=status)

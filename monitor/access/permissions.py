"""Permissions: who may look and who may act; HTTP and WebSockets ask the same questions here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from monitor.access.domain import Peer, is_local, is_loopback

RUN_LOAD_TESTS = "monitor.run_loadtest"
ACKNOWLEDGE = "monitor.acknowledge_alert"
SILENCE = "monitor.add_silence"
View = Callable[..., HttpResponseBase]


def may_read(user: AbstractBaseUser | AnonymousUser | None, peer: Peer) -> bool:
    """Whether this connection may see the measurements: LOADMON_PUBLIC decides for the anonymous."""
    if user is not None and user.is_authenticated and user.is_active:
        return True
    public: str = settings.LOADMON_PUBLIC
    return public == "yes" or (public == "auto" and is_local(peer))


def is_exposed() -> bool:
    """Whether `serve` listens on an address that other machines can reach."""
    return not is_loopback(settings.LOADMON_BIND)


def load_tests_enabled() -> bool:
    """Whether load tests may be started here at all; LOADMON_LOADTEST=auto: only when bound to loopback."""
    choice: str = settings.LOADMON_LOADTEST
    return choice == "yes" or (choice == "auto" and not is_exposed())


def may_run_load_tests(user: Any) -> bool:
    """Whether `user` may start and cancel load tests here."""
    return load_tests_enabled() and user is not None and bool(user.has_perm(RUN_LOAD_TESTS))


def may_acknowledge(user: Any) -> bool:
    """Whether `user` may acknowledge, annotate and share alerts."""
    return user is not None and bool(user.has_perm(ACKNOWLEDGE))


def may_silence(user: Any) -> bool:
    """Whether `user` may make and end silences."""
    return user is not None and bool(user.has_perm(SILENCE))


def may_see_commands(user: Any) -> bool:
    """Whether `user` may see command lines of processes, which can hold secrets: staff alone."""
    return may_open_admin(user)


def may_open_admin(user: Any, permission: str = "") -> bool:
    """Whether `user` may open the admin site, and has `permission` there if one is named."""
    is_staff = user is not None and bool(user.is_active and user.is_staff)
    return is_staff and (not permission or bool(user.has_perm(permission)))


def is_cross_site(request: HttpRequest) -> bool:
    """Whether the browser says that another site made it send this."""
    return request.headers.get("Sec-Fetch-Site") == "cross-site"


def peer_of_scope(scope: Mapping[str, Any]) -> Peer:
    """The peer of an ASGI connection; what the server does not tell is empty, and so is an ambiguous Host."""
    headers = [(name.decode("latin1").lower(), value) for name, value in scope.get("headers", [])]
    hosts = [value.decode("latin1") for name, value in headers if name == "host"]
    # nginx with nothing but proxy_pass sends no header that betrays it, but HTTP/1.0, which no browser speaks.
    proxied = {"via"} if scope.get("http_version") == "1.0" else set()
    return Peer(
        server=_address(scope.get("server")),
        client=_address(scope.get("client")),
        host=hosts[0] if len(hosts) == 1 else "",
        headers={name.replace("_", "-") for name, _ in headers} | proxied,
    )


def peer_of_request(request: HttpRequest) -> Peer:
    """The peer of an HTTP request, under ASGI or in a test."""
    scope = getattr(request, "scope", None)
    if scope is not None:
        return peer_of_scope(scope)
    return Peer(
        server=request.META.get("SERVER_NAME", ""),
        client=request.META.get("REMOTE_ADDR", ""),
        host=request.META.get("HTTP_HOST", ""),
        headers={name.lower() for name in request.headers},
    )


def scope_may_read(scope: Mapping[str, Any]) -> bool:
    """Whether this WebSocket may see the measurements."""
    return may_read(scope.get("user"), peer_of_scope(scope))


def request_may_read(request: HttpRequest) -> bool:
    """Whether this request may see the measurements."""
    return may_read(getattr(request, "user", None), peer_of_request(request))


def readers_only(view: View) -> View:
    """Send whoever may not read `view` to the log-in page and back afterwards."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request_may_read(request):
            return view(request, *args, **kwargs)
        answer: HttpResponse = redirect_to_login(request.get_full_path())
        return answer

    return guarded


def _address(pair: Any) -> str:
    return str(pair[0]) if pair else ""

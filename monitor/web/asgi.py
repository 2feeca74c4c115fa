"""ASGI routing, and the walls that every WebSocket passes first: Host, Origin, session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import async_to_sync
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.request import validate_host
from django.urls import path, re_path

from monitor.access import sessions
from monitor.access.domain import host_name, same_origin
from monitor.live import publishing
from monitor.web.dashboard.socket import LiveConsumer, UnknownPath
from monitor.web.pacing import paced
from monitor.web.quietness import Sentences
from monitor.web.watch import Watch

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]

websocket_urlpatterns = [
    path("ws/live/", LiveConsumer.as_asgi()),
    re_path(r"", UnknownPath.as_asgi()),
]


def site(http: Application) -> Application:
    """The whole ASGI application around Django's HTTP application."""
    pages = paced(Watch(http))
    websocket = SameSiteOnly(Sentences(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))))
    return UnderBasePath(ProtocolTypeRouter({"http": pages, "websocket": websocket}))


class UnderBasePath:
    """Sets the sub-path from our settings: Daphne would take it from a header that any client can send."""

    def __init__(self, inner: Application) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Pass the connection on: HTTP with root_path set, WebSockets with the sub-path taken off."""
        base = settings.LOADMON_BASE_PATH
        scope = {**scope, "root_path": base}
        if scope["type"] == "websocket":  # Channels' router would want to take root_path off a second time
            scope |= {"root_path": "", "path": scope["path"].removeprefix(base)}
        await self.inner(scope, receive, send)


class SameSiteOnly:
    """Refuses a WebSocket with 403 unless its Host is ours and its Origin is this very site."""

    def __init__(self, inner: Application) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Pass a rightful connection on; the hub writes through the server's own `send`."""
        allowed = is_same_site(dict(scope["headers"]))
        inner = self.inner if allowed else WebsocketDenier()
        await inner({**scope, "raw_send": send}, receive, send)


def is_same_site(headers: dict[bytes, bytes]) -> bool:
    """Whether Host is allowed and Origin names the same scheme, name and port, or is on our list."""
    host = headers.get(b"host", b"").decode("latin1")
    origin = headers.get(b"origin", b"").decode("latin1")
    allowed_hosts = settings.ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
    name = host_name(host)
    if not name or not validate_host(f"[{name}]" if ":" in name else name, allowed_hosts):
        return False
    scheme = "https" if settings.LOADMON_HTTPS else "http"
    return same_origin(origin, scheme, host, settings.LOADMON_TRUSTED_ORIGINS)


@receiver(user_logged_out)
def close_sockets(sender: Any, request: HttpRequest | None, **kwargs: Any) -> None:
    """A log-out closes the sockets of that session at once, in every web process."""
    key = request.session.session_key if request is not None else None
    if key:
        async_to_sync(publishing.publish)(publishing.session_ended_event(sessions.digest(key)))

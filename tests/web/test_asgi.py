"""The way of a connection to its application: under a sub-path, and whatever a client says of it."""

import pytest
from channels.routing import URLRouter
from django.urls import path

from monitor.web.asgi import UnderBasePath


async def routed(wanted: str, **scope) -> list[dict]:
    """The scopes that reach the live view when `wanted` is asked for."""
    reached: list[dict] = []

    async def live(scope, receive, send):
        reached.append(scope)

    application = UnderBasePath(URLRouter([path("ws/live/", live)]))
    await application({"type": "websocket", "path": wanted, "root_path": "", **scope}, None, None)
    return reached


@pytest.mark.parametrize("wanted", ["/loadmon/ws/live/", "/ws/live/"], ids=["kept", "taken off by the proxy"])
async def test_a_websocket_is_found_under_the_sub_path(settings, wanted):
    settings.LOADMON_BASE_PATH = "/loadmon"
    assert await routed(wanted)


async def test_a_client_cannot_choose_the_sub_path(settings):
    settings.LOADMON_BASE_PATH = ""
    assert await routed("/ws/live/", root_path="/elsewhere")


async def test_a_page_learns_its_sub_path_from_the_settings(settings):
    settings.LOADMON_BASE_PATH = "/loadmon"
    reached = []

    async def page(scope, receive, send):
        reached.append(scope)

    await UnderBasePath(page)({"type": "http", "path": "/loadmon/", "root_path": "/elsewhere"}, None, None)
    assert [(scope["root_path"], scope["path"]) for scope in reached] == [("/loadmon", "/loadmon/")]

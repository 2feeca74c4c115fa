"""The rival in the fan-out, as an ASGI application: stock Channels, one group member for each socket.

POST / publishes its body to all of them from inside the web process.
"""

from __future__ import annotations

import os
from typing import Any

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loadmon_site.settings")
settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402  (Django must be set up first)
from channels.layers import get_channel_layer  # noqa: E402
from channels.routing import ProtocolTypeRouter  # noqa: E402


class Dashboard(AsyncWebsocketConsumer):
    """One socket in the group."""

    groups = ["live"]

    async def live_sample(self, event: dict[str, Any]) -> None:
        """Pass the frame on."""
        await self.send(text_data=event["text"])


async def publish(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Send the body of a request to the group."""
    request = await receive()
    layer = get_channel_layer()
    assert layer is not None
    await layer.group_send("live", {"type": "live.sample", "text": request["body"].decode()})
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


application = ProtocolTypeRouter({"websocket": Dashboard.as_asgi(), "http": publish})

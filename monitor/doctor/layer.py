"""The channel layer: a message to this process, and one from a second process."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings

from monitor.doctor import child
from monitor.doctor.finding import Examination, Finding, failure, ok, reason

NAME = "live events"
OWN_SECONDS = 3.0


def remedy() -> str:
    """What to do about a layer that does not deliver."""
    if "channels_redis" in settings.CHANNEL_LAYERS["default"]["BACKEND"]:
        return "Check that REDIS_URL is right and that Redis runs; or unset it to use Unix sockets."
    sockets = settings.LOADMON_DATA_DIR / "sockets"
    return f"Check that {sockets} belongs to this user alone, and that its disk is not full."


def messages_arrive() -> list[Finding]:
    """A round trip within this process, then one from another."""
    return async_to_sync(_round_trips)()


def send(group: str) -> None:
    """What the second process does: send one message to `group`."""
    async_to_sync(_send)(group)


async def _round_trips() -> list[Finding]:
    layer = get_channel_layer()
    if layer is None:
        return [failure(NAME, "CHANNEL_LAYERS has no default layer.", "Leave it as loadmon sets it.")]
    group = f"doctor-{uuid.uuid4().hex}"
    try:
        channel = await layer.new_channel("doctor")
        await layer.group_add(group, channel)
        began = time.perf_counter()
        await layer.group_send(group, {"type": "doctor.here"})
        await asyncio.wait_for(layer.receive(channel), OWN_SECONDS)
        took = (time.perf_counter() - began) * 1000
        other = await _from_a_second_process(layer, group, channel)
        await layer.group_discard(group, channel)
        return [ok(NAME, f"A message arrives in {took:.1f} ms in this process."), other]
    except TimeoutError:
        return [failure(NAME, f"A message did not arrive within {OWN_SECONDS:g} s.", remedy())]
    except Exception as error:
        return [failure(NAME, f"The layer does not work: {reason(error)}", remedy())]
    finally:
        await _close(layer)


async def _from_a_second_process(layer: Any, group: str, channel: str) -> Finding:
    arriving = asyncio.ensure_future(layer.receive(channel))
    sending = asyncio.ensure_future(asyncio.to_thread(child.ask, "send", group))
    try:
        await sending
        await asyncio.wait_for(arriving, OWN_SECONDS)
    except child.ChildFailed as error:
        return failure(NAME, f"A second process cannot send: {error}", remedy())
    except TimeoutError:
        return failure(NAME, "What a second process sends does not arrive here.", remedy())
    finally:
        arriving.cancel()
    return ok(NAME, "A message from a second process arrives too.")


async def _send(group: str) -> None:
    layer = get_channel_layer()
    if layer is not None:
        await layer.group_send(group, {"type": "doctor.here"})
        await _close(layer)


async def _close(layer: Any) -> None:
    if hasattr(layer, "close"):
        await layer.close()


EXAMINATIONS = (Examination(NAME, messages_arrive),)

"""Probe of the channel layer: whether a message arrives that this process sends, and one that another sends."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

MESSAGE = {"type": "doctor.here"}


class NoLayer(Exception):
    """CHANNEL_LAYERS has no default layer."""


class NotSent(Exception):
    """The other process could not send; the message says why."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """How long a message of our own took in ms; what went wrong with that of the other process, None: it arrived."""

    own_ms: float
    wrong: NotSent | TimeoutError | None


def arrival(send_elsewhere: Callable[[str], object], patience: float) -> Arrival:
    """Send a message to ourselves, then let `send_elsewhere` send one to the group that it is told.

    Raises NoLayer, TimeoutError where our own does not arrive within `patience` seconds, and whatever the layer raises.
    """
    return async_to_sync(_arrival)(send_elsewhere, patience)


def send(group: str) -> None:
    """What the other process does: send one message to `group`."""
    async_to_sync(_send)(group)


async def _arrival(send_elsewhere: Callable[[str], object], patience: float) -> Arrival:
    layer = get_channel_layer()
    if layer is None:
        raise NoLayer
    group = f"doctor-{uuid.uuid4().hex}"
    try:
        channel = await layer.new_channel("doctor")
        await layer.group_add(group, channel)
        began = time.perf_counter()
        await layer.group_send(group, MESSAGE)
        await asyncio.wait_for(layer.receive(channel), patience)
        own_ms = (time.perf_counter() - began) * 1000
        wrong = await _from_elsewhere(layer.receive(channel), lambda: send_elsewhere(group), patience)
        await layer.group_discard(group, channel)
        return Arrival(own_ms, wrong)
    finally:
        await _close(layer)


async def _from_elsewhere(
    receiving: Any, send_elsewhere: Callable[[], object], patience: float
) -> NotSent | TimeoutError | None:
    arriving = asyncio.ensure_future(receiving)
    try:
        await asyncio.to_thread(send_elsewhere)
        await asyncio.wait_for(arriving, patience)
    except (NotSent, TimeoutError) as error:
        return error
    finally:
        arriving.cancel()
    return None


async def _send(group: str) -> None:
    layer = get_channel_layer()
    if layer is not None:
        await layer.group_send(group, MESSAGE)
        await _close(layer)


async def _close(layer: Any) -> None:
    if hasattr(layer, "close"):
        await layer.close()

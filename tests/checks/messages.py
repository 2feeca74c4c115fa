"""What the tests of the checks read from messages."""

from __future__ import annotations

from pathlib import Path

from django.core import checks


def redis_layer(host: str | dict) -> dict:
    """CHANNEL_LAYERS as REDIS_URL makes it."""
    backend = "channels_redis.pubsub.RedisPubSubChannelLayer"
    return {"CHANNEL_LAYERS": {"default": {"BACKEND": backend, "CONFIG": {"hosts": [host]}}}}


def ids(messages: list[checks.CheckMessage]) -> list[str]:
    """The ids, without their prefix; every message must come with a remedy."""
    assert all(message.hint for message in messages)
    return [str(message.id).removeprefix("monitor.") for message in messages]


def make(path: Path, mode: int = 0o600) -> Path:
    """A file of that mode, with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    path.chmod(mode)
    return path

"""Messages of the checks: a level, what is wrong, and what to do about it."""

from __future__ import annotations

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from monitor.access.domain import is_loopback

TAG = "loadmon"


def error(number: int, message: str, hint: str) -> list[CheckMessage]:
    """monitor.E<number>: `serve` and `runsampler` refuse to start."""
    return [Error(message, hint=hint, id=f"monitor.E{number:03}")]


def warning(number: int, message: str, hint: str) -> list[CheckMessage]:
    """monitor.W<number>: it works, but not as it should."""
    return [Warning(message, hint=hint, id=f"monitor.W{number:03}")]


def is_exposed() -> bool:
    """Whether `serve` listens on an address that other machines can reach."""
    return not is_loopback(settings.LOADMON_BIND)

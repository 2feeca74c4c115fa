"""Messages of the checks: a level, what is wrong, and what to do about it."""

from __future__ import annotations

from django.core.checks import CheckMessage, Error, Warning

TAG = "loadmon"


def error(number: int, message: str, hint: str) -> list[CheckMessage]:
    """monitor.E<number>: `serve` and `runsampler` refuse to start."""
    return [Error(message, hint=hint, id=f"monitor.E{number:03}")]


def warning(number: int, message: str, hint: str) -> list[CheckMessage]:
    """monitor.W<number>: it works, but not as it should."""
    return [Warning(message, hint=hint, id=f"monitor.W{number:03}")]

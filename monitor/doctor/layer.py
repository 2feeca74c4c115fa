"""Examination of the channel layer: a message to this process, and one from a second process."""

from __future__ import annotations

from django.conf import settings

from monitor.doctor import child
from monitor.doctor.finding import Examination, Finding, failure, ok, reason
from monitor.live import probe

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
    try:
        found = probe.arrival(_ask, OWN_SECONDS)
    except probe.NoLayer:
        return [failure(NAME, "CHANNEL_LAYERS has no default layer.", "Leave it as loadmon sets it.")]
    except TimeoutError:
        return [failure(NAME, f"A message did not arrive within {OWN_SECONDS:g} s.", remedy())]
    except Exception as error:
        return [failure(NAME, f"The layer does not work: {reason(error)}", remedy())]
    own = ok(NAME, f"A message arrives in {found.own_ms:.1f} ms in this process.")
    return [own, _of_the_second_process(found.wrong)]


def _ask(group: str) -> None:
    try:
        child.ask("send", group)
    except child.ChildFailed as error:
        raise probe.NotSent(str(error)) from error


def _of_the_second_process(wrong: Exception | None) -> Finding:
    if isinstance(wrong, probe.NotSent):
        return failure(NAME, f"A second process cannot send: {wrong}", remedy())
    if wrong is not None:
        return failure(NAME, "What a second process sends does not arrive here.", remedy())
    return ok(NAME, "A message from a second process arrives too.")


EXAMINATIONS = (Examination(NAME, messages_arrive),)

"""Transports: each sends one message to one receiver and tells the answer of the other side; one file a kind."""

from __future__ import annotations

import logging
import traceback
from dataclasses import replace
from importlib import import_module
from typing import Protocol, cast

from monitor.notifications.domain.delivery import Answer, Message, Target
from monitor.notifications.transports.answers import cleaned

__all__ = ["deliver", "email", "refusal", "shown", "webhook"]

logger = logging.getLogger("monitor.notifications.transports")

KINDS = ("email", "webhook", "apprise")
"""Each is a module beside this one, loaded with its first message."""


class Transport(Protocol):
    """What the module of a kind offers."""

    def send(self, target: Target, message: Message) -> Answer:
        """Try once, for at most half a minute."""

    def refusal(self, address: str) -> str:
        """Why `address` cannot be one of this kind, as a sentence; "" where it can. Sends nothing."""

    def shown(self, address: str) -> str:
        """As much of `address` as everybody may see who sees receivers."""


def deliver(target: Target, message: Message) -> Answer:
    """Try once; never raises. The answer holds neither address nor secret of the target."""
    if target.kind not in KINDS:
        return Answer(False, f"Receivers of the kind {target.kind!r} cannot be reached.", permanent=True)
    try:
        answer = _transport(target.kind).send(target, message)
    except Exception as error:  # one receiver's trouble must not end the delivery to all others
        # Without the exception's own words: libraries like to put whole addresses into them.
        where = "".join(traceback.format_tb(error.__traceback__)[-3:])
        logger.error("sending to a receiver failed with %s at\n%s", type(error).__name__, where)
        answer = Answer(False, f"It could not be sent: {type(error).__name__}, see the notifier's log.")
    return replace(answer, text=cleaned(answer.text, target))


def refusal(kind: str, address: str) -> str:
    """Why `address` cannot be one of a receiver of `kind`, as a sentence; "" where it can. Sends nothing."""
    return (
        _transport(kind).refusal(address)
        if kind in KINDS
        else f"There is no kind of receiver called {kind!r}."
    )


def shown(kind: str, address: str) -> str:
    """As much of `address` as everybody may see who sees receivers."""
    return _transport(kind).shown(address) if kind in KINDS else ""


def _transport(kind: str) -> Transport:
    return cast(Transport, import_module(f"{__name__}.{kind}"))

"""Delivery as values: a message, its target, and the answer of the other side, between outbox and transports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """What a receiver is told, ready for every kind of receiver.

    key: idempotency key, the same for each try. link: absolute address of the alert, "" where the site has none.
    html, chart: for e-mail; chart is a PNG that the HTML shows inline as cid:chart. payload: the JSON of a webhook.
    is_over: whether it tells of an end, and nothing has to be done.
    thread: the same for all messages of one alert, so that mail programs keep them together; "" where there is none.
    """

    key: str
    kind: str
    severity: str
    subject: str
    text: str
    html: str = ""
    chart: bytes = b""
    link: str = ""
    payload: Mapping[str, object] = field(default_factory=dict)
    thread: str = ""
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes: a receiver as values. address and secret must not reach any log or answer.

    told: those of several addresses that have the message from an earlier try.
    """

    name: str
    kind: str
    address: str = field(repr=False)
    secret: str = field(default="", repr=False)
    told: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one try led to: a sentence or status of the other side, without secrets, at most 500 characters.

    permanent: trying again is no use. retry_after: seconds that the other side asked to wait, None where it did not.
    told: of a message that is not delivered to all of several addresses, those that need no further try.
    """

    delivered: bool
    text: str
    permanent: bool = False
    retry_after: float | None = None
    told: tuple[str, ...] = ()

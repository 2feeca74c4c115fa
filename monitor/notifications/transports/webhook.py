"""Transport by webhook: signed JSON, in the way of Standard Webhooks, to an address that has been checked."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
import http.client
import json
import re
import secrets
import ssl
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings

from monitor.notifications.domain import reach
from monitor.notifications.domain.delivery import Answer, Message, Target
from monitor.notifications.transports import dialing
from monitor.notifications.transports.answers import judged
from monitor.notifications.transports.deadline import Deadline
from monitor.version import VERSION

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
LONGEST_BODY = 2048
SECRET_PREFIX = "whsec_"  # noqa: S105
SECRET_BYTES = 32


class Refused(Exception):
    """Nothing may be sent there, or the name leads nowhere; the message is a sentence without secrets."""

    def __init__(self, sentence: str, permanent: bool) -> None:
        super().__init__(sentence)
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Place:
    """Where a URL leads; the path holds the secrets."""

    scheme: str
    host: str
    port: int
    path: str = field(repr=False)


def send(target: Target, message: Message) -> Answer:
    """One POST, at most 15 s; redirects are not followed."""
    why = refusal(target.address)
    if why:
        return Answer(False, why, permanent=True)
    place = _place(target.address)
    body = json.dumps(message.payload, allow_nan=False).encode()
    sent_at = time.time()
    try:
        with Deadline(TOTAL_SECONDS) as deadline:
            return _post(place, body, headers(message.key, int(sent_at), body, target.secret), deadline)
    except Refused as error:
        return Answer(False, str(error), error.permanent)


def refusal(address: str) -> str:
    """Why `address` cannot be the URL of a webhook, as a sentence; names are not resolved yet."""
    if not re.fullmatch(r"[\x21-\x7e]{1,1000}", address) or "\\" in address:
        return "Give a URL without spaces and with other than ASCII letters percent-encoded."
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "This is not a URL."
    if parts.scheme not in ("http", "https"):
        return "Give a URL that begins with https:// or http://."
    if not parts.hostname or port == 0:
        return "The URL names no host."
    if "@" in parts.netloc:
        return "A webhook's URL cannot hold a user name; its signature proves who sent it."
    if parts.fragment:
        return "A webhook's URL has no part after #."
    why = reach.refusal(dialing.literal(parts.hostname), settings.LOADMON_PRIVATE_RECEIVERS)
    return "" if why in ("", reach.NOT_AN_ADDRESS) else _forbidden(parts.hostname, why)


def shown(address: str) -> str:
    """Scheme and host: the rest of a webhook's URL is often the key to it."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/..."


def new_secret() -> str:
    """A signing key in the form of Standard Webhooks: "whsec_" and 32 random bytes in base64."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def headers(key: str, sent_at: int, body: bytes, secret: str) -> dict[str, str]:
    """The headers of one try; sent_at: whole seconds since the epoch, never ahead. Without a secret it is not signed."""
    found = {
        "Content-Type": "application/json",
        "User-Agent": f"loadmon/{VERSION}",
        "Idempotency-Key": key,
        "webhook-id": key,
        "webhook-timestamp": str(sent_at),
    }
    if secret:
        found["webhook-signature"] = f"v1,{signature(key, sent_at, body, secret)}"
    return found


def signature(key: str, sent_at: int, body: bytes, secret: str) -> str:
    """HMAC-SHA256 of "key.sent_at.body" in base64, as in the Standard Webhooks specification, version 1."""
    signed = b".".join([key.encode(), str(sent_at).encode(), body])
    return base64.b64encode(hmac.digest(_raw(secret), signed, hashlib.sha256)).decode()


def resolve(host: str, port: int, deadline: Deadline) -> list[str]:
    """The IP addresses of `host`; raise Refused where it has none, or none in time, or one of them is forbidden."""
    try:
        addresses = dialing.addresses(host, port, deadline)
    except TimeoutError as error:
        raise Refused(f"The name {host} was not found in time.", permanent=False) from error
    except (OSError, UnicodeError) as error:
        raise Refused(f"The name {host} was not found.", permanent=False) from error
    for address in addresses:
        why = reach.refusal(address, settings.LOADMON_PRIVATE_RECEIVERS)
        if why:
            raise Refused(_forbidden(host, why), permanent=True)
    return addresses


class _Plain(http.client.HTTPConnection):
    """A connection to the addresses that were checked; Host header, and with TLS the name, are those of the URL."""

    def __init__(self, place: Place, addresses: list[str], deadline: Deadline) -> None:
        super().__init__(place.host, place.port)
        self.addresses, self.deadline = addresses, deadline

    def connect(self) -> None:
        self.sock = dialing.dial(self.addresses, self.port, self.deadline, CONNECT_SECONDS)


class _Encrypted(_Plain):
    default_port = 443

    def connect(self) -> None:
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def _post(place: Place, body: bytes, headers: dict[str, str], deadline: Deadline) -> Answer:
    kind = _Encrypted if place.scheme == "https" else _Plain
    connection = kind(place, resolve(place.host, place.port, deadline), deadline)
    try:
        try:
            connection.connect()
        except ssl.SSLError as error:
            return Answer(False, f"No encrypted connection: {error.reason or type(error).__name__}.")
        except OSError as error:
            return Answer(False, f"No connection: {_failure(error)}.")
        return _converse(connection, place, body, headers, deadline)
    except (OSError, http.client.HTTPException) as error:
        if deadline.over or isinstance(error, TimeoutError):
            return Answer(False, f"No complete answer within {TOTAL_SECONDS:g} s.")
        return Answer(False, f"The connection broke before an answer came: {_failure(error)}.")
    finally:
        connection.close()


def _converse(
    connection: _Plain, place: Place, body: bytes, headers: dict[str, str], deadline: Deadline
) -> Answer:
    connection.sock.settimeout(deadline.left)
    connection.request("POST", place.path, body, headers)
    answer = connection.getresponse()
    if deadline.over:
        raise TimeoutError  # what was cut short may look like a whole answer
    text = b""
    with (
        answer,
        contextlib.suppress(OSError, http.client.HTTPException),
    ):  # the status has come: that is the answer
        while len(text) < LONGEST_BODY and (piece := answer.read1(LONGEST_BODY - len(text))):
            text += piece
    shown = text.decode("utf-8", "replace")
    return judged(answer.status, answer.reason, shown, answer.getheader("Retry-After"), time.time())


def _place(address: str) -> Place:
    parts = urlsplit(address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return Place(parts.scheme, str(parts.hostname), port, path)


def _raw(secret: str) -> bytes:
    if secret.startswith(SECRET_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            pass  # somebody's own key that only looks like one of ours
    return secret.encode()


def _forbidden(host: str, why: str) -> str:
    allowed = "" if settings.LOADMON_PRIVATE_RECEIVERS else "; LOADMON_PRIVATE_RECEIVERS=yes allows those"
    return f"Nothing is sent to {host}: it {why}{allowed if why == 'is a private address' else ''}."


def _failure(error: Exception) -> str:
    """The error in words that hold no address."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()

"""Answers of the other side, made fit to be kept and shown: clean, short, without secrets, and judged."""

from __future__ import annotations

import math
import re
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

from monitor.metrics.text import one_line
from monitor.notifications.domain.delivery import Answer, Target

LONGEST_ANSWER = 500
SHORTEST_SECRET = 5
LONGEST_WAIT_SECONDS = 86_400.0
TRY_AGAIN = (408, 425, 429)
HIDDEN = "[hidden]"


def cleaned(text: str, target: Target) -> str:
    """`text` on one line of at most 500 characters, with every part of the target's secrets replaced."""
    line = one_line(text, 4 * LONGEST_ANSWER)
    for secret in secrets(target):
        line = line.replace(secret, HIDDEN)
    return one_line(line, LONGEST_ANSWER)


def secrets(target: Target) -> list[str]:
    """What must not be shown of `target`, the longest first: the signing key, and all but the host of a URL."""
    found = {target.secret, target.secret.removeprefix("whsec_")}
    if target.kind != "email":
        found |= _parts_of_url(target.address)
    return sorted((one for one in found if len(one) >= SHORTEST_SECRET), key=len, reverse=True)


def judged(status: int, reason: str, body: str, retry_after: str | None, now: float) -> Answer:
    """What an HTTP answer means: 2xx delivered; 408, 425, 429 and 5xx try again; anything else never again.

    `now`: seconds since the epoch, for a Retry-After that names a date.
    """
    text = " ".join(part for part in (str(status), reason or _phrase(status)) if part)
    text = f"{text}: {body}" if body.strip() else text
    if 200 <= status < 300:
        return Answer(True, text)
    if 300 <= status < 400:
        return Answer(False, f"{text} (a redirect is not followed: give the final address)", permanent=True)
    again = status in TRY_AGAIN or status >= 500
    return Answer(False, text, not again, wait_seconds(retry_after, now) if again else None)


def wait_seconds(header: str | None, now: float) -> float | None:
    """The seconds that a Retry-After asks to wait, within a day; None where it is missing or makes no sense."""
    if header is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", header.strip(), re.ASCII):
        return min(float(header), LONGEST_WAIT_SECONDS)
    try:
        seconds = parsedate_to_datetime(header).timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(0.0, seconds), LONGEST_WAIT_SECONDS) if math.isfinite(seconds) else None


def _parts_of_url(address: str) -> set[str]:
    """The address, its user and password, its path, query and fragment, and each piece of them, also decoded."""
    scheme, _, rest = address.partition("://")
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        host = ""
    pieces = {address, rest, *re.split(r"[/?&=#:@,;]+", rest)}
    if scheme in ("http", "https"):
        pieces -= {host, rest.partition("/")[0]}
    return pieces | {unquote(piece) for piece in pieces} - {host if scheme in ("http", "https") else ""}


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""

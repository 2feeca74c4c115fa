"""A message as a POST of JSON to the receiver's URL."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

from monitor.domain.delivery import Answer, Message, Target

TIMEOUT_SECONDS = 10.0


def send(target: Target, message: Message) -> Answer:
    """POST `message`; a status of 2xx is a delivery, 4xx a refusal for good but for 408 and 429."""
    if not target.address.startswith(("http://", "https://")):
        return Answer(False, "The address of a webhook begins with http:// or https://.", permanent=True)
    body = json.dumps(
        {"key": message.key, "kind": message.kind, "severity": message.severity, "subject": message.subject,
         "text": message.text, "link": message.link, **message.payload}, allow_nan=False
    ).encode()  # fmt: skip
    headers = {"Content-Type": "application/json", "Idempotency-Key": message.key, "User-Agent": "loadmon"}
    request = urllib.request.Request(target.address, body, headers)  # noqa: S310  (the scheme is checked above)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            return Answer(True, f"HTTP {answer.status}")
    except urllib.error.HTTPError as error:
        with error:
            permanent = 400 <= error.code < 500 and error.code not in (408, 425, 429)
            wait = error.headers.get("Retry-After", "")
            seconds = float(wait) if wait.isascii() and wait.isdecimal() else None
            return Answer(False, f"HTTP {error.code}", permanent, seconds)
    except (OSError, ValueError) as error:
        return Answer(False, f"No answer: {type(error).__name__}.")

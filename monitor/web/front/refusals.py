"""How the front door says no: one shape for each error, made without Django."""

from __future__ import annotations

import json
from http import HTTPStatus

NO_STORE = [(b"Cache-Control", b"no-store"), (b"X-Content-Type-Options", b"nosniff")]


def _shape(status: int, sentence: str, path: bytes) -> tuple[bytes, bytes]:
    """Content type and body of an error: JSON in the one shape for what asks the API, else the sentence."""
    if b"/api/" in path.partition(b"?")[0]:
        error = {"ok": False, "error": sentence, "errors": [sentence], "status": status}
        return b"application/json", json.dumps(error).encode()
    return b"text/plain; charset=utf-8", f"{sentence}\n".encode()


def headed(
    status: int, sentence: str, path: bytes, retry_after: int | None = None
) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Headers and body of an error."""
    kind, body = _shape(status, sentence, path)
    headers = [(b"Content-Type", kind), (b"Content-Length", b"%d" % len(body)), *NO_STORE]
    if retry_after is not None:
        headers.append((b"Retry-After", b"%d" % retry_after))
    return headers, body


def answer(status: int, sentence: str, path: bytes, retry_after: int | None = None) -> bytes:
    """A whole answer with an error, after which the connection ends."""
    headers, body = headed(status, sentence, path, retry_after)
    lines = [
        b"HTTP/1.1 %d %s" % (status, HTTPStatus(status).phrase.encode()),
        *(name + b": " + value for name, value in headers),
        b"Connection: close",
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body

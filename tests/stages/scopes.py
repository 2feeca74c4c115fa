"""Scopes of ASGI: a request of this machine's own, but for what a test changes."""

from __future__ import annotations

from typing import Any


def scope(**changed: Any) -> dict[str, Any]:
    """The scope of a GET over loopback."""
    usual = {
        "type": "http",
        "method": "GET",
        "path": "/api/v1/openapi.json",
        "query_string": b"",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50000),
        "headers": [(b"host", b"localhost:8000")],
    }
    return usual | changed
